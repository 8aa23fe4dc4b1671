"""A person lets Adloom in through its pages, and a program through its API; strangers get at nothing of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from tests.doors.browsing import Browser
from tests.doors.serving import served
from tests.doors.visitors import PASSWORD, Visitor
from tests.installation import Installation, work_off
from tests.rooms import rows
from tests.rooms.connections import consenting
from tests.rooms.connections.test_connecting import connect

from adloom.connections import actions as connections
from adloom.connections import queries
from adloom.core import settings
from adloom.core.actor import Actor, Role
from adloom.db import session as db
from adloom.identity import actions as identity
from adloom.platforms.types import Platform

GOOGLE, META, MICROSOFT, TIKTOK = Platform
_LEADS_TO = re.compile(r'<a class="button primary" href="([^"]+)"')


@pytest.fixture
def http(installed: Installation, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """A server that knows its own address, with an app at each platform."""
    consenting.register_apps(installed.line, monkeypatch)
    with served() as client:
        monkeypatch.setenv("ADLOOM_PUBLIC_URL", str(client.base_url).rstrip("/"))
        settings.load.cache_clear()
        yield client


def browser(http: httpx.Client, email: str) -> Browser:
    """A browser of a person's own, signed in."""
    person_id = identity.create_user(email=email, password=PASSWORD)
    return signed_in(http, email, Browser(httpx.Client(base_url=http.base_url, timeout=30), person_id))


def signed_in(http: httpx.Client, email: str, opened: Browser) -> Browser:
    assert opened.sign_in(email).status_code == 303
    return opened


@pytest.fixture
def owner(http: httpx.Client) -> Iterator[Browser]:
    """The first person here."""
    opened = browser(http, "owner@example.com")
    yield opened
    opened.http.close()


def led_to(who: Browser, platform: Platform) -> str:
    """Presses Connect; where the page leads on to."""
    answer = who.send(f"/connections/{platform.value}/authorize")
    assert answer.status_code == 200, answer.text
    found = _LEADS_TO.search(answer.text)
    assert found is not None
    assert answer.headers["referrer-policy"] == "same-origin"
    return html.unescape(found[1])


def way_back(url: str) -> str:
    """Agrees there; the path and query of the way back, which is exactly our address."""
    location = httpx.get(url).headers["location"]
    back = urlsplit(location)
    return f"{back.path}?{back.query}"


@pytest.mark.parametrize("platform", list(Platform))
def test_a_person_connects_in_the_browser(installed: Installation, owner: Browser, platform: Platform) -> None:
    account_id = installed.line[platform]["account_id"]
    assert "Not connected" in owner.look("/connections")
    back = way_back(led_to(owner, platform))
    assert back.startswith(f"/connections/{platform.value}/callback?")
    answer = owner.http.get(back)
    assert answer.status_code == 303
    place = answer.headers["location"]
    assert re.fullmatch(r"/connections/authorizations/[0-9a-f-]{36}", place), "neither state nor code go along"
    assert 'hx-trigger="every 1s"' in owner.look(place)
    work_off()
    page = owner.look(place)
    assert account_id in page
    assert "hx-trigger" not in page
    assert queries.accounts(owner.actor) == ()

    assert owner.send(f"{place}/confirm").status_code == 422
    assert owner.done(f"{place}/confirm", {"account": account_id}) == place
    work_off()
    assert "is connected" in owner.look(f"{place}/live")
    (account,) = queries.accounts(owner.actor)
    listed = owner.look("/connections")
    assert f'href="/connections/accounts/{account.id}"' in listed
    assert "Connect again" in listed


def test_a_way_back_that_does_not_count_is_a_clear_page_that_repeats_nothing(
    installed: Installation, http: httpx.Client, owner: Browser
) -> None:
    stranger = browser(http, "second@example.com")
    nobody = httpx.Client(base_url=http.base_url)
    other_session = signed_in(http, "owner@example.com", Browser(httpx.Client(base_url=http.base_url), owner.id))
    back = way_back(led_to(owner, TIKTOK))
    state = parse_qs(urlsplit(back).query)["state"][0]
    wrong_platform = back.replace("tiktok_ads", "google_ads")
    for who, path in (
        (stranger.http, back),
        (nobody, back),
        (other_session.http, back),
        (owner.http, wrong_platform),
        (owner.http, back.replace(state, "x" * 43)),
        (owner.http, back.replace(state, "x" * 5000)),
        (owner.http, "/connections/tiktok_ads/callback"),
    ):
        answer = who.get(path)
        assert answer.status_code == 409, path
        assert "Nothing was connected" in answer.text
        assert "location" not in answer.headers, "the code must not go along to the sign-in page"
        assert [word for word in urlsplit(back).query.split("&") if word.partition("=")[2] in answer.text] == []
    assert work_off() == []
    assert owner.http.get(back).status_code == 303
    assert owner.http.get(back).status_code == 409
    for client in (stranger.http, nobody, other_session.http):
        client.close()


def test_a_person_who_says_no_there_is_told_so_here(owner: Browser) -> None:
    state = parse_qs(urlsplit(led_to(owner, META)).query)["state"][0]
    answer = owner.http.get(f"/connections/facebook_ads/callback?error=access_denied&state={state}")
    assert answer.status_code == 303
    assert "You did not let Adloom in" in owner.look(answer.headers["location"])
    assert work_off() == []


def test_a_form_from_elsewhere_begins_nothing(owner: Browser) -> None:
    path = "/connections/tiktok_ads/authorize"
    assert owner.http.post(path, data={"csrf": "0" * 64}, headers={"Origin": owner.origin}).status_code == 403
    assert (
        owner.http.post(path, data={"csrf": owner.token()}, headers={"Origin": "https://e.example"}).status_code == 403
    )
    assert _count("authorizations") == 0


def test_what_is_missing_is_named_where_no_app_is_set(
    owner: Browser, monkeypatch: pytest.MonkeyPatch, http: httpx.Client
) -> None:
    monkeypatch.delenv("ADLOOM_META_CLIENT_SECRET")
    settings.load.cache_clear()
    page = owner.look("/connections")
    assert "ADLOOM_META_CLIENT_SECRET" in page
    assert "ADLOOM_META_CLIENT_ID" not in page
    assert f"{str(http.base_url).rstrip('/')}/connections/facebook_ads/callback" in page
    assert 'action="/connections/facebook_ads/authorize"' not in page
    assert owner.send("/connections/facebook_ads/authorize").status_code == 422


def test_strangers_find_neither_authorisation_nor_account(
    installed: Installation, http: httpx.Client, owner: Browser
) -> None:
    stranger = browser(http, "second@example.com")
    place = owner.http.get(way_back(led_to(owner, TIKTOK))).headers["location"]
    work_off()
    assert stranger.http.get(place).status_code == 404
    assert stranger.http.get(f"{place}/live").status_code == 404
    form = {"account": installed.line[TIKTOK]["account_id"]}
    assert stranger.send(f"{place}/confirm", form).status_code == 404
    owner.done(f"{place}/confirm", form)
    work_off()
    (account,) = queries.accounts(owner.actor)
    for path in ("", "/inspect", "/settings", "/faults/suspended"):
        address = f"/connections/accounts/{account.id}{path}"
        assert (stranger.send(address) if path else stranger.http.get(address)).status_code == 404
    stranger.http.close()


def test_a_person_settles_looks_again_and_disconnects_on_pages(installed: Installation, owner: Browser) -> None:
    connect(owner.actor, installed, META)
    (account,) = queries.accounts(owner.actor)
    place = f"/connections/accounts/{account.id}"
    page = owner.look(place)
    assert "What its ads use" in page
    pixel = installed.line[META]["pixel_id"]
    assert owner.done(f"{place}/settings", {"lead": pixel}) == place
    assert queries.accounts(owner.actor)[0].attributes["conversion_lead"] == pixel
    assert owner.send(f"{place}/settings", {"lead": "999"}).status_code == 422

    installed.control("account", {"platform": META.value, "action": "suspend"})
    assert owner.done(f"{place}/inspect") == f"{place}?said=looking"
    work_off()
    assert "Blocks every change" in owner.look(place)
    assert "Blocked" in owner.look("/connections")
    assert "is blocked" in owner.look("/")

    rows.campaign(owner.actor, account.id, platform_campaign_id="4711", name="Spring sale")
    asked = owner.look("/connections/facebook_ads/disconnect")
    assert "Spring sale" in asked
    assert "4711" in asked
    assert owner.send("/connections/facebook_ads/disconnect").status_code == 409
    assert owner.done("/connections/facebook_ads/disconnect", {"confirmed": "true"}) == "/connections"
    work_off()
    assert "Disconnected" in owner.look("/connections")
    assert owner.http.get("/connections/facebook_ads/disconnect").status_code == 404


def test_a_member_of_one_client_sees_and_settles_its_accounts_and_no_login(
    installed: Installation, http: httpx.Client, owner: Browser
) -> None:
    connect(owner.actor, installed, META)
    connect(owner.actor, installed, TIKTOK)
    client = rows.client(owner.actor, "Acme")
    accounts = {account.platform: account for account in queries.accounts(owner.actor)}
    connections.assign(owner.actor, account_id=accounts[META].id, client_id=client)
    member = browser(http, "member@example.com")
    whole = Actor(tenant_id=owner.id, person_id=owner.id, role=Role.ADMIN)
    identity.add_member(whole, email="member@example.com", role="editor", client="Acme")
    member.done("/account/tenant", {"tenant": str(owner.id)})
    page = member.look("/connections")
    assert "Adloom Sandbox" in page
    assert "Sandbox Shoes" not in page
    assert "/authorize" not in page
    assert "/disconnect" not in page
    assert member.send("/connections/tiktok_ads/authorize").status_code == 403
    assert member.http.get("/connections/facebook_ads/disconnect").status_code == 404
    assert member.http.get(f"/connections/accounts/{accounts[TIKTOK].id}").status_code == 404
    place = f"/connections/accounts/{accounts[META].id}"
    assert "Keep these settings" in member.look(place)
    assert member.done(f"{place}/settings", {"lead": installed.line[META]["pixel_id"]}) == place
    assert member.send(f"{place}/faults/suspended", {"eu_political": "false"}).status_code == 403
    member.http.close()


def test_a_login_that_ends_is_named_three_weeks_ahead_with_day_and_cure(
    installed: Installation, owner: Browser
) -> None:
    connect(owner.actor, installed, META)
    with db.owner_connection() as connection:
        connection.execute("UPDATE user_api_credentials SET expires_at = '2099-01-31 12:00+00'")
    assert "ends on" not in owner.look("/connections")
    with db.owner_connection() as connection:
        connection.execute("UPDATE user_api_credentials SET expires_at = now() + interval '20 days 1 hour'")
    for place in ("/", "/connections"):
        assert re.search(r"The login of Meta Ads ends on \d+ \w+ \d{4}, in 2[01] days", owner.look(place))


def test_a_program_lets_itself_in_where_it_sees_the_redirect(installed: Installation, http: httpx.Client) -> None:
    person_id = identity.create_user(email="owner@example.com", password=PASSWORD)
    owner = Visitor.signed_in(http, person_id)
    another_session = Visitor.signed_in(http, person_id)
    begun = owner.post("/v1/connections/tiktok_ads/authorize")
    back = parse_qs(urlsplit(way_back(begun["url"])).query)
    body = {"platform": "tiktok_ads", "state": back["state"][0], "code": back["auth_code"][0]}
    assert another_session.post("/v1/connections/authorizations", body, status=409)["code"] == "state_not_known"
    returned = owner.post("/v1/connections/authorizations", body, status=202)
    assert (returned["id"], returned["status"]) == (begun["id"], "returned")
    work_off()
    found = owner.get(f"/v1/connections/authorizations/{begun['id']}")
    assert found["status"] == "found"
    account_id = installed.line[TIKTOK]["account_id"]
    assert found["accounts"][0].keys() == {"external_id", "name", "currency", "time_zone", "status"}
    chosen = {"accounts": [account_id]}
    owner.post(f"/v1/connections/authorizations/{begun['id']}/confirm", chosen, status=202)
    owner.post(f"/v1/connections/authorizations/{begun['id']}/confirm", chosen, status=409)
    work_off()
    (account,) = owner.get("/v1/connections/accounts")["items"]
    whole = owner.get(f"/v1/connections/accounts/{account['id']}")
    assert {each["kind"] for each in whole["resources"]} >= {"identity", "pixel"}
    assert (whole["faults"], whole["missing_rights"], whole["settings"]["lead"]) == ([], [], None)
    pixel = whole["settings"]["pixel"]
    path = f"/v1/connections/accounts/{account['id']}"
    settled = owner.ask("PATCH", path, json={"settings": {"lead": pixel}}).json()
    assert settled["settings"]["lead"] == pixel
    assert owner.ask("PATCH", path, json={"settings": {"nonsense": "1"}}).status_code == 422
    owner.post(f"{path}/inspect", status=202)
    (login,) = owner.get("/v1/connections")["items"]
    assert (login["is_connected"], login["renews"], login["ends_soon"]) == (True, False, False)
    owner.post("/v1/connections/tiktok_ads/disconnect", {}, status=202)
    work_off()
    (login,) = owner.get("/v1/connections")["items"]
    assert (login["is_connected"], login["is_active"]) == (False, False)


def test_a_state_is_not_kept_for_a_repeated_request(installed: Installation, http: httpx.Client) -> None:
    owner = Visitor.signed_in(http, identity.create_user(email="owner@example.com", password=PASSWORD))
    key = {"Idempotency-Key": "the-same"}
    urls = {owner.post("/v1/connections/tiktok_ads/authorize", headers=key)["url"] for _ in range(2)}
    assert (len(urls), _count("idempotency_keys")) == (2, 0)


def test_a_member_who_looks_at_an_owners_tenant_returns_to_that_tenant_alone(
    installed: Installation, http: httpx.Client, owner: Browser
) -> None:
    member = browser(http, "member@example.com")
    owner_actor = Actor(tenant_id=owner.id, person_id=owner.id, role=Role.ADMIN)
    identity.add_member(owner_actor, email="member@example.com", role="editor")
    member.done("/account/tenant", {"tenant": str(owner.id)})
    back = way_back(led_to(member, TIKTOK))
    member.done("/account/tenant", {"tenant": str(member.id)})
    assert member.http.get(back).status_code == 409, "they act for themselves now"
    member.done("/account/tenant", {"tenant": str(owner.id)})
    assert member.http.get(back).status_code == 303
    member.http.close()


def _count(table: str) -> int:
    with db.owner_connection() as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(row[0])
