"""Names of regions: ISO 3166-2 by the package that keeps it. Pure."""

from __future__ import annotations

import re

import pycountry


def name_of(code: str) -> str | None:
    """What ISO 3166-2 calls a region, in its own language (`Bayern` for DE-BY); None where it has no such code.

    What the standard adds in brackets (`Catalunya [Cataluña]`) is left out: no platform writes a name so.
    """
    found = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
    return None if found is None else re.split(r"[\[(]", str(found.name))[0].strip()
