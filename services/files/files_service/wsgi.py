"""What the server runs: `gunicorn files_service.wsgi:app`."""

from . import dynamodb, logs, sdk
from .app import create_app
from .config import read
from .store import S3_SETTINGS
from .variables import ConfigError

try:
    config = read()
    clients = (
        dynamodb.client(config.region, config.aws),
        sdk.client("s3", config.region, config.aws, **S3_SETTINGS),
    )
except ConfigError as error:
    # The one line an operator needs; a traceback would bury it.
    raise SystemExit(f"files_service cannot start: {error}") from None

logs.configure(config.log_level)
app = create_app(config, *clients)
