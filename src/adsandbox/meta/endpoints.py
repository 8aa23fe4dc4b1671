"""Every method and path that `routes.py` answers, for the table of what is imitated. A test asks each of them."""

from collections.abc import Iterator

from adsandbox.meta import objects, people
from adsandbox.platform import Endpoint

_ACCOUNT = "/act_{id}"
_OBJECTS = ("campaign", "adset", "adcreative", "ad")


def all_of_them() -> Iterator[Endpoint]:
    """In the order of a reader: logging in, the person, the account, objects, reports."""
    yield Endpoint("/meta-dialog", "/v26.0/dialog/oauth", "GET")
    for method, path in (*_person(), *_account(), *_objects(), *_reports()):
        yield Endpoint("/meta", f"/v26.0{path}", method)


def _person() -> Iterator[tuple[str, str]]:
    for path in ("/oauth/access_token", "/debug_token", "/me", "/me/permissions", "/me/adaccounts", "/me/accounts"):
        yield "GET", path
    yield "DELETE", "/me/permissions"
    yield "GET", "/search"
    yield "POST", "/"


def _account() -> Iterator[tuple[str, str]]:
    yield "GET", _ACCOUNT
    for edge in (*people.LISTS, "minimum_budgets"):
        yield "GET", f"{_ACCOUNT}/{edge}"
    for edge in ("adimages", "advideos"):
        yield "GET", f"{_ACCOUNT}/{edge}"
        yield "POST", f"{_ACCOUNT}/{edge}"
    yield "DELETE", f"{_ACCOUNT}/adimages"
    for kind in ("advideo", "page", "instagram", "adspixel"):
        yield "GET", f"/{{{kind}}}"
    yield "DELETE", "/{advideo}"
    yield "GET", "/{advideo}/thumbnails"
    yield "GET", "/{page}/instagram_accounts"


def _objects() -> Iterator[tuple[str, str]]:
    for edge in objects.EDGES:
        yield "GET", f"{_ACCOUNT}/{edge}"
        yield "POST", f"{_ACCOUNT}/{edge}"
    for kind in _OBJECTS:
        for method in ("GET", "POST", "DELETE"):
            yield method, f"/{{{kind}}}"
    for path in ("/{campaign}/adsets", "/{campaign}/ads", "/{adset}/ads", "/{ad}/adcreatives"):
        yield "GET", path


def _reports() -> Iterator[tuple[str, str]]:
    for scope in (_ACCOUNT, "/{campaign}", "/{adset}", "/{ad}"):
        yield "GET", f"{scope}/insights"
        yield "POST", f"{scope}/insights"
    yield "GET", "/{run}"
    yield "GET", "/{run}/insights"
