"""What objects are called on a platform, our keys for them, and tracking with macros resolved. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit, urlunsplit

from adloom.ads import text
from adloom.ads.unified import UnifiedAd
from adloom.core.errors import Invalid
from adloom.platforms.types import Platform

TEMPLATE = "{name} {marker}"
"""How a campaign is called unless its client says otherwise; a template has to hold {marker}."""

MAX_NAME = 128

_MACRO = re.compile(r"\{([a-z_]+)\}")
_PER_AD = frozenset({"ad_group", "ad"})


class Names:
    """The names of one campaign's objects. Each carries the marker, and none is given twice."""

    def __init__(self, name: str, *, marker: str, template: str = TEMPLATE) -> None:
        if "{marker}" not in template:
            raise Invalid.field("naming_template", "it has no {marker}.", f"Use {TEMPLATE!r} or the like.")
        self.marker = marker
        self.campaign = _fitted(_filled(template, {"name": name, "marker": marker}), marker=marker)

    def group(self, group: str) -> str:
        """An ad group's name."""
        return _fitted(f"{group} {self.marker}", marker=self.marker)

    def ad(self, group: str, item: str) -> str:
        """An ad's name; its group's name is part of it, for two groups may each have an ad of one name."""
        return _fitted(f"{group} {item} {self.marker}", marker=self.marker)


class Links:
    """A campaign's tracking parameters: those that are the same for all its ads, and those that are not."""

    def __init__(self, ad: UnifiedAd, *, platform: Platform, marker: str) -> None:
        self._params = ad.tracking.params
        self._values = {"campaign": ad.name, "platform": platform.value, "marker": marker}
        groups = ad.groups()
        if len(groups) == 1 and len(groups[0].ads) == 1:
            self._values |= {"ad_group": groups[0].name, "ad": groups[0].ads[0].name}

    def shared(self) -> Mapping[str, str]:
        """The parameters that the campaign carries, with their macros resolved."""
        return {name: _filled(value, self._values) for name, value in self._params.items() if self._is_shared(value)}

    def landing(self, url: str, *, group: str, item: str) -> str:
        """An ad's landing address, with the parameters that differ between the campaign's ads."""
        values = {**self._values, "ad_group": group, "ad": item}
        own = {name: _filled(value, values) for name, value in self._params.items() if not self._is_shared(value)}
        if not own:
            return url
        parts = urlsplit(url)
        return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, urlencode(own))))))

    def _is_shared(self, value: str) -> bool:
        return _PER_AD.isdisjoint(_MACRO.findall(value)) or "ad" in self._values


def keys(names: Sequence[str], *, fallback: str) -> tuple[str, ...]:
    """A key for each name: its slug, numbered where an earlier one has it; the same names, the same keys."""
    taken: list[str] = []
    for name in names:
        base = text.slug(name, fallback=fallback)
        numbered = (f"{base}-{number}" for number in range(2, len(names) + 2))
        taken.append(base if base not in taken else next(key for key in numbered if key not in taken))
    return tuple(taken)


def _filled(template: str, values: Mapping[str, str]) -> str:
    return _MACRO.sub(lambda match: values.get(match[1], match[0]), template)


def _fitted(name: str, *, marker: str) -> str:
    """The name within what all platforms take; what is cut is never the marker."""
    if len(name) <= MAX_NAME:
        return name
    return f"{name[: MAX_NAME - len(marker) - 1].rstrip()} {marker}"
