"""The server's settings, read by gunicorn by itself. GUNICORN_CMD_ARGS overrides them."""

from pathlib import Path
from typing import Any

bind = "0.0.0.0:5000"  # a container's port; the security group says who gets here
worker_class = "gthread"
workers = 1  # of a quarter of a core; threads wait for the database at no cost
# Four times the pool's connections: a thread also waits for a body that somebody sends slowly, and
# those must not keep everybody else, and the load balancer's check, from the database.
threads = 32
preload_app = True  # waiting for the database at start is no hung worker
keepalive = 75  # seconds; longer than the load balancer's 60, or it would answer 502
graceful_timeout = 30  # seconds; less than the task's stopTimeout
forwarded_allow_ips = ""  # nobody's headers change what the application sees

# The root file system is read-only; only the worker's heartbeat needs a file, in memory.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - not on macOS
control_socket_disable = True

# gunicorn's own lines look like ours; requests are logged by the application.
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "todo_list.logs.JsonLines"}},
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


def worker_exit(_server: object, worker: Any) -> None:
    """Close the database's connections: left to the interpreter's end, that takes 20 seconds."""
    worker.wsgi.extensions["database"].close()
