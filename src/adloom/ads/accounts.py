"""The ad accounts that an ad names, among those that are connected."""

from __future__ import annotations

from adloom.ads import unified
from adloom.connections import queries as connections
from adloom.connections import tokens
from adloom.connections.types import AccountView
from adloom.db.session import ReadSession
from adloom.platforms.spec import Account
from adloom.platforms.types import Platform


def accounts(session: ReadSession, ad: unified.UnifiedAd) -> dict[Platform, AccountView]:
    """The connected account of each platform that the ad names; those that are not connected are left out."""
    connected = connections.accounts_in(session)
    return {
        platform: account
        for platform, block in ad.platforms.chosen().items()
        for account in connected
        if account.platform is platform and tokens.same_account(platform, account.external_id, block.account_id())
    }


def account_of(account: AccountView) -> Account:
    """The account as adapters know it."""
    return Account(
        external_id=account.external_id,
        currency=account.currency,
        time_zone=account.time_zone,
        attributes=account.attributes,
    )
