"""Token buckets: how many requests at once, how many a second."""

import time
from dataclasses import dataclass, field

from local.api_gateway.contract import Throttle


@dataclass
class Bucket:
    """The allowance of one route."""

    throttle: Throttle
    left: float
    filled: float = field(default_factory=time.monotonic)

    def take(self) -> bool:
        """Use one request of the allowance; False when there is none left."""
        now = time.monotonic()
        refill = (now - self.filled) * self.throttle.rate
        self.left = min(self.throttle.burst, self.left + refill)
        self.filled = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Buckets:
    """A bucket for each route, full at first."""

    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle
        self._buckets: dict[str, Bucket] = {}

    def take(self, route: str) -> bool:
        if route not in self._buckets:
            self._buckets[route] = Bucket(self._throttle, self._throttle.burst)
        return self._buckets[route].take()
