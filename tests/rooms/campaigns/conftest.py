"""Campaigns are worked on at a desk."""

from tests.rooms.campaigns.desks import desk, quiet_desk

__all__ = ["desk", "quiet_desk"]
