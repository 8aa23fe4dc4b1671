"""Being let in to Meta: the dialog, tokens and their ends, what an account holds, and what is wrong with it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.platforms.conftest import Live

from adloom.core.errors import CredentialsExpired, Invalid
from adloom.core.time import now
from adloom.platforms.access import App, Fault, ResourceKind
from adloom.platforms.meta import faults, inspecting, mapping, oauth
from adloom.platforms.types import Platform

REDIRECT = "http://127.0.0.1:8420/connections/callback"


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.FACEBOOK_ADS)


def _app(live: Live, **changes: Any) -> App:
    line = live.sandbox.line["facebook_ads"]
    return dataclasses.replace(App(line["client_id"], line["client_secret"], REDIRECT), **changes)


def _do(live: Live, action: str, value: str) -> None:
    live.sandbox.control("account", {"platform": "facebook_ads", "action": action, "value": value})


def _code(live: Live) -> str:
    url = live.adapter.authorize_url(app=_app(live), state="s", challenge=None)
    (code,) = parse_qs(urlsplit(live.sandbox.client.get(url).headers["location"]).query)["code"]
    return code


def test_the_dialog_asks_for_every_right_and_again_for_those_refused_before(live: Live) -> None:
    url = urlsplit(live.adapter.authorize_url(app=_app(live), state="s t", challenge=None))
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert url.path.endswith(f"/{mapping.API_VERSION}/dialog/oauth")
    assert query["scope"].split(",") == list(mapping.SCOPES)
    assert (query["redirect_uri"], query["state"], query["response_type"]) == (REDIRECT, "s t", "code")
    assert query["auth_type"] == "rerequest"
    assert "secret" not in url.query


def test_a_code_becomes_a_token_of_sixty_days(live: Live) -> None:
    fresh = live.adapter.exchange(live.connection.http, app=_app(live), code=_code(live), verifier=None)
    assert fresh.expires_at is not None
    assert timedelta(days=59) < fresh.expires_at - now() <= timedelta(days=60)
    assert (fresh.refresh_token, fresh.client_id) == (None, _app(live).client_id)


@pytest.mark.parametrize("changes", [{"redirect_uri": "https://example.com/"}, {"client_secret": None}])
def test_a_code_for_another_app_or_address_is_not_taken(live: Live, changes: dict[str, Any]) -> None:
    code = _code(live)
    with pytest.raises(CredentialsExpired, match=r"Connect again|app's secret"):
        live.adapter.exchange(live.connection.http, app=_app(live, **changes), code=code, verifier=None)


def test_a_token_whose_answer_names_no_end_is_looked_up(live: Live) -> None:
    fresh = live.adapter.exchange(live.connection.http, app=_app(live), code=_code(live), verifier=None)
    ends = oauth._inspected(live.connection.http, fresh)
    assert ends is not None
    assert fresh.expires_at is not None
    assert abs(ends - fresh.expires_at) < timedelta(seconds=5)
    assert oauth._inspected(live.connection.http, live.login.credentials()) is None, "the seeded token never lapses"


def test_rights_that_the_person_declined_are_named(live: Live) -> None:
    _do(live, "decline", "pages_show_list")
    found = live.adapter.inspect(live.connection, account=live.account)
    assert found.missing_rights == ("pages_show_list",)
    assert ResourceKind.PAGE not in {each.kind for each in found.resources}
    assert ResourceKind.PIXEL in {each.kind for each in found.resources}


def test_what_was_found_has_what_an_ad_names_it_by(live: Live) -> None:
    found = {each.kind: each for each in live.adapter.inspect(live.connection, account=live.account).resources}
    line = live.sandbox.line["facebook_ads"]
    assert found[ResourceKind.PAGE].external_id == line["page_id"]
    assert "ADVERTISE" in found[ResourceKind.PAGE].attributes["tasks"]
    assert found[ResourceKind.INSTAGRAM].external_id == line["instagram_user_id"]
    assert (found[ResourceKind.PIXEL].external_id, found[ResourceKind.PIXEL].status) == (line["pixel_id"], "AVAILABLE")


@pytest.mark.parametrize(
    ("action", "value", "code", "blocks"),
    [
        ("status", "3", "unpaid", False),
        ("status", "9", "unpaid", False),
        ("status", "7", "suspended", True),
        ("status", "101", "closed", True),
        ("funding", "none", "unpaid", False),
    ],
)
def test_an_accounts_trouble_is_a_fault_with_its_fix(
    live: Live, action: str, value: str, code: str, blocks: bool
) -> None:
    _do(live, action, value)
    (fault,) = live.adapter.inspect(live.connection, account=live.account).faults
    assert (fault.code, fault.blocks_writes) == (code, blocks)
    assert fault.words
    assert fault.fix


def test_meta_mends_nothing_through_its_interface(live: Live) -> None:
    with pytest.raises(Invalid, match="mends no"):
        live.adapter.mend(live.connection, account=live.account, fault="unpaid", answers={})


#: Account fields as Meta may give them, and the codes of what is wrong.
FIELDS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing at all": ({}, []),
    "a state as text": ({"account_status": "2"}, ["suspended"]),
    "a state that nobody knows": ({"account_status": 42}, []),
    "a limit that is used up": ({"account_status": 1, "spend_cap": "5000", "amount_spent": "5000"}, ["capped"]),
    "a limit as number": ({"spend_cap": 5000, "amount_spent": 5001}, ["capped"]),
    "a limit that is not used up": ({"spend_cap": "5000", "amount_spent": "4999"}, []),
    "no limit": ({"spend_cap": "0", "amount_spent": "4999"}, []),
    "a limit whose use is not told": ({"spend_cap": "5000"}, []),
    "no way to pay": ({"user_tasks": ["MANAGE"]}, ["unpaid"]),
    "no way to pay that this person may see": ({"user_tasks": ["ADVERTISE"]}, []),
    "a way to pay": ({"user_tasks": ["MANAGE"], "funding_source": "1"}, []),
    "a closed account, whatever else": ({"account_status": 101, "user_tasks": ["MANAGE"]}, ["closed"]),
}


@pytest.mark.parametrize("name", FIELDS)
def test_faults_are_read_from_fields_of_any_shape(name: str) -> None:
    fields, codes = FIELDS[name]
    assert [fault.code for fault in faults.of_account(fields)] == codes


def test_a_reason_is_told_in_metas_words() -> None:
    (fault,) = faults.of_account({"account_status": 2, "disable_reason": "3"})
    assert fault == Fault(
        "suspended",
        "DISABLED: RISK_PAYMENT",
        "Ask Meta for a review under Account Quality.",
        blocks_writes=True,
    )
    (other,) = faults.of_account({"account_status": 2, "disable_reason": 99})
    assert other.words == "DISABLED: reason 99"


def test_pages_of_any_shape_are_read() -> None:
    assert inspecting._page({"id": 7}).external_id == "7"
    assert inspecting._page({"id": "7", "tasks": None, "is_published": False}).status == "UNPUBLISHED"
