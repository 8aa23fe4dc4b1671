"""Where money leaves the house: caps of clients and accounts, slips of the pen, and who may say otherwise."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from tests import installation
from tests.housing import House
from tests.installation import work_off
from tests.rooms import rows
from tests.rooms.ads.writing import plain_ad
from tests.rooms.campaigns.desks import campaign_of, deploy, meddle, newest, remote

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.campaigns import actions as campaigns
from adloom.campaigns import queries
from adloom.campaigns.types import DeploymentStatus
from adloom.connections import actions as connections
from adloom.connections import queries as account_queries
from adloom.core.actor import Actor, Role
from adloom.core.errors import Forbidden, Invalid, NotFound, Refused
from adloom.identity import actions as identity
from adloom.platforms.types import Platform

META = Platform.FACEBOOK_ADS


def money(value: str, *, type_: str = "DAILY", currency: str = "USD") -> dict[str, Any]:
    return {"type": type_, "amount": {"value": value, "currency": currency}}


def an_ad(actor: Actor, value: str, *, client_id: UUID | None = None, account: str = "1234567890", **more: Any) -> UUID:
    """An ad for Google alone, with this daily budget."""
    data = plain_ad(platforms={"google_ads": {"account": account}}, **{"budget": money(value), **more})
    return ads.create(actor, data=data, client_id=client_id).id


def refusal(actor: Actor, ad_id: UUID, **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        campaigns.deploy(actor, ad_id=ad_id, accept_losses=True, **more)
    assert queries.of_ad(actor, ad_id=ad_id) == (), "nothing is queued for any platform"
    return refused.value


def capped_client(actor: Actor, **caps: str) -> UUID:
    client_id = identity.add_client(actor, name="Acme", currency="USD").id
    amounts = {name: Decimal(caps[name]) if name in caps else None for name in ("daily_cap", "monthly_budget")}
    identity.set_caps(actor, client_id=client_id, currency="USD", **amounts)
    return client_id


# Caps ---------------------------------------------------------------------------------------------


def test_an_account_takes_budgets_up_to_its_cap_and_not_a_cent_more(actor: Actor) -> None:
    account_id = rows.account(actor)
    connections.set_cap(actor, account_id=account_id, daily_cap=Decimal("100.00"))
    campaigns.deploy(actor, ad_id=an_ad(actor, "60.00"), accept_losses=True)
    refused = refusal(actor, an_ad(actor, "40.01"))
    (error,) = refused.errors
    assert error.field == "google_ads: budget.amount"
    assert error.rule == "ad account 1234567890 may spend 100.00 USD a day, and would be set 100.01 USD."
    assert "adloom account set 1234567890 daily_cap=" in error.fix
    campaigns.deploy(actor, ad_id=an_ad(actor, "40.00"), accept_losses=True)


def test_a_plan_says_what_a_cap_would_refuse(actor: Actor) -> None:
    connections.set_cap(actor, account_id=rows.account(actor), daily_cap=Decimal(50))
    (error,) = campaigns.plan(actor, ad_id=an_ad(actor, "60.00"))["google_ads"]["errors"]
    assert error["rule"].startswith("ad account 1234567890 may spend 50.00 USD a day")


@pytest.mark.parametrize(("cap", "amount"), [({"daily_cap": "50"}, "50.01"), ({"monthly_budget": "1520"}, "50.01")])
def test_a_client_is_bound_over_all_its_accounts(actor: Actor, cap: dict[str, str], amount: str) -> None:
    client_id = capped_client(actor, **cap)
    rows.account(actor, client_id=client_id)
    rows.account(actor, external_id="2222222222")  # shared
    refusal(actor, an_ad(actor, amount, client_id=client_id))
    campaigns.deploy(actor, ad_id=an_ad(actor, "30.00", client_id=client_id), accept_losses=True)
    refused = refusal(actor, an_ad(actor, "20.01", client_id=client_id, account="2222222222"))
    assert "client Acme may spend" in refused.errors[0].rule
    campaigns.deploy(actor, ad_id=an_ad(actor, "500.00", account="2222222222"), accept_losses=True)


def test_a_cap_does_not_hold_money_of_another_currency_and_says_so(actor: Actor) -> None:
    client_id = capped_client(actor, daily_cap="1000")
    rows.account(actor, client_id=client_id, currency="JPY")
    refused = refusal(actor, an_ad(actor, "500", client_id=client_id, budget=money("500", currency="JPY")))
    assert "a cap in USD, and there are budgets in JPY" in refused.errors[0].rule


def test_a_member_of_one_client_is_bound_by_what_only_the_owner_sees(actor: Actor) -> None:
    client_id = capped_client(actor, daily_cap="100")
    rows.account(actor, client_id=client_id)
    rows.account(actor, external_id="2222222222")  # shared: its campaigns are the owner's own
    shared = an_ad(actor, "60.00", client_id=client_id, account="2222222222")
    campaigns.deploy(actor, ad_id=shared, accept_losses=True)
    member = replace(actor, client_id=client_id, person_id=None)
    assert queries.of_ad(member, ad_id=shared) == (), "the member does not see the campaign"
    assert "would be set 120.00 USD" in refusal(member, an_ad(member, "60.00", client_id=client_id)).errors[0].rule
    campaigns.deploy(member, ad_id=an_ad(member, "40.00", client_id=client_id), accept_losses=True)


def test_nobody_but_the_owner_sets_caps(actor: Actor) -> None:
    account_id, client_id = rows.account(actor), capped_client(actor, daily_cap="100")
    for other in (
        replace(actor, client_id=client_id),
        replace(actor, person_id=installation.owner("editor@example.com").tenant_id),
        replace(actor, role=Role.VIEWER),
    ):
        with pytest.raises(Forbidden):
            connections.set_cap(other, account_id=account_id, daily_cap=None)
        with pytest.raises(Forbidden):
            identity.set_caps(other, client_id=client_id, currency="USD", daily_cap=None, monthly_budget=None)


def test_one_tenant_neither_sets_nor_feels_anothers_caps(actor: Actor) -> None:
    stranger = installation.owner("stranger@example.com")
    account_id, client_id = rows.account(actor), capped_client(actor, daily_cap="100")
    with pytest.raises(NotFound):
        connections.set_cap(stranger, account_id=account_id, daily_cap=Decimal(1))
    with pytest.raises(NotFound):
        identity.set_caps(stranger, client_id=client_id, currency="USD", daily_cap=Decimal(1), monthly_budget=None)
    connections.set_cap(stranger, account_id=rows.account(stranger), daily_cap=Decimal(100))
    campaigns.deploy(actor, ad_id=an_ad(actor, "5000.00"), accept_losses=True)
    campaigns.deploy(stranger, ad_id=an_ad(stranger, "100.00"), accept_losses=True)


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "0.0000001", "1e20"])
def test_what_is_no_amount_is_no_cap(actor: Actor, amount: str) -> None:
    with pytest.raises(Invalid):
        connections.set_cap(actor, account_id=rows.account(actor), daily_cap=Decimal(amount))


def test_two_at_once_do_not_pass_one_cap_together(actor: Actor) -> None:
    connections.set_cap(actor, account_id=rows.account(actor), daily_cap=Decimal(100))
    ad_ids = [an_ad(actor, "60.00", name=name) for name in ("one", "other")]
    outcomes: list[str] = []

    def ask(ad_id: UUID) -> None:
        try:
            campaigns.deploy(actor, ad_id=ad_id, accept_losses=True)
            outcomes.append("queued")
        except Invalid:
            outcomes.append("refused")

    threads = [threading.Thread(target=ask, args=(ad_id,)) for ad_id in ad_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["queued", "refused"]


# Slips --------------------------------------------------------------------------------------------


def stands(desk: House, value: str = "60.00") -> UUID:
    ad_id = deploy(desk, META, desk.ad(budget={**money(value), "bidding": {"strategy": "MAX_CONVERSIONS"}}))
    work_off()
    return ad_id


def edit(desk: House, ad_id: UUID, value: str) -> None:
    data = dict(ad_queries.get(desk.actor, ad_id=ad_id).data)
    budget = {**data["budget"], "amount": {"value": value, "currency": "USD"}}
    ads.update(desk.actor, ad_id=ad_id, data={**data, "budget": budget})


def daily_budget(desk: House, ad_id: UUID) -> str:
    (ad_set,) = remote(desk, ad_id, "adset")
    return str(ad_set["fields"]["daily_budget"])


def test_ten_times_the_last_budget_has_to_be_said(desk: House) -> None:
    ad_id = stands(desk)
    edit(desk, ad_id, "599.99")
    assert campaigns.whole_plan(desk.actor, ad_id=ad_id).confirm == ()
    edit(desk, ad_id, "600.00")
    (sentence,) = campaigns.whole_plan(desk.actor, ad_id=ad_id).confirm
    assert sentence.startswith("600.00 USD a day on facebook_ads account ")
    assert sentence.endswith(" for the owner")
    for said in ((), ("yes",), (sentence.replace("600", "6000"),)):
        with pytest.raises(Refused) as refused:
            campaigns.deploy(desk.actor, ad_id=ad_id, platforms=[META], accept_losses=True, confirm=said)
        assert refused.value.code == "confirmation_needed"
        assert f'--confirm "{sentence}"' in refused.value.errors[0].fix
    assert [d.type.value for d in queries.history(desk.actor, ad_id=ad_id)] == ["create"], "nothing is queued"
    campaigns.deploy(desk.actor, ad_id=ad_id, platforms=[META], accept_losses=True, confirm=[f" {sentence} "])
    work_off()
    assert daily_budget(desk, ad_id) == "60000"


def test_a_new_campaign_is_held_against_the_largest_that_its_account_has_had(desk: House) -> None:
    largest = stands(desk, "70.00")
    campaigns.change(desk.actor, ad_id=largest, operation=campaigns.Operation.DELETE)
    work_off()
    beyond = desk.ad(budget={**money("99999.00"), "bidding": {"strategy": "MAX_CONVERSIONS"}})
    with pytest.raises(Refused) as refused:
        deploy(desk, META, beyond)
    assert refused.value.code == "confirmation_needed"
    deploy(desk, META, desk.ad(budget={**money("6999.00"), "bidding": {"strategy": "MAX_CONVERSIONS"}}))


def test_what_came_to_stand_since_it_was_asked_for_makes_nothing_unusual(desk: House) -> None:
    """An account's first campaigns are asked for together: the small one does not end the large one."""
    meddle(desk, "UPDATE campaigns SET spec = NULL")
    small, large = (
        deploy(desk, META, desk.ad(budget={**money(value), "bidding": {"strategy": "MAX_CONVERSIONS"}}))
        for value in ("10.00", "900.00")
    )
    work_off()
    assert [newest(desk, each).status for each in (small, large)] == [DeploymentStatus.COMPLETED] * 2


def test_a_lifetime_budget_counts_with_its_even_share(desk: House) -> None:
    whole = {**money("3000.00", type_="LIFETIME"), "bidding": {"strategy": "MAX_CONVERSIONS"}}
    flight = {"start": "2031-01-01T00:00:00", "end": "2031-01-30T23:59:59", "time_zone": None}
    ad_id = desk.ad(budget=whole, schedule=flight)
    (found,) = [each for each in account_queries.accounts(desk.actor) if each.platform is META]
    before = sum_of_budgets(desk, found.id)
    connections.set_cap(desk.actor, account_id=found.id, daily_cap=before + Decimal("99.99"))
    try:
        (error,) = campaigns.plan(desk.actor, ad_id=ad_id)[META.value]["errors"]
        assert error["rule"].endswith(f"would be set {before + 100} USD.")
    finally:
        connections.set_cap(desk.actor, account_id=found.id, daily_cap=None)


def test_the_worker_decides_again_and_sends_nothing(desk: House) -> None:
    ad_id = deploy(desk)
    account_id = campaign_of(desk, ad_id).platform_account_id
    meddle(desk, "UPDATE platform_accounts SET daily_cap = 1 WHERE id = %(id)s", id=account_id)
    try:
        work_off()
        ended = newest(desk, ad_id)
        assert ended.status is DeploymentStatus.FAILED
        assert ended.error is not None
        assert "may spend 1.00 USD a day" in str(ended.error)
        assert ended.steps == ()
        assert remote(desk, ad_id) == []
    finally:
        meddle(desk, "UPDATE platform_accounts SET daily_cap = NULL WHERE id = %(id)s", id=account_id)


def test_what_was_asked_for_later_is_not_held_against_what_was_first(desk: House) -> None:
    ad_id = stands(desk)
    account_id = campaign_of(desk, ad_id).platform_account_id
    first = deploy(desk)
    meddle(desk, "UPDATE campaign_deployments SET created_at = created_at - interval '1 hour' WHERE status = 'pending'")
    second = deploy(desk)
    total = sum_of_budgets(desk, account_id)
    connections.set_cap(desk.actor, account_id=account_id, daily_cap=total - Decimal("0.01"))
    try:
        work_off()
        assert newest(desk, first).status is DeploymentStatus.COMPLETED
        assert newest(desk, second).status is DeploymentStatus.FAILED
        edit(desk, ad_id, "59.00")
        deploy(desk, META, ad_id)  # what lowers a budget is not refused
        work_off()
        assert daily_budget(desk, ad_id) == "5900"
    finally:
        connections.set_cap(desk.actor, account_id=account_id, daily_cap=None)


def sum_of_budgets(desk: House, account_id: UUID) -> Decimal:
    """What is set in the account by all that stands or is under way, as the refusal of a huge one would say."""
    connections.set_cap(desk.actor, account_id=account_id, daily_cap=Decimal("0.01"))
    ad_id = desk.ad(budget={**money("1.00"), "bidding": {"strategy": "MAX_CONVERSIONS"}})
    (error,) = [e for e in campaigns.plan(desk.actor, ad_id=ad_id)[META.value]["errors"] if "may spend" in e["rule"]]
    return Decimal(error["rule"].split()[-2]) - 1
