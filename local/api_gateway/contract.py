"""The API contract as API Gateway reads it: routes, authorizer, CORS, throttling."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = {"get", "put", "post", "delete", "patch", "head"}


class ContractRefused(Exception):
    """The API definition asks for something that the local gateway does not do."""


@dataclass(frozen=True)
class Authorizer:
    """What an access token must be: issued by whom, for whom."""

    issuer: str
    audience: frozenset[str]


@dataclass(frozen=True)
class Route:
    """One method of one path; no authorizer means that anyone may call it."""

    method: str
    segments: tuple[str, ...]
    authorizer: Authorizer | None

    @property
    def key(self) -> str:
        return f"{self.method} /{'/'.join(self.segments)}"

    def takes(self, method: str, segments: tuple[str, ...]) -> bool:
        """Whether this is the route; a variable stands for one segment that is not empty."""
        return (
            method == self.method
            and len(segments) == len(self.segments)
            and all(map(_fits, self.segments, segments))
        )

    @property
    def specificity(self) -> tuple[bool, ...]:
        """Sorts before less specific routes: the earlier the first variable, the later."""
        return tuple(_variable(segment) for segment in self.segments)


@dataclass(frozen=True)
class Cors:
    """Which pages of other origins may call, and what they may send and see."""

    origins: frozenset[str]
    preflight: Mapping[str, str]
    exposed: str


@dataclass(frozen=True)
class Throttle:
    """Requests a second and at once, for each route; the defaults are AWS's for an account."""

    rate: float = 10_000
    burst: float = 5_000


@dataclass(frozen=True)
class Contract:
    """Everything that the gateway is told."""

    routes: tuple[Route, ...]
    cors: Cors | None
    throttle: Throttle

    def route(self, method: str, raw_path: str) -> Route | None:
        """The most specific route of this method for a path as it came, never decoded."""
        segments = tuple(raw_path.partition("?")[0].split("/")[1:])
        return next((route for route in self.routes if route.takes(method, segments)), None)


def read_contract(definition: Mapping[str, Any], settings: Mapping[str, Any]) -> Contract:
    """The contract of an OpenAPI definition and of the stage's DefaultRouteSettings."""
    routes = sorted(_routes(definition), key=lambda route: route.specificity)
    throttle = Throttle(
        settings.get("ThrottlingRateLimit", Throttle.rate),
        settings.get("ThrottlingBurstLimit", Throttle.burst),
    )
    return Contract(tuple(routes), _cors(definition), throttle)


def _variable(segment: str) -> bool:
    return segment.startswith("{")


def _fits(pattern: str, segment: str) -> bool:
    return bool(segment) if _variable(pattern) else pattern == segment


def _routes(definition: Mapping[str, Any]) -> Iterable[Route]:
    schemes = _mapping(_mapping(definition, "components"), "securitySchemes")
    authorizers = {name: _authorizer(name, scheme) for name, scheme in schemes.items()}
    paths = _mapping(definition, "paths")
    if not paths:
        raise ContractRefused("The API definition has no paths.")
    for path in paths:
        item = _mapping(paths, path)
        for method in METHODS & item.keys():
            # API Gateway reads it here alone: a default for the whole API would protect nothing.
            security = _mapping(item, method).get("security") or []
            names = [name for requirement in security for name in requirement]
            if unknown := set(names) - authorizers.keys():
                raise ContractRefused(f"{method} {path}: {unknown} is no security scheme.")
            authorizer = authorizers[names[0]] if names else None
            yield Route(method.upper(), _segments(path), authorizer)
        if unknown := {"options", "trace", "x-amazon-apigateway-any-method"} & item.keys():
            raise ContractRefused(f"{path}: {unknown}: a preflight must not reach a route.")


def _segments(path: str) -> tuple[str, ...]:
    if not path.startswith("/") or "+}" in path:
        raise ContractRefused(f"{path}: only paths of plain segments and {{variables}}.")
    return tuple(path.split("/")[1:])


def _mapping(parent: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A part of the definition; one that is not there is empty."""
    found = parent.get(name) or {}
    if not isinstance(found, dict):
        raise ContractRefused(f"{name} of the API definition maps no names.")
    return found


def _authorizer(name: str, scheme: Mapping[str, Any]) -> Authorizer:
    try:
        jwt = scheme["x-amazon-apigateway-authorizer"]["jwtConfiguration"]
        jwt = {"issuer": jwt["issuer"], "audience": jwt["audience"]}
    except (KeyError, TypeError) as error:
        raise ContractRefused(f"Security scheme {name} has no JWT authorizer.") from error
    unresolved = [
        value for value in (jwt["issuer"], *jwt["audience"]) if not isinstance(value, str)
    ]
    if unresolved:
        raise ContractRefused(f"The authorizer refers to what is not deployed: {unresolved}.")
    return Authorizer(jwt["issuer"], frozenset(jwt["audience"]))


def _cors(definition: Mapping[str, Any]) -> Cors | None:
    cors = definition.get("x-amazon-apigateway-cors")
    if not cors:
        return None
    return Cors(
        origins=frozenset(cors["allowOrigins"]),
        preflight={
            "Access-Control-Allow-Methods": ",".join(cors.get("allowMethods", [])),
            "Access-Control-Allow-Headers": ",".join(cors.get("allowHeaders", [])),
            "Access-Control-Max-Age": str(cors.get("maxAge", 0)),
        },
        exposed=",".join(cors.get("exposeHeaders", [])),
    )
