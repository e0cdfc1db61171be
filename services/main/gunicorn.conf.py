"""The server's settings, read by gunicorn by itself. GUNICORN_CMD_ARGS overrides them."""

import gc
from pathlib import Path

bind = "0.0.0.0:8080"  # a container's port; the security group says who gets here
# Waiting for DynamoDB costs no CPU, so threads; a second process would only cost memory at a
# quarter of a core, and more than 16 threads worsen the slowest answers.
worker_class = "gthread"
workers = 1
threads = 8
preload_app = True  # a bad setting stops the start, instead of one worker after the other
keepalive = 75  # seconds; longer than the load balancer's 60, or it would answer 502
graceful_timeout = 30  # seconds; less than the task's stopTimeout of 45
# Nobody's headers change the path or the scheme that the service sees; the balancer on the same
# machine would be believed otherwise.
forwarded_allow_ips = ""
# The balancer refuses larger ones itself; gunicorn's own refusals are pages of HTML.
limit_request_line = 0
limit_request_field_size = 65_536  # bytes


def pre_fork(_server: object, _worker: object) -> None:
    """Take what has been loaded out of the garbage collector's rounds: 10 % of a list."""
    gc.collect()
    gc.freeze()


# The root file system is read-only; only the worker's heartbeat needs a file, in memory.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - not on macOS
control_socket_disable = True

# gunicorn's own lines look like ours; requests are logged by the service.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "main_service.logs.JsonLines"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "formatter": "json",
            "stream": "ext://sys.stdout",
        }
    },
    "root": {"handlers": ["stdout"], "level": "WARNING"},
    "loggers": {"gunicorn.error": {"handlers": ["stdout"], "level": "INFO", "propagate": False}},
}
