"""What Google refuses of a responsive display ad: texts, name, button, images and their shapes (v26,
ResponsiveDisplayAdInfo)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adsandbox.google import texts
from adsandbox.google.errors import refuse
from adsandbox.google.resources.base import Context

_PATH = ("ad", "responsive_display_ad")
#: The buttons, as words (v26, CallToActionType).
_BUTTONS = frozenset(
    {
        "learn more", "get quote", "apply now", "sign up", "contact us", "subscribe", "download", "book now",
        "shop now", "buy now", "donate now", "order now", "play now", "see more", "start now", "visit site",
        "watch now",
    }
)  # fmt: skip
_TEXTS = (("headlines", 30), ("descriptions", 90))
_MOST_TEXTS = 5
_TOLERANCE = 0.01


@dataclass(frozen=True, slots=True)
class _Shape:
    """What images of one field have to be; fields of one `group` share its limit."""

    field: str
    spelled: str
    ratio: float
    width: int
    height: int
    group: str


_SHAPES = (
    _Shape("marketingImages", "marketing_images", 1.91, 600, 314, "marketing"),
    _Shape("squareMarketingImages", "square_marketing_images", 1.0, 300, 300, "marketing"),
    _Shape("logoImages", "logo_images", 4.0, 512, 128, "logo"),
    _Shape("squareLogoImages", "square_logo_images", 1.0, 128, 128, "logo"),
)
_MOST_IMAGES = {"marketing": 15, "logo": 5}


def check(context: Context, ad: Mapping[str, Any]) -> None:
    """Refuse a responsive display ad that Google would not take."""
    rda = ad["responsiveDisplayAd"]
    for field, wide in _TEXTS:
        _texts(rda[field], field, wide=wide)
    texts.check_width(rda["longHeadline"]["text"], most=90, path=(*_PATH, "long_headline", "text"))
    _words(rda)
    _colours(rda)
    for group, most in _MOST_IMAGES.items():
        shapes = [shape for shape in _SHAPES if shape.group == group]
        if sum(len(rda.get(shape.field, [])) for shape in shapes) > most:
            raise refuse("collectionSizeError", "TOO_MANY", f"At most {most}.", *_PATH, shapes[0].spelled)
    for shape in _SHAPES:
        _images(context, rda.get(shape.field, []), shape)


def words(ad: Mapping[str, Any]) -> list[str]:
    """The texts that a reviewer reads."""
    rda = ad["responsiveDisplayAd"]
    found = [one["text"] for field, _ in _TEXTS for one in rda[field]]
    return [*found, rda["longHeadline"]["text"], rda["businessName"]]


def _texts(given: list[dict[str, Any]], field: str, *, wide: int) -> None:
    if not given:
        raise refuse("collectionSizeError", "TOO_FEW", "At least 1.", *_PATH, field)
    if len(given) > _MOST_TEXTS:
        raise refuse("collectionSizeError", "TOO_MANY", f"At most {_MOST_TEXTS}.", *_PATH, field)
    for index, one in enumerate(given):
        texts.check_width(one["text"], most=wide, path=(*_PATH, field, index, "text"))


def _words(rda: Mapping[str, Any]) -> None:
    if not rda.get("businessName"):
        raise refuse("adError", "MISSING_BUSINESS_NAME", "The business name is missing.", *_PATH, "business_name")
    texts.check_width(rda["businessName"], most=25, path=(*_PATH, "business_name"))
    button = rda.get("callToActionText")
    if button is not None and button.lower() not in _BUTTONS:
        raise refuse(
            "adError", "INVALID_CALL_TO_ACTION_TEXT", "No such call to action.", *_PATH, "call_to_action_text",
            trigger=button,
        )  # fmt: skip


def _colours(rda: Mapping[str, Any]) -> None:
    main, accent = rda.get("mainColor"), rda.get("accentColor")
    if bool(main) != bool(accent):
        raise refuse(
            "fieldError", "REQUIRED", "Both colours or none.", *_PATH, "accent_color" if main else "main_color"
        )
    if rda.get("allowFlexibleColor") is False and not main:
        raise refuse(
            "adError", "CANNOT_SET_ALLOW_FLEXIBLE_COLOR_FALSE", "Without colours it is flexible.", *_PATH,
            "allow_flexible_color",
        )  # fmt: skip


def _images(context: Context, given: list[dict[str, Any]], shape: _Shape) -> None:
    if not given and shape.group == "marketing":
        raise refuse("fieldError", "REQUIRED_NONEMPTY_LIST", "The list must not be empty.", *_PATH, shape.spelled)
    for index, one in enumerate(given):
        path = (*_PATH, shape.spelled, index, "asset")
        asset = context.get("asset", context.names.id_of(one["asset"], "assets", *_PATH, shape.spelled))
        if asset is None:
            raise refuse("mutateError", "RESOURCE_NOT_FOUND", "No such asset.", *path, trigger=one["asset"])
        size = asset.fields.get("imageAsset", {}).get("fullSize")
        if size is None:
            raise refuse("adError", "INVALID_AD_TYPE", "The asset is no image.", *path, trigger=one["asset"])
        _size(int(size["widthPixels"]), int(size["heightPixels"]), shape, path)


def _size(width: int, height: int, shape: _Shape, path: tuple[str | int, ...]) -> None:
    if abs(width / height / shape.ratio - 1) > _TOLERANCE:
        raise refuse("imageError", "ASPECT_RATIO_NOT_ALLOWED", f"The ratio is {shape.ratio}:1.", *path)
    if width < shape.width or height < shape.height:
        raise refuse("imageError", "IMAGE_TOO_SMALL", f"At least {shape.width}x{shape.height}.", *path)
