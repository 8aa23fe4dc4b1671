"""Calls to the Graph API with a login: token, proof, form encoding, cursors, one renewal after a lapse.

Sends nothing twice, except that a call which was refused for its token is sent again with the new one.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from typing import Any

from adloom.core import settings
from adloom.core.errors import CredentialsExpired, Unavailable
from adloom.platforms import http, vanished
from adloom.platforms.contract import Connection, Credentials
from adloom.platforms.meta import errors, mapping
from adloom.platforms.types import Platform

UPLOAD_TIMEOUT_S = 600.0
PAGE_SIZE = "100"
_MOST_EMPTY_PAGES = 20

File = tuple[str, bytes, str]


class Graph:
    """The Graph API of one ad account (`act_…`), or of none."""

    def __init__(self, connection: Connection, *, account: str = "") -> None:
        self._connection = connection
        self.account = account

    def get(self, path: str, *, endpoint: str, params: Mapping[str, str]) -> dict[str, Any]:
        """A read's JSON. Raises as `errors.checked` does, and Unavailable for what is no object."""
        found = self._call(
            lambda credentials: http.Request(
                Platform.FACEBOOK_ADS,
                "GET",
                url(path),
                f"GET {endpoint}",
                account=self.account,
                headers=headers(credentials),
                params={**params, **proof(credentials)},
            )
        )
        if not isinstance(found, dict):
            raise Unavailable(f"Meta, GET {endpoint}: no object.", platform=Platform.FACEBOOK_ADS)
        return found

    def post(
        self, path: str, *, endpoint: str, body: Mapping[str, Any], files: Mapping[str, File] | None = None
    ) -> Any:
        """A write's JSON; nested values of the body become JSON in form fields."""
        return self._call(
            lambda credentials: http.Request(
                Platform.FACEBOOK_ADS,
                "POST",
                url(path),
                f"POST {endpoint}",
                account=self.account,
                headers=headers(credentials),
                form={**form(body), **proof(credentials)},
                files=files,
                is_write=True,
                timeout_s=UPLOAD_TIMEOUT_S if files else 60.0,
            )
        )

    def ask(self, path: str, *, endpoint: str, body: Mapping[str, Any]) -> Any:
        """The JSON of a POST that changes nothing of an account's ads, such as the beginning of a report."""
        return self._call(
            lambda credentials: http.Request(
                Platform.FACEBOOK_ADS,
                "POST",
                url(path),
                f"POST {endpoint}",
                account=self.account,
                headers=headers(credentials),
                form={**form(body), **proof(credentials)},
            )
        )

    def delete(self, path: str, *, endpoint: str) -> Any:
        """The JSON of a deletion."""
        return self._call(
            lambda credentials: http.Request(
                Platform.FACEBOOK_ADS,
                "DELETE",
                url(path),
                f"DELETE {endpoint}",
                account=self.account,
                headers=headers(credentials),
                params=proof(credentials),
                is_write=True,
            )
        )

    def rows(
        self, path: str, *, endpoint: str, params: Mapping[str, str], limit: str = PAGE_SIZE
    ) -> Iterator[dict[str, Any]]:
        """All rows of an edge, page by page.

        Goes by the cursor alone: `paging.next` holds the token, so it is never followed, stored or shown. Raises
        Unavailable where a cursor has lapsed: a later page asks for what the first one was given, but for the cursor.
        An empty page may have another one after it, but not for ever (facebook-php-business-sdk#333).
        """
        after, empty = "", 0
        while empty < _MOST_EMPTY_PAGES:
            cursor = {"after": after} if after else {}
            with vanished.asked_anew() if after else nullcontext():
                page = self.get(path, endpoint=endpoint, params={**params, "limit": limit, **cursor})
            data = page.get("data")
            if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
                raise Unavailable(f"Meta, GET {endpoint}: a page without rows.", platform=Platform.FACEBOOK_ADS)
            yield from data
            empty = 0 if data else empty + 1
            paging = _object(page.get("paging"), endpoint=endpoint)
            following = _object(paging.get("cursors"), endpoint=endpoint).get("after")
            if not paging.get("next"):
                return
            if not isinstance(following, str) or following in ("", after):
                break
            after = following
        raise Unavailable(f"Meta, GET {endpoint}: the pages do not go on.", platform=Platform.FACEBOOK_ADS)

    def _call(self, build: Callable[[Credentials], http.Request]) -> Any:
        login = self._connection.login
        try:
            return errors.checked(self._connection.http.send(build(login.credentials())))
        except CredentialsExpired:
            renewed = login.renew()
        return errors.checked(self._connection.http.send(build(renewed)))


def _object(value: Any, *, endpoint: str) -> dict[str, Any]:
    """An object that may be left out; raises Unavailable for anything else."""
    if value is not None and not isinstance(value, dict):
        raise Unavailable(f"Meta, GET {endpoint}: pages that cannot be followed.", platform=Platform.FACEBOOK_ADS)
    return value or {}


def url(path: str) -> str:
    """The address of a path below the API's version."""
    return f"{settings.load().platform_urls()['meta_graph_url']}/{mapping.API_VERSION}/{path}"


def form(body: Mapping[str, Any]) -> dict[str, str]:
    """A body as form fields: text as it is, everything else as JSON."""
    return {name: value if isinstance(value, str) else http.dumps(value) for name, value in body.items()}


def headers(credentials: Credentials) -> dict[str, str]:
    """The token, where no log of addresses sees it."""
    return {"Authorization": f"Bearer {credentials.access_token}"}


def proof(credentials: Credentials) -> dict[str, str]:
    """Proves that the caller holds the app's secret, where it does (page "Secure Graph API Calls")."""
    if not credentials.client_secret:
        return {}
    secret, token = credentials.client_secret.encode(), credentials.access_token.encode()
    return {"appsecret_proof": hmac.new(secret, token, hashlib.sha256).hexdigest()}
