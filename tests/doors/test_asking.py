"""Who is asking, and for whom: tenants by header, clients of a member, and cookies that no other site can use."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from tests.doors.conftest import Visiting
from tests.doors.visitors import Visitor

from adloom.edge import asking
from adloom.identity import sessions
from adloom.identity.tokens import Audience


def _member(owner: Visitor, email: str, role: str, client: str | None = None) -> None:
    client_id = None if client is None else owner.post("/v1/clients", {"name": client}, status=201)["id"]
    owner.post("/v1/members", {"email": email, "role": role, "client_id": client_id}, status=201)


def _in(tenant: Visitor, who: Visitor) -> Visitor:
    return who.sending(x_adloom_tenant=str(tenant.id))


def test_a_member_acts_in_the_owners_tenant_by_naming_it(owner: Visitor, stranger: Visitor) -> None:
    _member(owner, "stranger@example.com", "editor")
    me = _in(owner, stranger).get("/v1/me")
    assert (me["id"], me["tenant_id"], me["role"]) == (str(stranger.id), str(owner.id), "user")
    assert stranger.get("/v1/me")["tenant_id"] == str(stranger.id)
    places = stranger.get("/v1/tenants")["items"]
    assert [place["tenant_id"] for place in places] == [str(stranger.id), str(owner.id)]


def test_an_administrator_is_none_in_another_tenant(owner: Visitor, stranger: Visitor) -> None:
    _member(stranger, "owner@example.com", "editor")
    assert owner.get("/v1/me")["role"] == "admin"
    assert _in(stranger, owner).get("/v1/me")["role"] == "user"


@pytest.mark.parametrize("tenant", ["0b9d3f0e-5f0a-4b52-9a0e-3c1d6a5f7e21", "no id", ""])
def test_a_tenant_where_one_is_nobody_does_not_exist(owner: Visitor, tenant: str) -> None:
    assert owner.ask("GET", "/v1/ads", headers={asking.TENANT_HEADER: tenant}).status_code == 404


def test_a_membership_that_was_taken_back_is_gone_at_once(owner: Visitor, stranger: Visitor) -> None:
    _member(owner, "stranger@example.com", "editor")
    assert _in(owner, stranger).get("/v1/clients")["items"] == []
    membership = owner.get("/v1/members")["items"][0]
    assert owner.ask("DELETE", f"/v1/members/{membership['id']}").status_code == 204
    _in(owner, stranger).get("/v1/clients", status=404)


def test_a_viewer_reads_and_changes_nothing(owner: Visitor, stranger: Visitor) -> None:
    _member(owner, "stranger@example.com", "viewer")
    reader = _in(owner, stranger)
    assert reader.get("/v1/clients")["items"] == []
    refused = reader.post("/v1/clients", {"name": "Acme"}, status=403)
    assert refused["code"] == "forbidden"


def test_a_member_of_one_client_sees_that_client_alone(owner: Visitor, stranger: Visitor) -> None:
    other = owner.post("/v1/clients", {"name": "Other"}, status=201)["id"]
    _member(owner, "stranger@example.com", "editor", client="Mine")
    restricted = _in(owner, stranger)
    assert [client["name"] for client in restricted.get("/v1/clients")["items"]] == ["Mine"]
    restricted.get(f"/v1/clients/{other}", status=404)
    restricted.sending(x_adloom_client=other).get("/v1/clients", status=404)


def test_a_member_of_two_clients_names_one_of_them(owner: Visitor, stranger: Visitor) -> None:
    for client in ("One", "Two"):
        _member(owner, "stranger@example.com", "editor", client=client)
    both = _in(owner, stranger)
    asked = both.get("/v1/clients", status=422)
    assert [error["field"] for error in asked["errors"]] == [asking.CLIENT_HEADER]
    ids = {client["name"]: client["id"] for client in owner.get("/v1/clients")["items"]}
    chosen = both.sending(x_adloom_client=ids["Two"])
    assert [client["name"] for client in chosen.get("/v1/clients")["items"]] == ["Two"]


def test_an_owner_may_narrow_a_request_to_one_client(owner: Visitor) -> None:
    ids = [owner.post("/v1/clients", {"name": name}, status=201)["id"] for name in ("One", "Two")]
    narrowed = owner.sending(x_adloom_client=ids[1])
    assert [client["id"] for client in narrowed.get("/v1/clients")["items"]] == [ids[1]]
    assert narrowed.get("/v1/me")["client_id"] == ids[1]
    owner.sending(x_adloom_client=str(uuid4())).get("/v1/me", status=404)


# Cookies ------------------------------------------------------------------------------------------


def _browser(owner: Visitor) -> Visitor:
    made = sessions.begin(owner.id, address=None, agent=None, audience=Audience.WEB)
    return Visitor(owner.http, owner.id, {}, {"Cookie": f"{asking.SESSION_COOKIE}={made.access_token}"})


def test_a_browser_reads_with_its_cookie(owner: Visitor) -> None:
    assert _browser(owner).get("/v1/me")["id"] == str(owner.id)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "SELF"}, 403),
        ({"Origin": "SELF"}, 201),
        ({}, 403),
    ],
)
def test_a_cookie_changes_something_only_from_a_page_of_our_own(
    owner: Visitor, headers: dict[str, str], status: int
) -> None:
    origin = str(owner.http.base_url).rstrip("/")
    sent = {name: origin if value == "SELF" else value for name, value in headers.items()}
    answer = _browser(owner).ask("POST", "/v1/clients", json={"name": "Acme"}, headers=sent)
    assert answer.status_code == status, answer.text


def test_a_browsers_token_is_no_bearer_and_a_bearers_no_cookie(owner: Visitor) -> None:
    cookie = _browser(owner).headers["Cookie"].partition("=")[2]
    assert owner.http.get("/v1/me", headers={"Authorization": f"Bearer {cookie}"}).status_code == 401
    bearer = owner.tokens["access_token"]
    assert owner.http.get("/v1/me", headers={"Cookie": f"{asking.SESSION_COOKIE}={bearer}"}).status_code == 401


def test_a_browser_that_is_signed_out_is_nobody(owner: Visitor) -> None:
    browser = _browser(owner)
    signed_out = browser.ask("POST", "/v1/auth/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert signed_out.status_code == 204
    assert browser.ask("GET", "/v1/me").status_code == 401


def test_a_viewer_of_one_tenant_reads_there_without_naming_it(owner: Visitor, visiting: Visiting) -> None:
    reader = visiting("reader@example.com")
    _member(owner, "reader@example.com", "viewer")
    _demote(reader.id)
    me = reader.get("/v1/me")
    assert (me["tenant_id"], me["role"]) == (str(owner.id), "viewer")


def _demote(person_id: UUID) -> None:
    from adloom.db import engine

    with engine.owner_connection() as connection:
        connection.execute("UPDATE users SET role = 'viewer' WHERE id = %s", [person_id])
