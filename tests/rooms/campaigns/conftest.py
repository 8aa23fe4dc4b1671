"""Campaigns are worked on at a desk."""

from tests.rooms.campaigns.desks import desk

__all__ = ["desk"]
