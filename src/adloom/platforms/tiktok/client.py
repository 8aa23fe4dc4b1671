"""Calls to TikTok's API with a login: token header, JSON, multipart, pages, one renewal after a lapse.

Sends nothing twice, except that a call which was refused for its token is sent again with the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from adloom.core import settings
from adloom.core.errors import CredentialsExpired, Unavailable
from adloom.platforms import http
from adloom.platforms.contract import Connection, Credentials
from adloom.platforms.tiktok import errors, mapping, shapes
from adloom.platforms.tiktok.mapping import number
from adloom.platforms.types import Platform

UPLOAD_TIMEOUT_S = 600.0
PAGE_SIZE = 100

File = tuple[str, bytes, str]
Read = TypeVar("Read")


class TooManyRows(Exception):
    """A list holds more than its caller takes from there: so many rows (`counted`)."""

    def __init__(self, counted: int) -> None:
        super().__init__(counted)
        self.counted = counted


class Client:
    """TikTok's API for one advertiser, or for none."""

    def __init__(self, connection: Connection, *, advertiser_id: str = "") -> None:
        self._connection = connection
        self.advertiser_id = advertiser_id

    def credentials(self) -> Credentials:
        """The login's credentials; listing accounts wants the app's id and secret among its parameters."""
        return self._connection.login.credentials()

    def get(self, path: str, *, params: Mapping[str, Any]) -> dict[str, Any]:
        """A read's `data`, an object; lists and objects among the parameters are sent as JSON."""
        data = self._call(
            lambda credentials: http.Request(
                Platform.TIKTOK_ADS,
                "GET",
                url(path),
                f"GET {path}",
                account=self.advertiser_id,
                headers=_headers(credentials),
                params=query(params),
            )
        )
        if not isinstance(data, dict):
            raise _broken(path, "is no object")
        return data

    def text(self, path: str, *, params: Mapping[str, Any]) -> str:
        """A read that answers with a file's text; where it answers with an envelope, what that says is raised."""
        return self._sent(
            lambda credentials: http.Request(
                Platform.TIKTOK_ADS,
                "GET",
                url(path),
                f"GET {path}",
                account=self.advertiser_id,
                headers=_headers(credentials),
                params=query({"advertiser_id": self.advertiser_id, **params}),
                timeout_s=120.0,
            ),
            read=errors.file_text,
        )

    def post(self, path: str, *, body: Mapping[str, Any]) -> dict[str, Any]:
        """A write's `data`; decimals are sent as exact numbers."""
        return self._posted(path, body=body, is_write=True)

    def ask(self, path: str, *, body: Mapping[str, Any]) -> dict[str, Any]:
        """The `data` of a POST that changes nothing of the account."""
        return self._posted(path, body=body, is_write=False)

    def upload(self, path: str, *, body: Mapping[str, str], files: Mapping[str, File]) -> Any:
        """The `data` of an upload as multipart."""
        return self._call(
            lambda credentials: http.Request(
                Platform.TIKTOK_ADS,
                "POST",
                url(path),
                f"POST {path}",
                account=self.advertiser_id,
                headers=_headers(credentials),
                form=body,
                files=files,
                is_write=True,
                timeout_s=UPLOAD_TIMEOUT_S,
            )
        )

    def rows(
        self,
        path: str,
        *,
        params: Mapping[str, Any],
        page_size: int = PAGE_SIZE,
        name: str = "list",
        most: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """All rows of a list, page by page; raises Unavailable where fewer came than TikTok counted.

        An answer with neither rows nor a count of them says nothing, least of all that there are none: Unavailable.
        Raises TooManyRows before the first row where TikTok counts more than `most`.
        """
        page, seen = 1, 0
        while True:
            data = self.get(path, params={**params, "page": page, "page_size": page_size})
            rows, info = data.get(name) or [], shapes.an_object(data.get("page_info"))
            if name not in data and not info:
                raise _broken(path, f"has neither {name} nor page_info")
            total, pages = (int(number(info.get(each)) or 0) for each in ("total_number", "total_page"))
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise _broken(path, "has rows that are none")
            if not info and len(rows) >= page_size:
                raise _broken(path, "fills a page and does not say whether there are more")
            if page == 1 and most is not None and total > most:
                raise TooManyRows(total)
            yield from rows
            seen += len(rows)
            if page >= pages:
                break
            if not rows:
                raise _broken(path, f"says that page {page} of {pages} is empty")
            page += 1
        if seen < total:
            raise _broken(path, "is not whole")

    def _posted(self, path: str, *, body: Mapping[str, Any], is_write: bool) -> dict[str, Any]:
        data = self._call(
            lambda credentials: http.Request(
                Platform.TIKTOK_ADS,
                "POST",
                url(path),
                f"POST {path}",
                account=self.advertiser_id,
                headers=_headers(credentials),
                json=body,
                is_write=is_write,
                timeout_s=60.0,
            )
        )
        return shapes.an_object(data)

    def _call(self, build: Callable[[Credentials], http.Request]) -> Any:
        return self._sent(build, read=errors.checked)

    def _sent(self, build: Callable[[Credentials], http.Request], *, read: Callable[[http.Answer], Read]) -> Read:
        """What an answer holds; a call that was refused for its token is sent once more with a new one."""
        login = self._connection.login
        try:
            return read(self._connection.http.send(build(login.credentials())))
        except CredentialsExpired:
            renewed = login.renew()
        return read(self._connection.http.send(build(renewed)))


def _broken(path: str, what: str) -> Unavailable:
    return Unavailable(f"TikTok, GET {path}: the answer {what}.", platform=Platform.TIKTOK_ADS.value)


def url(path: str) -> str:
    """The address of a path below the API's version; TikTok knows no path without a slash at its end."""
    return f"{settings.load().platform_urls()['tiktok_api_url']}/open_api/{mapping.API_VERSION}/{path}/"


def query(params: Mapping[str, Any]) -> dict[str, str]:
    """Parameters of a read: text as it is, everything else as JSON."""
    return {name: value if isinstance(value, str) else http.dumps(value) for name, value in params.items()}


def _headers(credentials: Credentials) -> dict[str, str]:
    return {"Access-Token": credentials.access_token}
