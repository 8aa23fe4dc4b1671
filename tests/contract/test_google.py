"""Google's official client as a witness: what the adapter sends and what the sandbox answers are v26's messages.

The client's messages know every field, enum constant, type and error code of the API, and nothing of adloom.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from tests.contract.environments import witness
from tests.contract.google.listening import Listening, answered, asked
from tests.platforms.conftest import Live, Sandbox
from tests.platforms.google import runs
from tests.sandbox import test_google_display as displays
from tests.sandbox import test_google_refusals as refusals
from tests.sandbox.google_client import CUSTOMER, Google, changed, display_tree, tree

from adloom.core.settings import Settings
from adloom.platforms import registry
from adloom.platforms.contract import Connection
from adloom.platforms.google import errors, mapping
from adloom.platforms.types import Platform
from adsandbox.google import fields, mutate, tables
from adsandbox.schema import Field

Connect = Callable[[Platform], Live]


@pytest.fixture
def live(connect: Connect, settings: Settings) -> Iterator[Live]:
    """The adapter on the sandbox, with somebody listening on the wire."""
    plain = connect(Platform.GOOGLE_ADS)
    http = Listening.from_settings(settings)
    assert isinstance(http, Listening)
    yield dataclasses.replace(plain, connection=Connection(http.listen(), plain.login))
    http.close()


@pytest.fixture
def google(sandbox: Sandbox) -> Google:
    """The sandbox's own plain client, which knows nothing of the adapter."""
    return Google(SimpleNamespace(line=sandbox.line, http=sandbox.client, control=sandbox.control))


def _strictly(messages: list[Any]) -> None:
    assert messages
    faults = witness("google", "messages.py", given={"messages": messages})
    assert faults == []


@pytest.mark.parametrize("run", runs.ALL, ids=lambda run: run.__name__)
def test_whatever_the_adapter_sends_and_gets_is_a_message_of_v26(live: Live, run: Callable[[Live], None]) -> None:
    run(live)
    http = live.connection.http
    assert isinstance(http, Listening)
    _strictly(http.heard)
    assert witness("google", "fields.py", given={"queries": sorted(set(http.queries))}) == []


def test_every_field_that_the_sandbox_knows_in_queries_is_v26s() -> None:
    names = [f"{resource}.{name}" for resource, known in fields.RESOURCES.items() for name in known.fields]
    names += [f"metrics.{name}" for name in (*fields.METRICS, *fields.NOT_FOR_SEARCH)]
    names += [f"segments.{name}" for name in fields.SEGMENTS]
    queries = [
        f"SELECT {resource}.resource_name, {parent}.resource_name FROM {resource}"
        for resource, known in fields.RESOURCES.items()
        for parent in known.parents
    ]
    enums = {name: sorted(words) for name, words in fields.CONSTANTS.items()}
    given = {"fields": names, "queries": queries, "enums": enums}
    assert witness("google", "fields.py", given=given) == []


def _described(field: Field) -> Mapping[str, Any]:
    return {
        "kind": field.kind,
        "values": sorted(field.values or ()),
        "children": None if field.children is None else {n: _described(f) for n, f in field.children.items()},
        "item": None if field.item is None else _described(field.item),
    }


def test_the_sandboxs_tables_are_v26s_messages_whole() -> None:
    """What v26 has stands in a table, as imitated or as absent; what it has not stands in none."""
    named = {
        "campaign_budget.CampaignBudget": tables.BUDGET,
        "campaign.Campaign": tables.CAMPAIGN,
        "campaign_criterion.CampaignCriterion": tables.CAMPAIGN_CRITERION,
        "ad_group.AdGroup": tables.AD_GROUP,
        "ad_group_criterion.AdGroupCriterion": tables.AD_GROUP_CRITERION,
        "ad_group_ad.AdGroupAd": tables.AD_GROUP_AD,
        "ad.Ad": tables.AD,
        "asset.Asset": tables.ASSET,
        "custom_conversion_goal.CustomConversionGoal": tables.CUSTOM_GOAL,
        "conversion_goal_campaign_config.ConversionGoalCampaignConfig": tables.GOAL_CONFIG,
        "campaign_conversion_goal.CampaignConversionGoal": tables.CAMPAIGN_GOAL,
    }
    given: dict[str, Any] = {
        f"resources.types.{name}": {field: _described(known) for field, known in table.items()}
        for name, table in named.items()
    }
    operations = mutate.ALL_TABLE["mutateOperations"].item
    assert operations is not None
    assert operations.children is not None
    given["services.types.google_ads_service.MutateOperation"] = {name: {"kind": "any"} for name in operations.children}
    assert witness("google", "fields.py", given={"tables": given}) == []


def test_every_word_and_code_that_the_adapter_knows_is_v26s() -> None:
    given = {"codes": sorted(errors.CLASSES), "enums": {name: sorted(words) for name, words in mapping.READ.items()}}
    assert witness("google", "fields.py", given=given) == []


def test_every_refusal_of_the_sandbox_is_an_error_of_v26(google: Google) -> None:
    answers = [google.mutate(changed(tree(), path)) for path, _ in refusals.REQUIRED]
    answers += [google.mutate(changed(tree(), path, value)) for path, value, _ in refusals.RULES]
    answers += [google.mutate(changed(tree(), path, "SOMETHING_ELSE")) for path in refusals.WRONG_ENUMS]
    answers += [google.mutate(tree() + added) for added, _ in refusals.SCHEDULES]
    answers += [google.query(query) for query in _BAD_QUERIES]
    banner = display_tree(google)
    for path, value, _ in displays.RULES:
        answers.append(google.mutate(changed(banner, path, value)))
    answers += [google.mutate(changed(banner, f"{displays.RDA}.{path}")) for path, _ in displays.REQUIRED]
    assert all(answer.status_code >= 400 for answer in answers)
    _strictly([("error", answer.json()) for answer in answers])


def test_every_other_way_to_be_refused_is_an_error_of_v26(google: Google, sandbox: Sandbox) -> None:
    """Without a token, for a stranger's customer, in another version, throttled, broken, suspended, undeclared."""
    query = {"query": "SELECT customer.id FROM customer"}
    search = f"customers/{CUSTOMER}/googleAds:search"
    answers = [
        google.request("POST", search, query, Authorization="Bearer guess"),
        google.request("POST", search, query, login_customer_id="1111111111"),
        google.request("POST", "customers/1111111111/googleAds:search", query),
        google.request("POST", "customers/12/googleAds:search", query),
        google.request("POST", f"customers/{CUSTOMER}/labels:mutate", {}),
        google.query(query["query"], pageSize=10),
        google.query(query["query"], pageToken="nothing"),
        google.mutate([{"labelOperation": {"create": {"name": "x"}}}]),
        google.mutate([]),
        sandbox.client.post(
            f"/google/v20/{search}", headers={"Authorization": f"Bearer {google.line['access_token']}"}
        ),
    ]
    for fault in ("throttle", "server_error", "token_expired"):
        sandbox.fault(Platform.GOOGLE_ADS, fault)
        answers.append(google.query(query["query"]))
    campaign = google.made(tree())[1]
    field = "containsEuPoliticalAdvertising"
    body = {"platform": "google_ads", "id": campaign.rpartition("/")[2], "field": field, "value": None}
    sandbox.control("edit", body)
    answers.append(google.mutate(changed(tree(), "1.create.name", "Second")))
    sandbox.control("account", {"platform": "google_ads", "action": "suspend"})
    answers.append(google.mutate(changed(tree(), "1.create.name", "Third")))
    assert all(answer.status_code >= 400 for answer in answers)
    _strictly([("error", answer.json()) for answer in answers])


_BAD_QUERIES = (
    "",
    "SELECT",
    "SELECT campaign.id FROM nothing",
    "SELECT campaign.colour FROM campaign",
    "SELECT segments.date, metrics.clicks FROM campaign",
    "SELECT metrics.unique_users FROM campaign",
    "SELECT campaign.id FROM campaign WHERE campaign.status = 'BLUE'",
    "SELECT campaign.id FROM campaign LIMIT 0",
)


def test_the_tests_own_tree_and_the_sandboxs_answers_to_it_are_v26s(google: Google) -> None:
    """Whole objects, dry runs, partial failures, streams: what the adapter does not ask for, others may."""
    second = changed(tree(), "1.create.name", "Second")
    calls = (
        ("googleAds:mutate", {"mutateOperations": tree(), "responseContentType": "MUTABLE_RESOURCE"}),
        ("googleAds:mutate", {"mutateOperations": second, "validateOnly": True}),
        ("googleAds:mutate", {"mutateOperations": display_tree(google), "responseContentType": "MUTABLE_RESOURCE"}),
        ("googleAds:mutate", {"mutateOperations": [*second[:2], *tree()[:2]], "partialFailure": True}),
        ("campaignBudgets:mutate", {"operations": [{"create": {"name": "Pot", "amountMicros": "5000000"}}]}),
        *(("googleAds:search", {"query": query}) for query in _everything()),
        ("googleAds:searchStream", {"query": "SELECT campaign.id, campaign.name FROM campaign"}),
    )
    heard: list[Any] = []
    for path, body in calls:
        url = f"customers/{CUSTOMER}/{path}"
        answer = google.request("POST", url, body)
        assert answer.status_code == 200, answer.text
        heard += [*asked(url, body), *answered(url, answer.status_code, answer.json())]
    _strictly(heard)


def _everything() -> Iterator[str]:
    """Every field of every resource, metrics where it has some."""
    for resource, known in fields.RESOURCES.items():
        names = [f"{resource}.{name}" for name in known.fields]
        names += [f"metrics.{name}" for name in fields.METRICS] if known.metrics else []
        yield f"SELECT {', '.join(names)} FROM {resource}"


def test_the_version_that_the_adapter_speaks_is_the_witnesss() -> None:
    version = registry.adapter(Platform.GOOGLE_ADS).version.name
    assert re.fullmatch(r"v\d+", version)
    assert witness("google", "fields.py", given={"version": version}) == []
