"""Flows use whole installations."""

from tests.housing import ad_id, connected, house, installed, lent_house, media, sandbox_process, shared_house

__all__ = ["ad_id", "connected", "house", "installed", "lent_house", "media", "sandbox_process", "shared_house"]
