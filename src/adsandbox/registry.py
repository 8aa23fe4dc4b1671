"""Which platforms the sandbox has.

A platform is a package here with a module `platform` that has `build(world)`.
"""

import importlib
import importlib.util

from adsandbox.platform import Platform
from adsandbox.world import World

PACKAGES = ("google", "meta", "microsoft", "tiktok")


def build(world: World) -> list[Platform]:
    """Every platform, seeded, and registered as a source of delivery."""
    platforms = []
    for package in PACKAGES:
        name = f"adsandbox.{package}"
        if importlib.util.find_spec(name) and importlib.util.find_spec(f"{name}.platform"):
            platform: Platform = importlib.import_module(f"{name}.platform").build(world)
            platform.reset()
            world.delivery.source(platform)
            platforms.append(platform)
    return platforms
