"""What the server runs: `gunicorn todo_list.wsgi:app`."""

from . import logs
from .app import create_app
from .config import ConfigError, read
from .database import DatabaseUnavailable
from .migrations import MigrationChanged, migrate

try:
    config = read()
    logs.configure(config.log_level)
    migrate(config.conninfo, config.database_wait)
except (ConfigError, DatabaseUnavailable, MigrationChanged) as error:
    # The one line an operator needs; a traceback would bury it.
    raise SystemExit(f"todo_list cannot start: {error}") from None

app = create_app(config)
