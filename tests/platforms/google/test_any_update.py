"""Any two ads: what stands of the first becomes the second, or Google's adapter says beforehand why it cannot.

Display campaigns are generated here as well: the same ads, dressed with what responsive display ads need.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections import Counter
from collections.abc import Callable
from uuid import uuid5

import hypothesis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.platforms import any_ad, any_media
from tests.platforms import test_any_ad as any_ads
from tests.platforms.any_ad import NOW, Case
from tests.platforms.conftest import Live
from tests.platforms.test_any_ad import sandbox_process

from adloom.ads import preflight, resolve, unified
from adloom.core.errors import Invalid
from adloom.platforms.changes import Action
from adloom.platforms.spec import Account, CampaignSpec
from adloom.platforms.types import Channel, Operation, Platform

__all__ = ["sandbox_process"]

_ASKED = os.environ.get("ADLOOM_EXAMPLES")

trying = settings(
    max_examples=int(_ASKED or 40),
    derandomize=_ASKED is None,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def live(connect: Callable[[Platform], Live]) -> Live:
    return connect(Platform.GOOGLE_ADS)


def test_any_display_ad_is_refused_with_a_reason_or_lives(live: Live) -> None:
    seen = Counter[str]()

    @trying
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        case = _dressed(data.draw(any_ad.cases(live.platform, account=live.account.external_id)))
        hypothesis.note(json.dumps(case.document, ensure_ascii=False))
        seen[any_ads._try(live, case)] += 1

    tried()
    assert seen["lives"] >= seen.total() / 5, seen


@pytest.mark.parametrize("channel", [Channel.SEARCH, Channel.DISPLAY])
def test_any_ad_becomes_any_other_or_says_why_not(live: Live, channel: Channel) -> None:
    seen = Counter[str]()

    @trying
    @given(st.data())
    def tried(data: st.DataObject) -> None:
        cases = [data.draw(any_ad.cases(live.platform, account=live.account.external_id)) for _ in range(2)]
        if channel is Channel.DISPLAY:
            cases = [_dressed(case) for case in cases]
        for case in cases:
            hypothesis.note(json.dumps(case.document, ensure_ascii=False))
        seen[_become(live, *cases)] += 1

    tried()
    assert seen["became"] >= seen.total() / 8, seen


def _become(live: Live, first: Case, second: Case) -> str:
    """`refused` where one of them is no ad for Google, `fixed` where Google cannot change it, or `became`."""
    account = any_ads._account(live, first)
    before, after = _spec(first, account), _spec(second, account)
    if before is None or after is None:
        return "refused"
    spec = dataclasses.replace(after, standing=(before,))
    revision = live.adapter.revise(spec)
    if revision.errors:
        assert all(error.field and error.rule and error.fix for error in revision.errors)
        return "fixed"
    here, ids = dataclasses.replace(live, account=account), dict[str, str]()
    here.run(before, Operation.CREATE, ids)
    done = here.run(spec, Operation.UPDATE, ids)
    gone = {change.object for change in revision.changes if change.action is Action.DELETE and change.field is None}
    made = {change.object for change in revision.changes if change.action is not Action.DELETE}
    stands = {key: value for key, value in ids.items() if key not in gone - made}
    drifted = here.adapter.drift(
        here.connection, spec=dataclasses.replace(after, desired_status=before.desired_status), ids=stands
    )
    assert drifted == (), "an update leaves nothing that somebody would have changed"
    assert bool(done) is bool(revision.changes)
    settled = dataclasses.replace(after, standing=(after,))
    assert live.adapter.steps(settled, operation=Operation.UPDATE) == ()
    return "became"


def _spec(case: Case, account: Account) -> CampaignSpec | None:
    """The ad for Google on this account; None where it is refused."""
    campaign_id = uuid5(any_ads._IDS, "an update")
    try:
        ad = unified.parse(case.document)
    except Invalid:
        return None
    accounts, ids = {case.platform: account}, {case.platform: campaign_id}
    found = preflight.check(ad, accounts=accounts, media=case.media, now=NOW, campaign_ids=ids)
    if found[case.platform].errors:
        return None
    return resolve.campaign_spec(
        ad, platform=case.platform, account=account, campaign_id=campaign_id, media=case.media, start=NOW
    )


def _dressed(case: Case) -> Case:
    """The same ad as a display campaign, with the texts and images that its ads cannot be without."""
    document = json.loads(json.dumps(case.document))
    block = document["platforms"][case.platform.value]
    block["channel"] = Channel.DISPLAY.value
    pictures = {"LANDSCAPE": any_media.picture(1200, 628), "SQUARE": any_media.picture(1080, 1080)}
    creative = {
        "long_headline": "Spring sale: all shoes at a lower price",
        "brand_name": "Acme",
        "images": [{"asset": each.asset_id, "role": role} for role, each in pictures.items()],
    }
    block["creative"] = {**creative, **(block.get("creative") or {})}
    media = {**case.media, **{each.asset_id: each for each in pictures.values()}}
    return dataclasses.replace(case, document=document, media=media)
