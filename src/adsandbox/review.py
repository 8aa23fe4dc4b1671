"""Ad review, the same for every platform: it takes some sandbox time, and ends in approval, limits or
refusal.

A platform submits each new or edited ad here and translates the state into its own words.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

DELAY = timedelta(minutes=20)

#: Words that decide a review by themselves, so that a disapproval can be had without the control API.
REJECTED_WORDS = ("miracle cure", "counterfeit")
LIMITED_WORDS = ("casino", "whisky")


class Verdict(StrEnum):
    """What a review ends in; the words of `POST /_sandbox/review`."""

    APPROVE = "approve"
    LIMIT = "limit"
    REJECT = "reject"


class Standing(StrEnum):
    """Where an ad's review stands at some instant."""

    PENDING = "pending"
    APPROVED = "approved"
    LIMITED = "limited"
    REJECTED = "rejected"


_AFTER = {
    Verdict.APPROVE: Standing.APPROVED,
    Verdict.LIMIT: Standing.LIMITED,
    Verdict.REJECT: Standing.REJECTED,
}


@dataclass(frozen=True, slots=True)
class Review:
    """One review: pending until `due_at`, then its verdict. Replace it to review again."""

    submitted_at: datetime
    due_at: datetime
    verdict: Verdict
    reason: str | None = None

    def at(self, now: datetime) -> Standing:
        """The state at an instant."""
        return Standing.PENDING if now < self.due_at else _AFTER[self.verdict]

    @property
    def serves_from(self) -> datetime | None:
        """From when the ad may deliver, or None when this review ends in refusal."""
        return None if self.verdict is Verdict.REJECT else self.due_at


def submit(now: datetime, texts: list[str], *, delay: timedelta = DELAY) -> Review:
    """A review that begins now; its verdict follows from words in the ad's texts (`REJECTED_WORDS` …)."""
    joined = " ".join(texts).lower()
    for words, verdict in ((REJECTED_WORDS, Verdict.REJECT), (LIMITED_WORDS, Verdict.LIMIT)):
        for word in words:
            if word in joined:
                return Review(now, now + delay, verdict, reason=word)
    return Review(now, now + delay, Verdict.APPROVE)


def decide(review: Review, now: datetime, *, verdict: Verdict, reason: str | None) -> Review:
    """The same review ended now with a reviewer's verdict (`POST /_sandbox/review`)."""
    return Review(review.submitted_at, now, verdict, reason)
