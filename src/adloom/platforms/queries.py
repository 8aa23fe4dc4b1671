"""Reads of what is known about the platforms themselves, across tenants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from adloom.db import session as db
from adloom.platforms.types import Platform

_RECENT = text(
    """
    SELECT
        platform,
        kind,
        word,
        times,
        last_seen_at
    FROM platform_surprises
    WHERE last_seen_at > now() - INTERVAL '30 days'
    ORDER BY platform, kind, word
    """
)


@dataclass(frozen=True, slots=True)
class SurpriseView:
    """A word of a platform that this version does not know, and how often it came."""

    platform: Platform
    kind: str
    word: str
    times: int
    last_seen_at: datetime


def recent_surprises() -> tuple[SurpriseView, ...]:
    """The unknown words of the last thirty days."""
    with db.worker_transaction() as session:
        rows = session.execute(_RECENT).all()
    return tuple(SurpriseView(Platform(row.platform), row.kind, row.word, row.times, row.last_seen_at) for row in rows)
