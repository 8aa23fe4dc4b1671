"""The one way out to the platforms: sends a request once, and says truthfully whether it can have had effect.

Knows no platform's protocol. Retries nothing, follows no redirect with credentials, and talks only to the
hosts that the settings name for a platform, or that the platform itself is known by.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn, Protocol
from urllib.parse import urljoin, urlsplit

import httpx

from adloom._version import VERSION
from adloom.core import settings as settings_module
from adloom.core.errors import OutcomeUnknown, Unavailable
from adloom.platforms import deadlines
from adloom.platforms.recorder import Recorder
from adloom.platforms.types import Platform

CONNECT_TIMEOUT_S = 10.0
MAX_ANSWER_BYTES = 64 * 1024 * 1024
MAX_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)

#: Setting names (`google_api_url`, …) begin with these words.
_SETTING_PREFIX = {
    Platform.GOOGLE_ADS: "google",
    Platform.FACEBOOK_ADS: "meta",
    Platform.MICROSOFT_ADS: "microsoft",
    Platform.TIKTOK_ADS: "tiktok",
}

#: Where each platform's own links point (paging, report downloads), beside the configured bases.
_OWN_HOSTS = {
    Platform.GOOGLE_ADS: ("googleapis.com",),
    Platform.FACEBOOK_ADS: ("facebook.com", "fbcdn.net"),
    Platform.MICROSOFT_ADS: ("bingads.microsoft.com", "bingadsappsstorageprod.blob.core.windows.net"),
    Platform.TIKTOK_ADS: ("tiktok.com",),
}


@dataclass(frozen=True, slots=True)
class Request:
    """One call. `endpoint` is its template for quota and logs ("POST campaigns"), `account` its scope.

    `is_write` says that it may change something: then a missing answer is OutcomeUnknown. At most one of
    `json`, `form` and `files` (with `form`) makes the body; a Decimal in `json` becomes an exact JSON number.
    """

    platform: Platform
    method: str
    url: str
    endpoint: str
    account: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Any = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    files: Mapping[str, tuple[str, bytes, str]] | None = field(default=None, repr=False)
    is_write: bool = False
    timeout_s: float = 30.0
    with_credentials: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    request: Request = field(repr=False)

    def json(self) -> Any:
        """The body as JSON with Decimals; if it is none, Unavailable, or OutcomeUnknown for a write."""
        try:
            return json.loads(self.body, parse_float=Decimal, parse_constant=_no_constant)
        except ValueError:
            _fail(self.request, f"answered {self.status} with something that is not JSON", sent=True)

    def text(self) -> str:
        """The body as UTF-8 text, unreadable bytes replaced."""
        return self.body.decode("utf-8", errors="replace")


class Throttle(Protocol):
    """Keeps the calls of all workers within the platforms' quotas."""

    def before(self, request: Request) -> None:
        """Returns where the call may go out now; raises Throttled where it may not."""
        ...

    def after(self, request: Request, answer: Answer) -> None:
        """Learns from the answer: usage headers, refusals."""
        ...


class Http:
    """The client for all four platforms. Safe to share between threads; `close` when done."""

    def __init__(
        self,
        *,
        bases: Mapping[Platform, tuple[str, ...]],
        throttle: Throttle | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self._bases = {platform: tuple(_origin(url) for url in urls) for platform, urls in bases.items()}
        self._throttle = throttle
        self._recorder = recorder
        headers = {"User-Agent": f"adloom/{VERSION}"}
        self._client = httpx.Client(follow_redirects=False, headers=headers, mounts=_direct())
        for transport in {self._client._transport, *self._client._mounts.values()} - {None}:
            assert isinstance(transport, httpx.HTTPTransport), transport
            deadlines.bound(transport._pool)

    @classmethod
    def from_settings(
        cls, settings: settings_module.Settings | None = None, *, throttle: Throttle | None = None
    ) -> Http:
        """A client for the configured platform URLs; records where ADLOOM_RECORD_HTTP names a folder."""
        config = settings or settings_module.load()
        urls = config.platform_urls()
        bases = {
            platform: tuple(url for name, url in urls.items() if name.split("_")[0] == prefix)
            for platform, prefix in _SETTING_PREFIX.items()
        }
        recorder = Recorder(config.record_http) if config.record_http else None
        return cls(bases=bases, throttle=throttle, recorder=recorder)

    def close(self) -> None:
        """Closes the connections; the client is of no use afterwards."""
        self._client.close()

    def send(self, request: Request) -> Answer:
        """The platform's answer, whatever its status. Sends once, and never follows a redirect.

        `timeout_s` bounds it as a whole, and so does `deadlines.within`. Raises Unavailable where surely nothing
        happened (it never left, or it was a read), OutcomeUnknown where a write left and no whole answer came back,
        and what the throttle raises.
        """
        self._check_host(request)
        if self._throttle is not None:
            self._throttle.before(request)
        answer = self._exchange(request, max_bytes=MAX_ANSWER_BYTES)
        if self._throttle is not None:
            self._throttle.after(request, answer)
        return answer

    def follow(
        self, url: str, *, platform: Platform, max_bytes: int = MAX_ANSWER_BYTES, timeout_s: float = 120.0
    ) -> Answer:
        """What stands behind a link that a platform gave, fetched without credentials, at most `max_bytes`.

        Only the platform's own hosts over https, or a configured base's host. Raises Unavailable otherwise.
        """
        for _ in range(MAX_REDIRECTS):
            answer = self._download(url, platform=platform, max_bytes=max_bytes, timeout_s=timeout_s)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            url = urljoin(url, answer.headers["location"])
        return self._download(url, platform=platform, max_bytes=max_bytes, timeout_s=timeout_s)

    @contextmanager
    def stream(
        self, url: str, *, platform: Platform, max_bytes: int, timeout_s: float = 300.0
    ) -> Iterator[Iterator[bytes]]:
        """What stands behind a link that a platform gave, piece by piece, so that a large file is never held whole.

        As `follow`, but without redirects, and raises Unavailable for any status but 200. Nothing of it is recorded.
        """
        request = Request(platform, "GET", url, "GET download", timeout_s=timeout_s, with_credentials=False)
        self._check_host(request)
        with deadlines.of_request(timeout_s) as budget, _translated(request, budget):
            response = self._client.send(self._build(request), stream=True)
            try:
                if response.status_code != 200:
                    _fail(request, f"answered {response.status_code} to a download", sent=True)
                yield _bounded(response, request=request, deadline=budget.until, max_bytes=max_bytes)
            finally:
                response.close()

    def _download(self, url: str, *, platform: Platform, max_bytes: int, timeout_s: float) -> Answer:
        request = Request(platform, "GET", url, "GET download", timeout_s=timeout_s, with_credentials=False)
        self._check_host(request)
        return self._exchange(request, max_bytes=max_bytes)

    def _check_host(self, request: Request) -> None:
        origin = _origin(request.url)
        if origin in self._bases.get(request.platform, ()):
            return
        scheme, host, _ = origin
        own = _OWN_HOSTS[request.platform]
        if scheme == "https" and any(host == name or host.endswith("." + name) for name in own):
            return
        _fail(request, f"gave a link to {host!r}, which is none of its hosts; it was not followed", sent=False)

    def _exchange(self, request: Request, *, max_bytes: int) -> Answer:
        started = time.monotonic()
        error = ""
        answer: Answer | None = None
        try:
            with deadlines.of_request(request.timeout_s) as budget:
                answer = self._talk(request, budget=budget, max_bytes=max_bytes)
            return answer
        except (Unavailable, OutcomeUnknown) as failure:
            error = f"{type(failure).__name__}: {failure.message}"
            raise
        finally:
            if self._recorder is not None:
                self._recorder.record(request, answer=answer, error=error, seconds=time.monotonic() - started)

    def _talk(self, request: Request, *, budget: deadlines.Budget, max_bytes: int) -> Answer:
        outgoing = self._build(request)
        with _translated(request, budget):
            response = self._client.send(outgoing, stream=True)
            try:
                body = b"".join(_bounded(response, request=request, deadline=budget.until, max_bytes=max_bytes))
            finally:
                response.close()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, body, request)

    def _build(self, request: Request) -> httpx.Request:
        headers = dict(request.headers)
        content: bytes | None = None
        if request.json is not None:
            content = dumps(request.json).encode()
            headers.setdefault("Content-Type", "application/json")
        timeout = httpx.Timeout(request.timeout_s, connect=min(CONNECT_TIMEOUT_S, request.timeout_s))
        try:
            return self._client.build_request(
                request.method,
                request.url,
                headers=headers,
                params=dict(request.params) or None,
                content=content,
                data=None if request.form is None else dict(request.form),
                files=None if request.files is None else dict(request.files),
                timeout=timeout,
            )
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            _fail(request, f"has a URL that cannot be used ({_name(error)})", sent=False)


def fetch(url: str, *, max_bytes: int, timeout_s: float = 60.0) -> bytes:
    """What a public file's URL answers with status 200: one GET without credentials, which follows no redirect.

    Only https, or http on loopback, at most `max_bytes`, all within `timeout_s`. Raises Unavailable otherwise.
    """
    if urlsplit(url).scheme != "https" and not settings_module.is_loopback(url):
        raise Unavailable(f"{url} is neither https nor on loopback.")
    deadline = time.monotonic() + timeout_s
    headers = {"User-Agent": f"adloom/{VERSION}", "Accept-Encoding": "identity"}
    try:
        with (
            httpx.Client(headers=headers, timeout=timeout_s, mounts=_direct()) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise Unavailable(f"{url} answered {response.status_code}.")
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > max_bytes or time.monotonic() > deadline:
                    raise Unavailable(
                        f"{url} answered with more than {max_bytes} bytes, or not within {timeout_s:g} s."
                    )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(f"{url} cannot be fetched ({_name(error)}).") from error
    return bytes(body)


def dumps(value: Any) -> str:
    """JSON of plain values, a Decimal as an exact number in plain notation; raises TypeError for floats."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(str(key))}:{dumps(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(dumps(item) for item in value) + "]"
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise TypeError(f"{value} is not a JSON number")
        return format(value, "f")
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float; use Decimal")
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def _translated(request: Request, budget: deadlines.Budget) -> Iterator[None]:
    """Says of what broke whether the request may have arrived."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        _fail(request, f"cannot be reached ({_name(error)})", sent=False)
    except httpx.TimeoutException:
        _fail(request, "did not answer in time", sent=budget.has_left)
    except httpx.HTTPError as error:
        _fail(request, f"broke off ({_name(error)})", sent=True)


def _bounded(response: httpx.Response, *, request: Request, deadline: float, max_bytes: int) -> Iterator[bytes]:
    """The body's chunks within the request's total deadline and size."""
    size = 0
    for chunk in response.iter_bytes():
        size += len(chunk)
        if size > max_bytes:
            _fail(request, f"answered with more than {max_bytes} bytes", sent=True)
        if time.monotonic() > deadline:
            _fail(request, "did not answer in time", sent=True)
        yield chunk


def _fail(request: Request, what: str, *, sent: bool) -> NoReturn:
    message = f"{request.platform.value} {what} ({request.endpoint})."
    if sent and request.is_write:
        raise OutcomeUnknown(message, platform=request.platform.value)
    raise Unavailable(message, platform=request.platform.value)


def _direct() -> dict[str, None]:
    """Past every proxy on the way to this very machine."""
    return dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]"))


def _name(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".removesuffix(": ")


def _origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of a URL; nothing that matches any other for one that cannot be read."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None
    return parts.scheme, (parts.hostname or "").lower(), port


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
