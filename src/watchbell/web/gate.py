"""What every request and answer passes: the name that is asked for, who posted a form, and the headers of a page."""

import re
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BODY_BYTES = 64 * 1024
"""The largest form of the desk is a reason of a few thousand characters."""
MOST_UPLOAD_BYTES = 21 * 1024 * 1024
"""A picture of 20 MB, and the words beside it."""

_SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

HEADERS: Mapping[str, str] = {
    # Nothing inline and nothing from elsewhere: text from an ad or a post can never become code or a request.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    # Not `no-referrer`: with it, browsers post our own forms with `Origin: null`, and the check below refuses them.
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_STATIC_CACHE = "no-cache"
_PAGE_CACHE = "no-store"


_HEAD = "watchbell.head"


def is_head(scope: Scope) -> bool:
    """Tell whether only the headers of an answer were asked for, which `HeadAsGet` asks the app for as a whole."""
    return _HEAD in scope


class HeadAsGet:
    """Answers HEAD as it would answer GET, without the body (RFC 9110 section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the app."""

        async def send_without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET", _HEAD: True}, receive, send_without_body)
        else:
            await self._app(scope, receive, send)


class KnownHostsOnly:
    """Refuses a request that was sent to another name than ours.

    A page elsewhere may let its own name point at this machine (DNS rebinding), and the visitor's browser then takes
    what we answer for that page's own. The browser still says which name it asked for.
    """

    def __init__(self, app: ASGIApp, *, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the app, or refuse."""
        is_known = scope["type"] != "http" or _name_in(Headers(scope=scope).get("host", "")) in self._hosts
        refusal = PlainTextResponse("This is not the name of this server. Ask it by its own name.", 421)
        await (self._app if is_known else refusal)(scope, receive, send)


class SafeHeaders:
    """Adds `HEADERS` to every answer; a page is never kept in a cache, a static file is asked for again."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the app."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers["cache-control"] = _STATIC_CACHE if scope["path"].startswith("/static/") else _PAGE_CACHE
                if self._https:
                    headers["strict-transport-security"] = "max-age=31536000"
            await send(message)

        await self._app(scope, receive, send_with_headers)


class OwnFormsOnly:
    """Refuses a request that changes something unless our own page sent it, and bodies that no form of ours has.

    A browser tells where a request comes from (`Sec-Fetch-Site`, else `Origin`) and a page cannot forge either,
    so a form on another site cannot act with the visitor's session. What machines talk to knows no sessions and has
    its own limits, so it is left out.
    """

    def __init__(self, app: ASGIApp, *, machines: str, uploads: re.Pattern[str]) -> None:
        """Let `app` answer.

        Args:
            app: what answers.
            machines: the path below which machines are answered.
            uploads: the paths to which files are sent.
        """
        self._app = app
        self._machines = f"{machines}/"
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through the app, or refuse."""
        is_form = scope["type"] == "http" and scope["method"] not in _SAFE_METHODS
        is_ours = is_form and not scope["path"].startswith(self._machines)
        most = MOST_UPLOAD_BYTES if is_ours and self._uploads.fullmatch(scope["path"]) else MOST_BODY_BYTES
        refusal = _refusal(Headers(scope=scope), most) if is_ours else None
        await (refusal or self._app)(scope, receive, send)


def _refusal(headers: Headers, most_bytes: int) -> PlainTextResponse | None:
    if not _sent_by_own_page(headers):
        return PlainTextResponse("This form was not sent from the desk itself. Open the page again.", 403)
    length = headers.get("content-length", "")
    if not length.isdecimal():
        return PlainTextResponse("The request must say how long it is.", 411)
    if int(length) > most_bytes:
        return PlainTextResponse("The request is too long.", 413)
    return None


def _sent_by_own_page(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    # The host alone: behind a proxy that ends TLS, the scheme seen here is not the visitor's.
    return urlsplit(headers.get("origin", "")).netloc == headers.get("host")


def _name_in(host: str) -> str:
    """Return the name or address of a `Host` header, without the port."""
    name = host.lower().removesuffix(".")
    return name.partition("]")[0] + "]" if name.startswith("[") else name.partition(":")[0].removesuffix(".")
