"""Puts the service together from its settings and the clients of AWS."""

from typing import TYPE_CHECKING

from flask import Flask

from . import aws, inputs, logs, problems, routes
from .attachments import Limits
from .auth import SigningKeys, Verifier
from .config import Config
from .store import AttachmentStore

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_s3 import S3Client


def create_app(config: Config, dynamodb: "DynamoDBClient", s3: "S3Client") -> Flask:
    app = Flask(__name__, static_folder=None)
    # One more than may be: a body in chunks is cut off there without a word.
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes + 1
    # Preflights are the gateway's; here OPTIONS is a method like any other that a path lacks.
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False  # "//todos" is not found, rather than redirected
    app.url_map.converters["id"] = routes.IdConverter
    app.extensions["store"] = AttachmentStore(dynamodb, s3, config.files_table, config.files_bucket)
    app.extensions["limits"] = Limits(
        config.max_file_bytes, config.max_files_per_todo, config.max_user_bytes
    )
    app.extensions["verifier"] = Verifier(
        SigningKeys(config.jwks_url), config.issuer, config.audience
    )
    inputs.register(app)
    logs.register(app)
    app.before_request(aws.start_budget)
    app.after_request(aws.end_budget)
    problems.register(app, routes.REFUSALS)
    app.register_blueprint(routes.blueprint)
    app.add_url_rule("/health", view_func=routes.health)
    return app
