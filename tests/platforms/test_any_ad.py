"""Any unified ad is refused by preflight with field, rule and fix, or lives its whole life on the platform.

Whatever was sent meanwhile is known to the platform's official client.

`ADLOOM_EXAMPLES=2000` (or `make fuzz EXAMPLES=2000`) tries that many new ads per platform; without it the same few
are tried every time.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from uuid import UUID, uuid5

import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from tests.contract.holding import Tap, complaints
from tests.platforms import any_ad
from tests.platforms.any_ad import NOW, Case
from tests.platforms.conftest import Live, Sandbox, running

from adloom.ads import preflight, resolve, unified
from adloom.core.errors import FieldError, Invalid
from adloom.core.settings import Settings
from adloom.platforms import http
from adloom.platforms.changes import DriftKind
from adloom.platforms.contract import Connection, Preflight
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import Operation, Platform, RemoteStatus

Connect = Callable[[Platform], Live]

#: How many ads are tried on a platform, and how many of them have to come to life: fewer would prove little.
#: A film keeps TikTok (and at times Meta) busy for a second or two.
EXAMPLES = {
    Platform.GOOGLE_ADS: 80,
    Platform.FACEBOOK_ADS: 50,
    Platform.MICROSOFT_ADS: 60,
    Platform.TIKTOK_ADS: 25,
}
LEAST_LIVES = 1 / 5

_ASKED = os.environ.get("ADLOOM_EXAMPLES")
_IDS = UUID("6f1d3d9e-6d0c-4c4e-9a53-27bd3a8e4a10")


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[Sandbox]:
    """A sandbox whose clock begins when all these ads are deployed."""
    with running("--start", NOW.isoformat(), "--no-delivery") as sandbox:
        yield sandbox


@pytest.fixture(params=tuple(Platform), ids=lambda platform: platform.value)
def tapped(request: pytest.FixtureRequest, connect: Connect, settings: Settings) -> Iterator[tuple[Live, Tap]]:
    """A platform's adapter on the sandbox, and what goes over the wire."""
    live, tap = connect(request.param), Tap()
    wire = http.Http.from_settings(settings, throttle=tap)
    yield dataclasses.replace(live, connection=Connection(wire, live.login)), tap
    wire.close()


def test_any_ad_is_refused_with_a_reason_or_lives_in_words_of_the_official_client(tapped: tuple[Live, Tap]) -> None:
    live, tap = tapped
    platform, seen = live.platform, Counter[str]()

    @hypothesis.settings(
        max_examples=int(_ASKED or EXAMPLES[platform]),
        derandomize=_ASKED is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        case = data.draw(any_ad.cases(platform, account=live.account.external_id))
        hypothesis.note(json.dumps(case.document, ensure_ascii=False))
        outcome = _try(live, case)
        hypothesis.note(f"outcome: {outcome}")
        seen[outcome] += 1

    tried()
    assert seen["lives"] >= LEAST_LIVES * seen.total(), seen
    assert complaints(platform, tap.answers) == []


def _try(live: Live, case: Case) -> str:
    """What becomes of an ad: `unwritten` (it is no unified ad), `refused` by preflight, or `lives`."""
    try:
        ad = unified.parse(case.document)
    except Invalid as refusal:
        _explained(refusal.errors)
        return "unwritten"
    account, campaign_id = _account(live, case), uuid5(_IDS, json.dumps(case.document))
    found = preflight.check(
        ad,
        accounts={case.platform: account},
        media=case.media,
        now=NOW,
        campaign_ids={case.platform: campaign_id},
    )[case.platform]
    _told(found)
    if found.errors:
        return "refused"
    spec = resolve.campaign_spec(
        ad, platform=case.platform, account=account, campaign_id=campaign_id, media=case.media, start=NOW
    )
    _lives(dataclasses.replace(live, account=account), spec)
    return "lives"


def _account(live: Live, case: Case) -> Account:
    """The sandbox's account, emptied and set up as the ad expects it."""
    live.sandbox.control("reset", {})
    for action, value in (("currency", case.currency), ("time_zone", case.time_zone)):
        body = {"platform": case.platform.value, "action": action, "value": value}
        answer = live.sandbox.control_answer("account", body)
        if answer.status_code == 400 and action == "currency":
            break  # The platform has no accounts in this currency, and preflight has to say so.
        assert answer.status_code == 200, answer.text
    (found,) = (each for each in live.adapter.accounts(live.connection) if each.external_id == live.account.external_id)
    known = {**live.account.attributes, **found.attributes}
    attributes = {name: value for name, value in known.items() if name not in case.without}
    return Account(found.external_id, case.currency, case.time_zone, attributes)


def _explained(errors: tuple[FieldError, ...]) -> None:
    assert errors
    for error in errors:
        assert error.rule.strip(), error
        assert error.fix.strip(), error
        root = error.field.partition(".")[0].partition("[")[0]
        assert root in unified.UnifiedAd.model_fields, f"{error.field} is no field of a unified ad"


def _told(found: Preflight) -> None:
    if found.errors:
        _explained(found.errors)
    for loss in found.losses:
        root = loss.field.partition(".")[0].partition("[")[0]
        assert root in unified.UnifiedAd.model_fields, f"{loss.field} is no field of a unified ad"
        assert loss.before.strip() or loss.after.strip(), loss


def _lives(live: Live, spec: CampaignSpec) -> None:
    """Made, seen, paused, resumed and deleted, without a refusal that preflight did not foresee."""
    ids: dict[str, str] = {}
    live.run(spec, Operation.CREATE, ids)
    _stands(live, ids, spec.desired_status)
    assert live.adapter.drift(live.connection, spec=spec, ids=ids) == (), "nobody has changed anything there"
    for operation, status in (
        (Operation.PAUSE, RemoteStatus.PAUSED),
        (Operation.RESUME, RemoteStatus.ACTIVE),
        (Operation.DELETE, RemoteStatus.DELETED),
    ):
        live.run(spec, operation, ids)
        _stands(live, ids, status)
        told = live.adapter.drift(live.connection, spec=dataclasses.replace(spec, desired_status=status), ids=ids)
        assert all(each.kind is DriftKind.GONE for each in told) if status is RemoteStatus.DELETED else told == ()


def _stands(live: Live, ids: Mapping[str, str], status: RemoteStatus) -> None:
    seen = live.adapter.observe(live.connection, account=live.account, campaign_id=ids["campaign"])
    assert seen.status is status, seen
    assert http.dumps({"words": seen.words, "reasons": list(seen.reasons)})
