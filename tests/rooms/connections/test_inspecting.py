"""What ads of an account can use, what is wrong with it, what a person declares about it, and what is set for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.installation import Installation, finished, work_off
from tests.rooms import rows
from tests.rooms.ads.writing import plain_ad
from tests.rooms.connections.test_connecting import account, connect
from tests.rooms.connections.test_refreshing import chore

from adloom.ads import actions as ads
from adloom.campaigns import actions as campaigns
from adloom.connections import actions as connections
from adloom.connections import choices, inspections, queries
from adloom.core.actor import Actor, Role
from adloom.core.errors import Conflict, Forbidden, Invalid, NotFound
from adloom.db import session as db
from adloom.jobs.types import JobView
from adloom.platforms.access import Inspection, Resource, ResourceKind
from adloom.platforms.types import ConversionEvent, Platform

GOOGLE, META, MICROSOFT, TIKTOK = Platform
FOUND = {
    GOOGLE: {ResourceKind.CONVERSION_ACTION},
    META: {ResourceKind.PAGE, ResourceKind.PIXEL, ResourceKind.INSTAGRAM},
    MICROSOFT: {ResourceKind.GOAL},
    TIKTOK: {ResourceKind.IDENTITY, ResourceKind.PIXEL},
}


def suspend(installed: Installation, platform: Platform, action: str = "suspend") -> None:
    installed.control("account", {"platform": platform.value, "action": action})


def kinds(actor: Actor) -> set[ResourceKind]:
    found = queries.resources(actor, account_id=account(actor).id)
    return {each.kind for each in found if each.gone_at is None}


def faults(actor: Actor) -> list[str]:
    return [fault.code for fault in queries.faults(actor)]


def look_again(actor: Actor) -> JobView:
    job_id = connections.inspect(actor, account_id=account(actor).id)
    work_off()
    return finished(actor, job_id)


def found_there(actor: Actor, *resources: Resource) -> None:
    """As if an inspection had found exactly these."""
    with db.transaction(actor) as session:
        inspections.keep(session, account(actor), Inspection(resources=resources))


@pytest.mark.parametrize("platform", list(Platform))
def test_an_account_is_looked_at_when_it_is_connected(
    installed: Installation, actor: Actor, platform: Platform
) -> None:
    connect(actor, installed, platform)
    assert FOUND[platform] <= kinds(actor)
    assert account(actor).inspected_at is not None
    assert (faults(actor), account(actor).missing_rights) == ([], ())


def test_every_night_each_account_is_looked_at_and_twice_at_once_is_once(
    installed: Installation, actor: Actor, second_tenant: Actor
) -> None:
    connect(actor, installed, META)
    connect(second_tenant, installed, TIKTOK)
    suspend(installed, META)
    assert sorted(job.type for job in chore("connections.inspect_all")) == [
        "connections.inspect",
        "connections.inspect",
        "connections.inspect_all",
    ]
    assert (faults(actor), faults(second_tenant)) == (["suspended"], [])
    with db.transaction(actor) as session:
        first, second = (inspections.enqueue(session, actor, account_id=account(actor).id) for _ in range(2))
    assert first == second


def test_what_is_not_found_any_more_stays_and_says_since_when(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, META)
    found_there(actor, Resource(ResourceKind.PIXEL, "1", "One"), Resource(ResourceKind.PIXEL, "1", "One again"))
    found_there(actor, Resource(ResourceKind.PIXEL, "2", "Two"))
    here = {each.external_id: each for each in queries.resources(actor, account_id=account(actor).id)}
    assert (here["2"].gone_at, here["1"].name) == (None, "One again")
    assert here["1"].gone_at is not None
    found_there(actor, Resource(ResourceKind.PIXEL, "1", "One"))
    here = {each.external_id: each for each in queries.resources(actor, account_id=account(actor).id)}
    assert (here["1"].gone_at, here["2"].gone_at is None) == (None, False)


@pytest.mark.parametrize("platform", list(Platform))
def test_a_blocked_account_keeps_every_ad_from_being_sent_until_it_is_mended(
    installed: Installation, actor: Actor, platform: Platform
) -> None:
    connect(actor, installed, platform)
    suspend(installed, platform)
    look_again(actor)
    ad_id = _ad_on(actor, installed, platform)
    errors = _errors(actor, ad_id, platform)
    assert [error["field"] for error in errors if error["rule"].startswith("suspended")] == [
        f"platforms.{platform}.account"
    ]
    assert all(error["fix"] for error in errors if error["rule"].startswith("suspended"))
    with pytest.raises(Invalid):
        campaigns.deploy(actor, ad_id=ad_id)
    suspend(installed, platform, "resume")
    look_again(actor)
    assert (faults(actor), [e for e in _errors(actor, ad_id, platform) if e["rule"].startswith("suspended")]) == (
        [],
        [],
    )


def test_what_blocks_one_account_does_not_block_another(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, META)
    connect_job = connections.connect(actor, platform=TIKTOK, token=installed.line[TIKTOK], account=None)
    work_off()
    assert finished(actor, connect_job.job_id).status == "completed"
    suspend(installed, META)
    for found in queries.accounts(actor):
        connections.inspect(actor, account_id=found.id)
    work_off()
    ad_id = _ad_on(actor, installed, TIKTOK)
    assert not [error for error in _errors(actor, ad_id, TIKTOK) if error["rule"].startswith("suspended")]


# The declaration that Google wants ------------------------------------------------------------------------------------


def _undeclared(installed: Installation, actor: Actor) -> str:
    """A connected Google account with a campaign that lacks its declaration; returns the campaign's id there."""
    connect(actor, installed, GOOGLE)
    made = installed.control("seed", {"platform": GOOGLE.value, "campaigns": 1})
    campaign = next(each for each in _objects(installed) if each["type"] == "campaign")
    edit = {"field": "containsEuPoliticalAdvertising", "value": None}
    installed.control("edit", {"platform": GOOGLE.value, "id": campaign["id"], **edit})
    look_again(actor)
    assert made
    return str(campaign["id"])


def test_a_person_declares_what_google_asks_and_the_account_is_free_again(
    installed: Installation, actor: Actor
) -> None:
    campaign_id = _undeclared(installed, actor)
    (fault,) = queries.faults(actor)
    assert (fault.code, fault.blocks_writes, bool(fault.asks)) == ("eu_declaration_missing", True, True)
    job_id = connections.declare(
        actor, account_id=account(actor).id, fault=fault.code, answers=dict.fromkeys(fault.asks, "false")
    )
    work_off()
    assert finished(actor, job_id).status == "completed", finished(actor, job_id).error
    assert faults(actor) == []
    declared = next(each for each in _objects(installed) if each["id"] == campaign_id)
    assert declared["fields"]["containsEuPoliticalAdvertising"] == "DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING"
    with db.reading(actor) as session:
        log = session.execute(
            text(
                """
                SELECT actor_id, host(ip_address) AS ip, new_values
                FROM audit_logs
                WHERE entity_type = 'fault_answers' AND action = 'create'
                """
            )
        ).one()
    assert (log.actor_id, log.ip, log.new_values["fault"]) == (actor.person_id, "127.0.0.1", fault.code)
    assert log.new_values["answers"] == dict.fromkeys(fault.asks, "false")


def test_what_is_not_answered_or_not_asked_is_not_sent(installed: Installation, actor: Actor) -> None:
    _undeclared(installed, actor)
    account_id = account(actor).id
    sent = len(installed.control("ledger?platform=google_ads")["requests"])
    for answers in ({}, {"eu_political": " "}, {"eu_political": "false", "payor": "me"}):
        with pytest.raises(Invalid):
            connections.declare(actor, account_id=account_id, fault="eu_declaration_missing", answers=answers)
    with pytest.raises(Conflict, match="no fault"):
        connections.declare(actor, account_id=account_id, fault="suspended", answers={"eu_political": "false"})
    work_off()
    assert len(installed.control("ledger?platform=google_ads")["requests"]) == sent


def test_a_fault_that_only_the_platform_mends_says_so(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, META)
    suspend(installed, META)
    look_again(actor)
    with pytest.raises(Conflict, match="cannot be mended from here"):
        connections.declare(actor, account_id=account(actor).id, fault="suspended", answers={})


def test_only_who_speaks_for_the_owner_declares(installed: Installation, actor: Actor, second_tenant: Actor) -> None:
    _undeclared(installed, actor)
    client = rows.client(actor)
    connections.assign(actor, account_id=account(actor).id, client_id=client)
    declaration: Mapping[str, Any] = {
        "account_id": account(actor).id,
        "fault": "eu_declaration_missing",
        "answers": {"eu_political": "false"},
    }
    for who in (replace(actor, client_id=client), replace(actor, role=Role.VIEWER)):
        with pytest.raises(Forbidden):
            connections.declare(who, **declaration)
    with pytest.raises(NotFound):
        connections.declare(second_tenant, **declaration)


# Settings -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "setting", "kind", "attribute"),
    [
        (META, "page", ResourceKind.PAGE, "page_id"),
        (META, "instagram", ResourceKind.INSTAGRAM, "instagram_user_id"),
        (META, "pixel", ResourceKind.PIXEL, "pixel_id"),
        (META, "lead", ResourceKind.PIXEL, "conversion_lead"),
        (GOOGLE, "purchase", ResourceKind.CONVERSION_ACTION, "conversion_purchase"),
        (MICROSOFT, "sign_up", ResourceKind.GOAL, "conversion_sign_up"),
        (TIKTOK, "identity", ResourceKind.IDENTITY, "identity_id"),
    ],
)
def test_what_an_accounts_ads_use_is_chosen_among_what_was_found(
    installed: Installation, actor: Actor, platform: Platform, setting: str, kind: ResourceKind, attribute: str
) -> None:
    connect(actor, installed, platform)
    found_there(actor, Resource(kind, "one", "One"), Resource(kind, "two", "Two"))
    account_id = account(actor).id
    connections.choose(actor, account_id=account_id, settings={setting: "two"})
    assert account(actor).attributes[attribute] == "two"
    assert choices.chosen(platform, account(actor).attributes)[setting] == "two"
    with pytest.raises(Invalid) as refused:
        connections.choose(actor, account_id=account_id, settings={setting: "three"})
    assert refused.value.errors[0].field == setting
    assert "two (Two)" in refused.value.errors[0].fix
    connections.choose(actor, account_id=account_id, settings={setting: None})
    assert attribute not in account(actor).attributes


def test_an_identity_is_kept_with_what_an_ad_names_it_by(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, TIKTOK)
    centre = {"identity_type": "BC_AUTH_TT", "identity_bc_id": "7"}
    person = {"identity_type": "TT_USER"}
    found_there(
        actor,
        Resource(ResourceKind.IDENTITY, "a", "A", attributes=centre),
        Resource(ResourceKind.IDENTITY, "b", "B", attributes=person),
    )
    account_id = account(actor).id
    connections.choose(actor, account_id=account_id, settings={"identity": "a"})
    assert centre.items() <= account(actor).attributes.items()
    connections.choose(actor, account_id=account_id, settings={"identity": "b"})
    assert person.items() <= account(actor).attributes.items()
    assert "identity_bc_id" not in account(actor).attributes


def test_what_leaves_no_choice_is_chosen_and_what_a_person_chose_stays(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, META)
    with db.owner_connection() as connection:
        connection.execute("UPDATE platform_accounts SET attributes = '{}'")
    found_there(
        actor,
        Resource(ResourceKind.PAGE, "page", "Page"),
        Resource(ResourceKind.INSTAGRAM, "insta", "Insta"),
        Resource(ResourceKind.PIXEL, "1", "One"),
        Resource(ResourceKind.PIXEL, "2", "Two"),
    )
    assert account(actor).attributes == {"page_id": "page"}
    found_there(actor, Resource(ResourceKind.PAGE, "other", "Other"))
    assert account(actor).attributes == {"page_id": "page"}


def test_settings_are_of_ones_own_client_and_tenant_and_are_audited(
    installed: Installation, actor: Actor, second_tenant: Actor
) -> None:
    connect(actor, installed, META)
    mine, other = rows.client(actor, "Mine"), rows.client(actor, "Other")
    account_id = account(actor).id
    connections.assign(actor, account_id=account_id, client_id=mine)
    pixel = installed.line[META]["pixel_id"]
    member = replace(actor, client_id=mine)
    for stranger in (second_tenant, replace(actor, client_id=other)):
        with pytest.raises(NotFound):
            connections.choose(stranger, account_id=account_id, settings={"lead": pixel})
        with pytest.raises(NotFound):
            connections.inspect(stranger, account_id=account_id)
        assert queries.resources(stranger, account_id=account_id) == ()
        assert queries.faults(stranger) == ()
    with pytest.raises(Forbidden):
        connections.choose(replace(actor, role=Role.VIEWER), account_id=account_id, settings={"lead": pixel})
    connections.choose(member, account_id=account_id, settings={"lead": pixel})
    assert len(queries.resources(member, account_id=account_id)) > 0
    with db.reading(actor) as session:
        log = session.execute(
            text(
                """
                SELECT actor_id, new_values
                FROM audit_logs
                WHERE entity_type = 'platform_accounts'
                ORDER BY created_at DESC
                LIMIT 1
                """
            )
        ).one()
    assert (log.actor_id, log.new_values["attributes"]["conversion_lead"]) == (actor.person_id, pixel)


def test_looking_at_an_account_is_no_change_of_it(installed: Installation, actor: Actor) -> None:
    connect(actor, installed, META)
    with db.reading(actor) as session:
        query = text("SELECT count(*) FROM audit_logs WHERE entity_type = 'platform_accounts'")
        before = session.execute(query).scalar_one()
    look_again(actor)
    with db.reading(actor) as session:
        assert session.execute(query).scalar_one() == before


@pytest.mark.parametrize(
    ("platform", "attributes", "seen"),
    [
        (META, {"pixel_id": "1", "conversion_lead": "2"}, {"pixel_id": "2"}),
        (TIKTOK, {"pixel_id": "1", "conversion_purchase": "2"}, {}),
        (GOOGLE, {"conversion_lead": "9"}, {"conversion_actions": "9"}),
        (MICROSOFT, {"conversion_lead": "9"}, {"conversion_actions": "9"}),
        (MICROSOFT, {}, {}),
    ],
)
def test_an_ad_sees_the_pixel_goal_or_action_of_its_own_event(
    platform: Platform, attributes: dict[str, str], seen: dict[str, str]
) -> None:
    assert choices.for_event(platform, attributes, ConversionEvent.LEAD) == seen
    assert choices.for_event(platform, attributes, None) == {}


def _objects(installed: Installation) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = installed.control("ledger?platform=google_ads")["objects"]
    return found


def _ad_on(actor: Actor, installed: Installation, platform: Platform) -> UUID:
    block = {"account": installed.line[platform]["account_id"]}
    return ads.create(actor, data=plain_ad(platforms={platform.value: block})).id


def _errors(actor: Actor, ad_id: UUID, platform: Platform) -> list[dict[str, str]]:
    found: list[dict[str, str]] = campaigns.plan(actor, ad_id=ad_id)[platform.value]["errors"]
    return found
