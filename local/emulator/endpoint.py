"""The AWS endpoint: the emulator, as if behind TLS.

The bucket's policy refuses requests that did not come over TLS; on AWS every endpoint ends TLS
itself. Here the endpoint is plain http on the loopback address, and says what AWS would see.

It is also the wall between the emulator and the web pages of this machine's browsers: any of them
can reach a loopback address, and the emulator itself asks nobody who they are.
"""

from urllib.parse import parse_qs, unquote

from aiohttp import ClientTimeout, hdrs, web

from local import forwarding
from local.servers import own_answer
from local.settings import HOST, Settings

# Less than the emulator's own 75 seconds.
KEEP_ALIVE_SECONDS = 30
TIMEOUT = ClientTimeout(total=None, sock_connect=5, sock_read=120)
# What the emulator adds to AWS: its own administration (`reset` wipes everything), the mail of
# everybody, the metadata of an instance. No AWS client asks for them; we do at its own port.
NOT_AWS = {"_ministack", "_localstack", "latest", "health"}
COGNITO = "AWSCognitoIdentityProviderService."


class Endpoint:
    """Passes AWS requests of this machine's programs and of the website on to the emulator."""

    def __init__(self, emulator_port: int, settings: Settings) -> None:
        self._port = emulator_port
        # Another name that leads to this address is a page's that rebinds its own (DNS rebinding).
        self._hosts = {f"{name}:{settings.endpoint_port}" for name in (HOST, "localhost")}
        self._website = settings.website_url
        self._session = forwarding.client(keep_alive=KEEP_ALIVE_SECONDS)

    async def close(self) -> None:
        await self._session.close()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            refusal = self._refusal(request)
            if refusal:
                return own_answer(refusal)
            headers = forwarding.end_to_end(request.headers)
            headers["X-Forwarded-Proto"] = "https"
            body = await forwarding.streamed(request)
            return await forwarding.forward(
                self._session, request, self._port, headers, body, timeout=TIMEOUT
            )
        except (forwarding.BadTarget, forwarding.BadHeader):
            return own_answer(400)
        except forwarding.TargetUnreachable:
            return own_answer(502)
        except forwarding.TargetSlow:
            return own_answer(504)

    def _refusal(self, request: web.BaseRequest) -> int | None:
        """The status of the refusal of what is no business of AWS, or of a foreign page."""
        # Decoded, as the emulator reads it.
        path = unquote(forwarding.path_of(request).partition("?")[0])
        if path.lstrip("/").partition("/")[0].lower() in NOT_AWS:
            return 404
        # A page reads no answer across origins, but its request would be carried out. S3 refuses a
        # foreign origin's preflight with the same status; the bucket's own rules decide for ours.
        origins = set(request.headers.getall(hdrs.ORIGIN, []))
        hosts = {host.lower() for host in request.headers.getall(hdrs.HOST, [""])}
        if not hosts <= self._hosts or not origins <= {self._website}:
            return 403
        return 403 if origins and not _is_for_pages(request) else None


def _is_for_pages(request: web.BaseRequest) -> bool:
    """Whether it is what the website asks of AWS: Cognito, or S3 by a presigned URL.

    Whatever else a page of ours might be made to ask is not its business: everybody knows the
    emulator's root user.
    """
    if request.method == hdrs.METH_OPTIONS:
        return True
    if hdrs.AUTHORIZATION in request.headers:
        return False
    path, _, query = request.raw_path.partition("?")
    if path == "/":
        return request.headers.get("X-Amz-Target", "").startswith(COGNITO)
    scopes = parse_qs(query).get("X-Amz-Credential", [])
    return len(scopes) == 1 and scopes[0].endswith("/s3/aws4_request")
