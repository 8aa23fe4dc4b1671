"""Microsoft's client, pointed at the addresses that standard input names; what its scripts share. Knows no adloom."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

from bingads.authorization import AuthorizationData, OAuthTokens, OAuthWebAuthCodeGrant, _UriOAuthService
from bingads.service_client import ServiceClient
from openapi_client.exceptions import ApiException
from pydantic import ValidationError

REDIRECT = "http://127.0.0.1:8420/connections/callback"


def given() -> Mapping[str, Any]:
    """What the test says: `base` of the sandbox, and of its first line the platform's `login`."""
    found: Mapping[str, Any] = json.load(sys.stdin)
    return found


def authentication(said: Mapping[str, Any]) -> OAuthWebAuthCodeGrant:
    """The app's sign-in, whose pages stand where the sandbox has them; without tokens."""
    for key in _UriOAuthService.AUTH_TOKEN_URI:
        _UriOAuthService.AUTH_TOKEN_URI[key] = f"{said['base']}/microsoft-oauth/common/oauth2/v2.0/token"
    login = said["login"]
    return OAuthWebAuthCodeGrant(login["client_id"], login["client_secret"], REDIRECT)


def authorization(said: Mapping[str, Any], **changes: Any) -> AuthorizationData:
    """Whose account is acted on; `changes` replace parts of it."""
    login = {**said["login"], **changes}
    signed_in = authentication(said)
    signed_in._oauth_tokens = OAuthTokens(login["access_token"], 3600, login["refresh_token"])
    return AuthorizationData(login["account_id"], login["customer_id"], login["developer_token"], signed_in)


def service(said: Mapping[str, Any], name: str, prefix: str, **changes: Any) -> ServiceClient:
    """One service of the client under one of the sandbox's prefixes."""
    return ServiceClient(name, 13, authorization(said, **changes), location=f"{said['base']}/{prefix}")


def campaigns(said: Mapping[str, Any], **changes: Any) -> ServiceClient:
    """Campaign management."""
    return service(said, "CampaignManagement", "microsoft-campaign", **changes)


def customers(said: Mapping[str, Any], **changes: Any) -> ServiceClient:
    """Customer management."""
    return service(said, "CustomerManagement", "microsoft-customer", **changes)


def met(call: Callable[[], Any], *, of: str = "campaign") -> Mapping[str, Any]:
    """How the client meets an answer: the class that it raises, and the fields of the fault that its models find.

    The client reads every fault as one of Ad Insight, which has no AdApiFaultDetail, and gives an empty object for it:
    its body is read here with the models of the service (`of`) that was called.
    """
    try:
        return {"raised": None, "answer": plain(call())}
    except ApiException as error:
        faults = importlib.import_module(f"openapi_client.models.{of}.application_fault")
        fault = faults.ApplicationFault.from_dict(json.loads(error.body))
        return {
            "raised": type(error).__name__,
            "status": error.status,
            "given": type(error.data).__name__,
            "fault": type(fault).__name__,
            "fields": plain(fault),
            "tracking": error.headers.get("TrackingId"),
        }
    except ValidationError as error:
        return {"raised": type(error).__name__, "wrong": [list(each["loc"]) for each in error.errors()]}


def models(of: str) -> Any:
    """The models of a service: campaign, customer or reporting. Names repeat among them."""
    return importlib.import_module(f"openapi_client.models.{of}")


def plain(value: Any) -> Any:
    """The client's objects as JSON."""
    if hasattr(value, "to_dict"):
        value = value.to_dict()
    return json.loads(json.dumps(value, default=str))


def say(result: Any) -> None:
    """The last line of standard output is the result."""
    sys.stdout.write(json.dumps(result, default=str) + "\n")
