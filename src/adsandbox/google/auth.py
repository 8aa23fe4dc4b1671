"""Who may speak for which customer: bearer tokens and `login-customer-id`."""

import re

from starlette.requests import Request

from adsandbox.accounts import Account, Standing
from adsandbox.google.errors import Refused, refuse
from adsandbox.world import World

PLATFORM = "google_ads"
_TOKEN_ERRORS = {
    Standing.EXPIRED: ("OAUTH_TOKEN_EXPIRED", "OAuth token in the header has expired."),
    Standing.REVOKED: ("OAUTH_TOKEN_REVOKED", "OAuth token in the header has been revoked."),
    Standing.UNKNOWN: ("OAUTH_TOKEN_INVALID", "OAuth token in the header is not valid."),
}


def check_token(world: World, request: Request) -> None:
    """Refuse a request without a valid access token."""
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not value:
        raise refuse("authenticationError", "OAUTH_TOKEN_HEADER_INVALID", "No bearer token in the header.")
    standing = world.tokens.standing(PLATFORM, "access", value)
    if standing is not Standing.VALID:
        raise refuse("authenticationError", *_TOKEN_ERRORS[standing])


def expired() -> Refused:
    """The refusal of an expired token, for the fault of that name."""
    return refuse("authenticationError", *_TOKEN_ERRORS[Standing.EXPIRED])


def customer(world: World, request: Request, id_: str) -> Account:
    """The customer of a path, if the caller may act for it, through `login-customer-id` where that is
    given."""
    if not re.fullmatch(r"\d{10}", id_):
        raise refuse("requestError", "INVALID_CUSTOMER_ID", f"{id_!r} is no customer id.", trigger=id_)
    account = world.account(PLATFORM, id_)
    if account is None or account.lost:
        raise refuse(
            "authorizationError", "USER_PERMISSION_DENIED",
            "User doesn't have permission to access customer. Note: If you're accessing a client customer, "
            "the manager's customer id must be set in the 'login-customer-id' header.",
        )  # fmt: skip
    login = request.headers.get("login-customer-id")
    if login is not None:
        _login(world, login, account)
    return account


def _login(world: World, login: str, account: Account) -> None:
    if not re.fullmatch(r"\d{10}", login):
        raise refuse("authenticationError", "CLIENT_CUSTOMER_ID_INVALID", "login-customer-id is 10 digits.")
    known = world.account(PLATFORM, login)
    if known is None:
        raise refuse("authorizationError", "USER_PERMISSION_DENIED", "User doesn't have permission.")
    if login not in (account.id, account.fields.get("manager_id")):
        raise refuse(
            "authorizationError", "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION",
            "The login customer is not a manager of the serving customer.",
        )  # fmt: skip


def may_write(account: Account) -> None:
    """Refuse writes to a suspended customer and to a manager."""
    if account.fields["manager"]:
        raise refuse("requestError", "CANNOT_BE_EXECUTED_BY_MANAGER_ACCOUNT", "A manager account holds no campaigns.")
    if account.suspended:
        raise refuse("authorizationError", "ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT", "The account is suspended.")
