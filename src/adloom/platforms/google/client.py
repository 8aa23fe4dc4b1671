"""Calls to Google Ads for one account: headers, one renewed token, errors, pages. Knows no campaign."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adloom.core import settings
from adloom.core.errors import Conflict, OutcomeUnknown
from adloom.platforms.contract import Connection, Credentials
from adloom.platforms.google import errors, shapes
from adloom.platforms.http import Answer, Request
from adloom.platforms.spec import Account
from adloom.platforms.types import Platform

VERSION = "v26"
_MAX_PAGES = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Client:
    """A login, acting on one customer, through a manager where there is one."""

    connection: Connection
    customer: str = ""
    manager: str | None = None

    @classmethod
    def of(cls, connection: Connection, account: Account) -> Client:
        """The client for an ad account; the manager is the account's own, else the login's."""
        return cls(connection, account.external_id, account.attributes.get("login_customer_id"))

    def list_customers(self) -> tuple[str, ...]:
        """Ids of the customers that this login reaches without naming a manager."""
        body = self._call("GET", "customers:listAccessibleCustomers")
        return tuple(name.rpartition("/")[2] for name in body.get("resourceNames", ()))

    def search(self, query: str) -> Iterator[Mapping[str, Any]]:
        """Every row of a GAQL query, page by page, a page being one answer or a list of them (as streams have it).

        Raises Unavailable where a page repeats its token or is none, and where fewer rows came than were counted.
        """
        token, came, counted = "", 0, 0
        for _ in range(_MAX_PAGES):
            page = {"query": query, **({"pageToken": token} if token else {})}
            body = self._call("POST", f"customers/{self.customer}/googleAds:search", body=page)
            batches = [shapes.page(batch) for batch in (body if isinstance(body, list) else [body])]
            for batch in batches:
                yield from batch.rows
                came, counted = came + len(batch.rows), max(counted, batch.counted)
            following = batches[-1].following if batches else ""
            if not following:
                break
            if following == token:
                raise shapes.broken("repeats a page")
            token = following
        if following or came < counted:
            raise shapes.broken(f"counts {counted} rows, and gave {came}" if counted else "does not come to an end")

    def suggest(self, names: Sequence[str], *, country: str) -> Sequence[Mapping[str, Any]]:
        """Google's places of a country by English names, at most 25 of them: `geoTargetConstants:suggest`."""
        body = {"locale": "en", "countryCode": country, "locationNames": {"names": list(names)}}
        answer = self._call("POST", "geoTargetConstants:suggest", body=body)
        found: Sequence[Mapping[str, Any]] = answer.get("geoTargetConstantSuggestions", ())
        return found

    def mutate(self, body: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        """Sends one atomic `googleAds:mutate`; the results in the order of its operations."""
        path = f"customers/{self.customer}/googleAds:mutate"
        answer = self._call("POST", path, body=body, is_write=True)
        results: Sequence[Mapping[str, Any]] = answer.get("mutateOperationResponses", ())
        if len(results) != len(body["mutateOperations"]):
            raise OutcomeUnknown("Google Ads answered for other operations than were sent.", platform="google_ads")
        return results

    def validate(self, body: Mapping[str, Any]) -> None:
        """Has one `googleAds:mutate` checked and not done; raises what Google would refuse it for.

        With `validateOnly` "only errors are returned, not results" (MutateGoogleAdsRequest, v26). Raises Conflict where
        results come back all the same: then something may have been done.
        """
        path = f"customers/{self.customer}/googleAds:mutate"
        answer = self._call("POST", path, body={**body, "validateOnly": True})
        made = answer.get("mutateOperationResponses", ()) if isinstance(answer, Mapping) else ()
        if any(made):
            raise Conflict(f"Google Ads was asked to check {len(made)} operations, and answers as if it had done them.")

    def _call(self, method: str, path: str, *, body: Mapping[str, Any] | None = None, is_write: bool = False) -> Any:
        base = settings.load().platform_urls()["google_api_url"]
        endpoint = f"{method} " + path.removeprefix(f"customers/{self.customer}/")
        request = Request(
            Platform.GOOGLE_ADS,
            method,
            f"{base}/{VERSION}/{path}",
            endpoint,
            account=self.customer,
            json=body,
            is_write=is_write,
            timeout_s=60.0,
        )
        answer = self._send(request)
        if answer.status >= 400:
            raise errors.error_of(answer)
        found = answer.json()
        if errors.is_told(found):
            raise errors.error_of(answer)
        return found

    def _send(self, request: Request) -> Answer:
        login, http = self.connection.login, self.connection.http
        answer = http.send(self._signed(request, login.credentials()))
        if errors.has_lapsed(answer):
            answer = http.send(self._signed(request, login.renew()))
        return answer

    def _signed(self, request: Request, credentials: Credentials) -> Request:
        headers = {"Authorization": f"Bearer {credentials.access_token}"}
        if manager := self.manager or credentials.extra.get("login_customer_id"):
            headers["login-customer-id"] = manager.replace("-", "")
        if token := credentials.extra.get("developer_token"):
            headers["developer-token"] = token
        return dataclasses.replace(request, headers=headers)
