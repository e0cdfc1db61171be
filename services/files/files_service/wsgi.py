"""What the server runs: `gunicorn files_service.wsgi:app`."""

from . import aws, dynamodb, logs
from .app import create_app
from .config import ConfigError, read
from .store import S3_SETTINGS

try:
    config = read()
except ConfigError as error:
    # The one line an operator needs; a traceback would bury it.
    raise SystemExit(f"files_service cannot start: {error}") from None

logs.configure(config.log_level)
app = create_app(
    config, dynamodb.client(config.region), aws.client("s3", config.region, **S3_SETTINGS)
)
