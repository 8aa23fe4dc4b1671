"""What is wrong with this installation, and the command that mends it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from adloom.connections import rules
from adloom.core import settings, time
from adloom.db import engine, migrate, partitions, replicas, server
from adloom.db.urls import Urls
from adloom.jobs import queries as jobs
from adloom.metrics.types import MAX_RATE_AGE_DAYS
from adloom.platforms import queries as platforms
from adloom.platforms import registry, versions
from adloom.platforms.types import Platform

# As the schema's owner, who sees every tenant.
_LOGINS = """
    SELECT
        users.email,
        logins.platform::text,
        logins.is_active,
        logins.expires_at,
        logins.error_message,
        (logins.attributes ->> 'renews')::boolean
    FROM user_api_credentials AS logins
    JOIN users ON users.id = logins.user_id
    WHERE users.deleted_at IS NULL
        AND (logins.is_active OR logins.attributes ? 'login')
    ORDER BY logins.expires_at NULLS LAST, users.email, logins.platform
"""

_FAULTS = """
    SELECT
        users.email,
        accounts.platform::text,
        accounts.id::text,
        accounts.external_id,
        faults.words,
        faults.fix,
        faults.blocks_writes
    FROM account_faults AS faults
    JOIN platform_accounts AS accounts ON accounts.id = faults.platform_account_id
    JOIN users ON users.id = faults.user_id
    WHERE faults.gone_at IS NULL
        AND accounts.status <> 'disconnected'
        AND users.deleted_at IS NULL
    ORDER BY faults.blocks_writes DESC, users.email, accounts.external_id, faults.code
"""

_RIGHTS = """
    SELECT
        users.email,
        accounts.platform::text,
        accounts.external_id,
        (
            SELECT string_agg(missing, ', ')
            FROM jsonb_array_elements_text(accounts.missing_rights) AS missing
        )
    FROM platform_accounts AS accounts
    JOIN users ON users.id = accounts.user_id
    WHERE accounts.missing_rights <> '[]'
        AND accounts.status <> 'disconnected'
        AND users.deleted_at IS NULL
    ORDER BY users.email, accounts.external_id
"""

_CHANGED = """
    SELECT
        users.email,
        accounts.platform::text,
        accounts.external_id,
        accounts.currency,
        accounts.time_zone
    FROM platform_accounts AS accounts
    JOIN users ON users.id = accounts.user_id
    WHERE accounts.status = 'changed'
        AND users.deleted_at IS NULL
    ORDER BY users.email, accounts.external_id
"""

# Of each day the newest comparison with its platform's own total counts, of those of the last nights.
_DIFFERENCES = """
    SELECT
        compared.email,
        compared.platform,
        compared.external_id,
        count(*),
        min(compared.date),
        max(compared.date)
    FROM (
        SELECT
            users.email,
            accounts.platform::text,
            accounts.external_id,
            day.told ->> 'date' AS date,
            day.told ->> 'explanation' AS explanation,
            rank() OVER (
                PARTITION BY accounts.id, day.told ->> 'date' ORDER BY jobs.completed_at DESC, jobs.id
            ) AS place
        FROM background_jobs AS jobs
        JOIN platform_accounts AS accounts ON accounts.id::text = jobs.job_data ->> 'account_id'
        JOIN users ON users.id = accounts.user_id
        CROSS JOIN jsonb_array_elements(jobs.result -> 'days') AS day (told)
        WHERE jobs.job_type = 'metrics.reconcile'
            AND jobs.status = 'completed'
            AND jobs.completed_at > clock_timestamp() - INTERVAL '3 days'
            AND accounts.status <> 'disconnected'
            AND users.deleted_at IS NULL
    ) AS compared
    WHERE compared.place = 1
        AND compared.explanation = 'unexplained'
    GROUP BY
        compared.email,
        compared.platform,
        compared.external_id
    ORDER BY
        compared.email,
        compared.platform,
        compared.external_id
"""


# The newest recount of all roll-ups by their facts.
_RECOUNT = """
    SELECT
        (result ->> 'wrong')::integer,
        completed_at
    FROM background_jobs
    WHERE job_type = 'metrics.recount_all'
        AND status = 'completed'
    ORDER BY completed_at DESC
    LIMIT 1
"""


# Only where more than one currency is billed does anybody need them. A rate of a day to come converts nothing today.
_RATES = """
    SELECT
        (SELECT max(date) FROM exchange_rates WHERE date <= %s),
        count(DISTINCT currency)
    FROM platform_accounts
    WHERE status <> 'disconnected'
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """`level` is fine, warning or wrong; `mend` a command or a sentence, empty where nothing is to be done."""

    level: str
    what: str
    mend: str = ""


def examine(urls: Urls) -> list[Finding]:
    """Everything worth knowing, the worst first."""
    schema = _schema(urls)
    found = [*schema, *_default_partitions(urls), *_replicas(), *_workers(), *_clock(), *_versions(), *_left_behind()]
    if all(finding.level == "fine" for finding in schema):
        found += [
            *_logins(),
            *_faults(),
            *_rights(),
            *_changed(),
            *_differences(),
            *_recount(),
            *_rates(),
            *_surprises(),
        ]
    order = {"wrong": 0, "warning": 1, "fine": 2}
    return sorted(found, key=lambda finding: order[finding.level])


def _schema(urls: Urls) -> list[Finding]:
    pending = migrate.status(urls.direct(urls.owner)).pending
    if pending:
        return [Finding("wrong", f"{len(pending)} migrations are not applied", "adloom db migrate")]
    return [Finding("fine", "The schema is the newest")]


def _default_partitions(urls: Urls) -> list[Finding]:
    return [
        Finding("warning", f"{table.default_rows} rows of {table.table} wait in DEFAULT", "adloom db partitions")
        for table in partitions.tables(urls.direct(urls.owner))
        if table.default_rows
    ]


def _replicas() -> list[Finding]:
    return [
        Finding("warning", f"The replica {each.place} is not read: {each.problem}", "adloom db replicas")
        for each in replicas.standing()
        if each.problem
    ]


def _workers() -> list[Finding]:
    living = jobs.living_workers()
    if living:
        return [Finding("fine", f"{living} worker{'s' if living > 1 else ''} at work")]
    return [Finding("warning", "No worker lives: schedules do not run", "adloom worker, or adloom up")]


def _clock() -> list[Finding]:
    if settings.load().clock == "system":
        return []
    return [Finding("warning", f"The clock is shifted by {time.offset()}", "unset ADLOOM_CLOCK")]


def _versions() -> list[Finding]:
    found = []
    for ending in versions.endings(registry.versions(), today=time.now().date()):
        level, verb = ("wrong", "ended") if ending.is_over else ("warning", "ends")
        what = f"{ending.platform.value}: API {ending.version} {verb} on {ending.ends_on}"
        found.append(Finding(level, what, "Update Adloom."))
    return found


def _surprises() -> list[Finding]:
    return [
        Finding(
            "warning",
            f"{seen.platform.value} said {seen.times} times {seen.kind} {seen.word!r}, unknown to this version",
            "Update Adloom; until then it is shown as it is.",
        )
        for seen in platforms.recent_surprises()
    ]


def _logins() -> list[Finding]:
    """Those that do not work, and those that end within three weeks unless a person connects again."""
    with engine.owner_connection() as connection:
        rows = connection.execute(_LOGINS).fetchall()
    found = []
    for email, platform, is_active, expires_at, message, renews in rows:
        again = f"adloom connect {platform} --user {email}"
        keeps_itself = rules.renews(Platform(platform)) if renews is None else renews
        if not is_active:
            found.append(Finding("wrong", f"{platform} of {email} does not work: {message or 'it has lapsed'}", again))
        elif rules.ends_within_notice(expires_at, renews=keeps_itself, now=time.now()):
            found.append(Finding("warning", f"{platform} of {email} ends on {expires_at:%Y-%m-%d}", again))
    return found


def _faults() -> list[Finding]:
    with engine.owner_connection() as connection:
        rows = connection.execute(_FAULTS).fetchall()
    return [
        Finding(
            "wrong" if blocks else "warning",
            f"{platform} account {external_id} of {email}: {words}",
            f"{fix} (adloom account show {account_id} --user {email})",
        )
        for email, platform, account_id, external_id, words, fix, blocks in rows
    ]


def _rights() -> list[Finding]:
    with engine.owner_connection() as connection:
        rows = connection.execute(_RIGHTS).fetchall()
    return [
        Finding(
            "warning",
            f"{platform} account {external_id} of {email}: its login lacks {rights}",
            f"adloom connect {platform} --user {email}, and agree to all that is asked for",
        )
        for email, platform, external_id, rights in rows
    ]


def _changed() -> list[Finding]:
    """Accounts that are not what they were: their figures stand still, and the last day of them may be no whole day."""
    with engine.owner_connection() as connection:
        rows = connection.execute(_CHANGED).fetchall()
    return [
        Finding(
            "wrong",
            f"{platform} account {external_id} of {email} is told in {currency} and {time_zone} no more: nothing is "
            "pulled from it, and days since the change may be mixed",
            "set it back on the platform's own pages, or connect another account",
        )
        for email, platform, external_id, currency, time_zone in rows
    ]


def _differences() -> list[Finding]:
    """Accounts whose figures are not what their platform says, for a reason that nobody knows."""
    with engine.owner_connection() as connection:
        rows = connection.execute(_DIFFERENCES).fetchall()
    return [
        Finding(
            "warning",
            f"{platform} account {external_id} of {email}: {days} days from {since} to {until} differ unexplained from "
            "its own total",
            f"adloom metrics sync --user {email} --from {since} --to {until}, "
            f"then adloom metrics reconcile --user {email} --from {since} --to {until}",
        )
        for email, platform, external_id, days, since, until in rows
    ]


def _recount() -> list[Finding]:
    """Sums that the last recount found to be other ones than their facts'."""
    with engine.owner_connection() as connection:
        row = connection.execute(_RECOUNT).fetchone()
    if row is None or not row[0]:
        return []
    what = f"Sums of metrics that were not those of their facts on {row[1]:%Y-%m-%d}: {row[0]}"
    return [Finding("wrong", what, "adloom metrics recount --mend, for each user")]


def _rates() -> list[Finding]:
    """Rates that are too old to convert the figures of today, where there are several currencies."""
    today = time.now().date()
    with engine.owner_connection() as connection:
        newest, currencies = connection.execute(_RATES, (today,)).fetchone() or (None, 0)
    age = None if newest is None else (today - newest).days
    if currencies < 2 or (age is not None and age <= MAX_RATE_AGE_DAYS):
        return []
    held = "No exchange rates are held" if newest is None else f"The newest exchange rates are of {newest}"
    what = f"{held}: figures of today stay in their own currencies"
    return [Finding("warning", what, "adloom fx refresh, or adloom fx import FILE")]


def _left_behind() -> list[Finding]:
    if os.geteuid() != 0:
        return []
    return [
        Finding("warning", f"{folder} belongs to a HOME that is gone", f"rm -r {folder}")
        for folder in server.ownerless()
    ]
