"""Calls to Microsoft Advertising for one account: headers, one renewed token, errors. Knows no campaign."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from adloom.core import settings
from adloom.core.errors import OutcomeUnknown, Unavailable
from adloom.platforms.contract import Connection, Credentials
from adloom.platforms.http import Answer, Request
from adloom.platforms.microsoft import errors
from adloom.platforms.spec import Account
from adloom.platforms.types import Platform

VERSION = "v13"
CAMPAIGNS = ("microsoft_campaign_url", "CampaignManagement")
REPORTING = ("microsoft_reporting_url", "Reporting")
CUSTOMERS = ("microsoft_customer_url", "CustomerManagement")


@dataclasses.dataclass(frozen=True, slots=True)
class Client:
    """A login, acting on one ad account of one customer."""

    connection: Connection
    account: str = ""
    customer: str | None = None

    @classmethod
    def of(cls, connection: Connection, account: Account) -> Client:
        """The client for an ad account; the customer is the account's own, else the login's."""
        return cls(connection, account.external_id, account.attributes.get("customer_id"))

    def query(self, path: str, body: Mapping[str, Any], *, service: tuple[str, str] = CAMPAIGNS) -> Any:
        """A read, which Microsoft does by POST; the JSON of its answer."""
        return self._call("POST", path, body, service=service, is_write=False)

    def rows(
        self, path: str, body: Mapping[str, Any], name: str, *, service: tuple[str, str] = CAMPAIGNS
    ) -> Sequence[Mapping[str, Any]]:
        """The objects of one list of a read's answer, without its nulls.

        A list that is not there says nothing, least of all that nothing stands: Unavailable.
        """
        answer = self.query(path, body, service=service)
        found = answer.get(name, "")
        if found is not None and not isinstance(found, list):
            message = f"Microsoft Advertising answered without {name} (POST {path})."
            raise Unavailable(message, platform=Platform.MICROSOFT_ADS.value)
        return [row for row in found or () if isinstance(row, Mapping)]

    def write(self, method: str, path: str, body: Mapping[str, Any]) -> Any:
        """A write to campaign management (DELETE has a body too); the JSON of an answer without any error."""
        return self._call(method, path, body, service=CAMPAIGNS, is_write=True)

    def _call(
        self, method: str, path: str, body: Mapping[str, Any], *, service: tuple[str, str], is_write: bool
    ) -> Any:
        base, name = settings.load().platform_urls()[service[0]], service[1]
        request = Request(
            Platform.MICROSOFT_ADS,
            method,
            f"{base}/{name}/{VERSION}/{path}",
            f"{method} {path}",
            account=self.account,
            json=body,
            is_write=is_write,
            timeout_s=60.0,
        )
        answer = self._send(request)
        error = errors.error_of(answer)
        if error is not None:
            raise error
        return _object(answer)

    def _send(self, request: Request) -> Answer:
        login, http = self.connection.login, self.connection.http
        answer = http.send(self._signed(request, login.credentials()))
        if errors.has_lapsed(answer):
            answer = http.send(self._signed(request, login.renew()))
        return answer

    def _signed(self, request: Request, credentials: Credentials) -> Request:
        secret = settings.load().microsoft_developer_token
        headers = {
            "Authorization": f"Bearer {credentials.access_token}",
            "DeveloperToken": credentials.extra.get("developer_token") or (secret.get_secret_value() if secret else ""),
            "CustomerId": self.customer or credentials.extra.get("customer_id", ""),
            "CustomerAccountId": self.account,
        }
        return dataclasses.replace(request, headers={name: value for name, value in headers.items() if value})


def _object(answer: Answer) -> Any:
    """The object that every answer is; raises Unavailable for anything else, or OutcomeUnknown after a write."""
    body = answer.json()
    if isinstance(body, dict):
        return body
    kind = OutcomeUnknown if answer.request.is_write else Unavailable
    message = f"Microsoft Advertising answered with something that is no object ({answer.request.endpoint})."
    raise kind(message, platform=Platform.MICROSOFT_ADS.value)
