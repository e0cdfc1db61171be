"""What the server runs: `gunicorn main_service.wsgi:app`."""

from . import dynamodb, logs
from .app import create_app
from .config import read
from .variables import ConfigError

try:
    config = read()
    client = dynamodb.client(config.region, config.aws)
except ConfigError as error:
    # The one line an operator needs; a traceback would bury it.
    raise SystemExit(f"main_service cannot start: {error}") from None

logs.configure(config.log_level)
app = create_app(config, client)
