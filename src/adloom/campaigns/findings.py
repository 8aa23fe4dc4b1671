"""What speaks against deploying an ad: its own errors and losses, and those of the ad accounts that it names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from uuid import UUID

from adloom.ads import attachments, preflight, unified
from adloom.ads.accounts import accounts as accounts
from adloom.ads.places import Places
from adloom.assets import queries as assets
from adloom.campaigns import rules, specs, updating, whereabouts
from adloom.campaigns.updating import Edited
from adloom.connections import queries as connections
from adloom.connections import rules as account_rules
from adloom.connections.types import AccountView, FaultView
from adloom.core import time
from adloom.core.errors import FieldError, Invalid, Refused
from adloom.db.session import ReadSession
from adloom.platforms.contract import Loss, Preflight
from adloom.platforms.spec import MediaFile
from adloom.platforms.types import Platform


def check(
    session: ReadSession,
    ad: unified.UnifiedAd,
    *,
    accounts: Mapping[Platform, AccountView],
    platforms: Collection[Platform],
    client_id: UUID | None,
    edits: Mapping[Platform, Edited],
    places: Mapping[Platform, Places],
) -> dict[Platform, Preflight]:
    """All errors and losses of the ad on these platforms; `client_id` is whose ad it is, `edits` what would be updated,
    `places` what the platforms have told of places.

    First comes what speaks against an account itself: whose money it is, whether it is still what it was, and what was
    found to block it on its platform. Last, of an ad that a platform would take, what it cannot change in what stands.
    """
    found = preflight.check(
        ad,
        accounts={platform: specs.account_of(account) for platform, account in accounts.items()},
        media=media(session, ad),
        now=time.now(),
        platforms=platforms,
        campaign_ids={platform: edited.campaign.id for platform, edited in edits.items()},
        starts={platform: edited.start for platform, edited in edits.items()},
        places={platform: each.answers for platform, each in places.items()},
    )
    found = whereabouts.with_failures(session, found, places, client_id=client_id)
    faults = connections.faults_in(session)
    return {
        platform: _with_more(
            each,
            account=accounts.get(platform),
            client_id=client_id,
            faults=faults,
            edited=edits.get(platform),
        )
        for platform, each in found.items()
    }


def refuse(findings: Mapping[Platform, Preflight], *, accept_losses: bool) -> None:
    """Raises Invalid with every error, Refused with every loss of targeting that was not accepted."""
    errors = [
        FieldError(f"{platform.value}: {error.field}", error.rule, error.fix)
        for platform, found in findings.items()
        for error in found.errors
    ]
    if errors:
        raise Invalid("The ad cannot be deployed as it is.", errors=tuple(errors))
    lost = [(platform, loss) for platform, found in findings.items() for loss in found.losses if loss.is_targeting]
    if lost and not accept_losses:
        raise Refused(
            "Not every platform can target what was asked. See them all: adloom ad plan. "
            "Accept them with --accept-losses (API: accept_losses).",
            code="losses_not_accepted",
            errors=tuple(_as_error(platform, loss) for platform, loss in lost),
        )


def media(session: ReadSession, ad: unified.UnifiedAd) -> dict[str, MediaFile]:
    """The ad's files by asset id."""
    return assets.media_files(session, asset_ids=attachments.asset_ids(ad))


def _with_more(
    found: Preflight,
    *,
    account: AccountView | None,
    client_id: UUID | None,
    faults: Collection[FaultView],
    edited: Edited | None,
) -> Preflight:
    errors = found.errors
    if account is not None:
        moved = updating.moved(edited, account_id=account.id) if edited is not None else ()
        of_account = (
            *rules.account_errors(account, ad_client_id=client_id),
            *account_rules.fault_errors(account, faults),
        )
        errors = (*of_account, *moved, *errors)
    if edited is not None and not errors:
        errors = edited.revision().errors
    return replace(found, errors=errors)


def _as_error(platform: Platform, loss: Loss) -> FieldError:
    rule = f"{loss.kind.value.lower()} from {loss.before} to {loss.after}."
    return FieldError(f"{platform.value}: {loss.field}", rule, "Change the ad, or accept the loss.")
