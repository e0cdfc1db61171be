"""The website as CloudFront delivers it."""

import gzip
from urllib.parse import unquote

from aiohttp import hdrs, web
from multidict import CIMultiDict

from local import forwarding
from local.cloudfront.content import Content, Object
from local.cloudfront.distribution import Behaviour, Distribution
from local.servers import own_answer

# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
COMPRESSED_BYTES = range(1000, 10_000_001)
COMPRESSED_TYPES = {
    "application/javascript",
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
    "text/plain",
}


class Website:
    """Answers with the website's files, as the distribution says; caches nothing itself."""

    def __init__(self, distribution: Distribution, content: Content) -> None:
        self._distribution = distribution
        self._content = content

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            target = forwarding.path_of(request)
        except forwarding.BadTarget:
            return own_answer(400)
        name, _, port = request.host.partition(":")
        if name.lower() == "localhost":
            # To a browser another origin, which neither the API nor the bucket allows.
            there = f"http://127.0.0.1:{port}{target}"
            return web.Response(status=307, headers={hdrs.LOCATION: there})
        path = target.partition("?")[0]
        behaviour = self._distribution.behaviour(path)
        if request.method not in behaviour.methods:
            return _dressed(own_answer(403), behaviour)
        found = self._content.get(unquote(self._uri(behaviour, request, path)).removeprefix("/"))
        if found is None:
            return _dressed(own_answer(404), behaviour)
        return _answer(request, path, behaviour, found)

    def _uri(self, behaviour: Behaviour, request: web.BaseRequest, path: str) -> str:
        uri = self._distribution.root if path == "/" else path
        if behaviour.on_request is None:
            return uri
        return behaviour.on_request.uri(request.method, uri, dict(request.headers))


def _answer(
    request: web.BaseRequest, path: str, behaviour: Behaviour, found: Object
) -> web.Response:
    headers = CIMultiDict({hdrs.CONTENT_TYPE: found.content_type, hdrs.ETAG: found.etag})
    body = found.body
    if behaviour.compress and _compresses(found):
        headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            headers[hdrs.ETAG] = f"W/{found.etag}"
            body = gzip.compress(body, mtime=0)
    if behaviour.on_response:
        headers = CIMultiDict(behaviour.on_response.headers(request.method, path, headers))
    if _is_known(request, found):
        for name in (hdrs.CONTENT_TYPE, hdrs.CONTENT_ENCODING):
            headers.popall(name, None)
        return _dressed(web.Response(status=304, headers=headers), behaviour)
    return _dressed(web.Response(body=body, headers=headers), behaviour)


def _compresses(found: Object) -> bool:
    return found.content_type in COMPRESSED_TYPES and len(found.body) in COMPRESSED_BYTES


def _is_known(request: web.BaseRequest, found: Object) -> bool:
    known = request.headers.get(hdrs.IF_NONE_MATCH, "").split(",")
    return found.etag in {tag.strip().removeprefix("W/") for tag in known}


def _dressed(response: web.Response, behaviour: Behaviour) -> web.Response:
    for header in behaviour.headers:
        if header.override or header.name not in response.headers:
            response.headers[header.name] = header.value
    return response
