"""Puts the application together from its settings."""

from flask import Flask

from . import errors, logs, pages, security
from .config import Config
from .database import Database
from .store import TaskStore


def create_app(config: Config) -> Flask:
    app = Flask(__name__)
    app.url_map.merge_slashes = False  # "//" is not found, rather than redirected
    database = Database(config.conninfo)
    app.extensions["database"] = database
    app.extensions["store"] = TaskStore(database, config.max_tasks)
    logs.register(app)
    security.register(app, config)
    errors.register(app)
    app.register_blueprint(pages.blueprint)
    app.add_url_rule(security.HEALTH, view_func=pages.health)
    return app
