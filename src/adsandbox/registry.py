"""Which platforms the sandbox has.

A platform is a package here with a module `platform` that has `build(world)`.
"""

import importlib
import importlib.util
from collections.abc import Collection

from adsandbox.platform import Platform
from adsandbox.world import World

PACKAGES = {
    "google_ads": "google",
    "facebook_ads": "meta",
    "microsoft_ads": "microsoft",
    "tiktok_ads": "tiktok",
}


def build(world: World, *, only: Collection[str] = ()) -> list[Platform]:
    """Every platform (or only those named), seeded, and registered as a source of delivery."""
    platforms = []
    for known, package in PACKAGES.items():
        name = f"adsandbox.{package}"
        wanted = not only or known in only
        if wanted and importlib.util.find_spec(name) and importlib.util.find_spec(f"{name}.platform"):
            platform: Platform = importlib.import_module(f"{name}.platform").build(world)
            platform.reset()
            world.delivery.source(platform)
            platforms.append(platform)
    return platforms
