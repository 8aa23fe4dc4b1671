"""The two ways of making campaigns on TikTok, manual and Smart+: which one an ad takes, and how its calls are named.

Both know campaigns, ad groups and ads; Smart+ has folders of its own, and calls its ads by another id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from types import MappingProxyType

from adloom.core import settings
from adloom.platforms.spec import CampaignSpec
from adloom.platforms.tiktok import mapping


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Folders by our kind of object, and the field of an object's id; an `s` after it makes the list of them.

    `name` is what is kept with a campaign (`Adapter.way`).
    """

    name: str
    folders: Mapping[str, str]
    ids: Mapping[str, str]


MANUAL = Path(
    name="manual",
    folders=MappingProxyType({"campaign": "campaign", "ad_group": "adgroup", "ad": "ad"}),
    ids=MappingProxyType({"campaign": "campaign_id", "ad_group": "adgroup_id", "ad": "ad_id"}),
)
SMART_PLUS = Path(
    name="smart_plus",
    folders=MappingProxyType({kind: f"smart_plus/{folder}" for kind, folder in MANUAL.folders.items()}),
    ids=MappingProxyType({**MANUAL.ids, "ad": "smart_plus_ad_id"}),
)
_BY_NAME: Mapping[str, Path] = MappingProxyType({path.name: path for path in (MANUAL, SMART_PLUS)})


def of(spec: CampaignSpec) -> Path:
    """The path of an ad: the one that was kept with what stands, or with the ad itself once it was asked for.

    Where none was kept, its objective and the start of its flight decide. TikTok is said to end the manual path for
    conversions and leads (`tiktok.md`, 0 and 10; one third party, so a setting). A flight that starts before that day
    is made before it; one that starts later is made by Smart+, which TikTok takes before that day as well.
    """
    stands = spec.standing[0] if spec.standing else spec
    if stands.way in _BY_NAME:
        return _BY_NAME[stands.way]
    ends_on = settings.load().tiktok_manual_ends_on
    is_smart_plus = stands.objective in mapping.WITH_PIXEL and stands.schedule.start.astimezone(UTC).date() >= ends_on
    return SMART_PLUS if is_smart_plus else MANUAL
