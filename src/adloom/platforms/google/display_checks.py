"""Preflight of a Google display campaign: what responsive display ads need, and what is lost on them. Pure.

Limits are those of v26's ResponsiveDisplayAdInfo; what Google calls display width is columns here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from adloom.platforms import search_ads
from adloom.platforms.findings import Findings, ad_field, group_field
from adloom.platforms.google import creatives, criteria, mapping
from adloom.platforms.spec import AdGroupSpec, AdSpec, CampaignSpec, Creative, Image
from adloom.platforms.types import BudgetType, ImageRole, Objective

HEADLINE, LONG, DESCRIPTION, BRAND = 30, 90, 90, 25
ADS_PER_GROUP = 50
MOST_IMAGES, MOST_LOGOS = 15, 5
MAX_BYTES = 5120 * 1024
MIME_TYPES = ("image/jpeg", "image/png", "image/gif")
TOLERANCE = 0.01


class Shape(NamedTuple):
    """The ratio and the least size of an image."""

    ratio: float
    name: str
    width: int
    height: int


SHAPES = {
    ImageRole.LANDSCAPE: Shape(1.91, "1.91:1", 600, 314),
    ImageRole.SQUARE: Shape(1.0, "1:1", 300, 300),
}
LOGOS = (Shape(1.0, "1:1", 128, 128), Shape(4.0, "4:1", 512, 128))

_Field = Callable[[str], str]


def check(spec: CampaignSpec, found: Findings) -> None:
    """Adds every error and loss of a display campaign that a search campaign does not share."""
    _campaign(spec, found)
    for group in spec.groups:
        _group(spec, group, found)
        for ad in group.ads:
            field = _fields(spec, group, ad)
            _texts(ad.creative, field=field, found=found)
            _images(ad.creative, field=field, found=found)
            _unused(ad.creative, field=field, found=found)


def _fields(spec: CampaignSpec, group: AdGroupSpec, ad: AdSpec) -> _Field:
    return lambda name: ad_field(spec, group=group, ad=ad, name=f"creative.{name}")


def _campaign(spec: CampaignSpec, found: Findings) -> None:
    if spec.objective in (Objective.AWARENESS, Objective.VIDEO_VIEWS):
        rule = f"a display campaign is not made for {spec.objective.value} here."
        found.error("objective", rule, "Use TRAFFIC, CONVERSIONS or LEADS.")
    if spec.budget.type is BudgetType.LIFETIME:
        found.error("budget.type", "Google has no total budget for display campaigns.", "Use a DAILY budget.")
    if not spec.groups:
        found.error("ad_groups", "there is none.", "Add an ad group with an ad.")
    if "search_partners" in spec.overrides:
        field = "platforms.google_ads.overrides.search_partners"
        found.error(field, "a display campaign does not show on search.", "Drop it, or use SEARCH.")
    if len({search_ads.campaign_wide(group.targeting) for group in spec.groups}) > 1:
        rule = "locations, languages and devices belong to the whole campaign here, and the ad groups differ."
        found.error("ad_groups.targeting", rule, "Give all ad groups the same, or make one ad for each.")


def _group(spec: CampaignSpec, group: AdGroupSpec, found: Findings) -> None:
    def field(name: str) -> str:
        return group_field(spec, group=group, name=name)

    targeting = group.targeting
    if not 1 <= len(group.ads) <= ADS_PER_GROUP:
        rule = f"a display ad group holds 1 to {ADS_PER_GROUP} ads, not {len(group.ads)}."
        found.error(f"ad_groups[{group.key}].ads", rule, "Move ads to another ad group, or drop some.")
    if not targeting.devices:
        found.error(field("targeting.devices"), "no device is left.", "Name at least one.")
    for name, keywords in (("keywords", targeting.keywords), ("negative_keywords", targeting.negative_keywords)):
        if keywords:
            texts = ", ".join(keyword.text for keyword in keywords)
            found.dropped(field(f"targeting.{name}"), texts, is_targeting=True)
    foreign = [each for each in targeting.interests if each.taxonomy != criteria.TAXONOMY]
    if foreign:
        names = ", ".join(each.key for each in foreign)
        found.dropped(field("targeting.interests"), names, is_targeting=True)


def _texts(creative: Creative, *, field: _Field, found: Findings) -> None:
    _list(creative.headlines, HEADLINE, field("headlines"), found)
    _list(creative.descriptions, DESCRIPTION, field("descriptions"), found)
    for name, text, width in (
        ("long_headline", creative.long_headline, LONG),
        ("brand_name", creative.brand_name, BRAND),
    ):
        if not text:
            found.error(field(name), "a display ad needs one.", f"Write one of at most {width} columns.")
        else:
            _line(text, width, field(name), found)
    url = creative.landing_url
    if not search_ads.host(url) or any(char.isspace() for char in url) or len(url) > search_ads.URL_LENGTH:
        rule = f"{url[:80]!r} is no https link of at most {search_ads.URL_LENGTH} characters."
        found.error(field("landing_url"), rule, "Use https://….")


def _list(texts: Sequence[str], width: int, field: str, found: Findings) -> None:
    if not texts:
        found.error(field, "a display ad needs at least one.", "Add one.")
    for index, text in enumerate(texts[: creatives.DISPLAY_TEXTS]):
        _line(text, width, f"{field}[{index}]", found)
    if len(texts) > creatives.DISPLAY_TEXTS:
        rest = ", ".join(texts[creatives.DISPLAY_TEXTS :])
        found.narrowed(field, rest, after=f"the first {creatives.DISPLAY_TEXTS}", is_targeting=False)


def _line(text: str, width: int, field: str, found: Findings) -> None:
    if not text.strip() or not text.isprintable():
        found.error(field, "it is empty, or holds a line break or control character.", "Write one line.")
    elif search_ads.columns(text) > width:
        rule = f"{search_ads.columns(text)} columns wide, and {width} are the most (wide characters count 2)."
        found.error(field, rule, f"Shorten {text!r}.")


def _images(creative: Creative, *, field: _Field, found: Findings) -> None:
    for role, shape in SHAPES.items():
        if not any(image.role is role for image in creative.images):
            rule = f"a display ad needs a {role.value} image of {shape.name}."
            found.error(field("images"), rule, f"Add one of at least {shape.width} × {shape.height} pixels.")
    shown = [image for image in creative.images if creatives.has_place(image)]
    logos = [image for image in shown if image.role is ImageRole.LOGO]
    for images, most, name in ((shown, MOST_IMAGES + len(logos), "images"), (logos, MOST_LOGOS, "logos")):
        if len(images) > most:
            found.error(field("images"), f"there are {len(images)} {name}, and {most} are the most.", "Drop some.")
    for image in shown:
        _file(image, field("images"), found)


def _file(image: Image, field: str, found: Findings) -> None:
    file, name = image.file, image.file.filename
    if file.mime_type not in MIME_TYPES:
        found.error(field, f"Google does not take {file.mime_type} ({name}).", "Use JPEG, PNG or a still GIF.")
    if file.size > MAX_BYTES:
        found.error(field, f"{name} has more than 5120 KB.", "Save it smaller.")
    shapes = LOGOS if image.role is ImageRole.LOGO else (SHAPES[image.role],)
    if not any(_fits(file.width, file.height, shape) for shape in shapes):
        wanted = " or ".join(f"{each.name} from {each.width} × {each.height} pixels" for each in shapes)
        rule = f"{name} is {file.width} × {file.height}, and a {image.role.value} image is {wanted}."
        found.error(field, rule, "Cut it to that shape, or give it another role.")


def _fits(width: int, height: int, shape: Shape) -> bool:
    is_shaped = height > 0 and abs(width / height / shape.ratio - 1) <= TOLERANCE
    return is_shaped and width >= shape.width and height >= shape.height


def _unused(creative: Creative, *, field: _Field, found: Findings) -> None:
    """What a display ad has no place for. Google shows videos only from YouTube, and this ad none."""
    if creative.primary_text:
        found.dropped(field("primary_text"), creative.primary_text)
    if creative.display_paths:
        found.dropped(field("display_paths"), "/".join(creative.display_paths))
    left = [image.file.filename for image in creative.images if not creatives.has_place(image)]
    if left:
        found.dropped(field("images"), ", ".join(left), after="LANDSCAPE, SQUARE and LOGO images")
    videos = [video.file.filename if video.file else str(video.youtube_id) for video in creative.videos]
    if videos:
        found.dropped(field("videos"), ", ".join(videos), after="images alone: Google shows films from YouTube only")
    if creative.call_to_action is not None:
        found.narrowed(
            field("call_to_action"),
            creative.call_to_action.value,
            after=f"the words “{mapping.CALLS[creative.call_to_action]}”",
            is_targeting=False,
        )
