"""What ads on a Meta account can use, what is wrong with the account, and which rights the login lacks. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from adloom.core.errors import Rejected
from adloom.platforms.access import Fault, Inspection, Resource, ResourceKind
from adloom.platforms.meta import faults, mapping
from adloom.platforms.meta.graph import Graph

_ACCOUNT = "id,name,account_status,disable_reason,currency,spend_cap,amount_spent,user_tasks"
#: What only people who manage the account are told.
_PAYING = "funding_source,funding_source_details"
_PAGE = "id,name,category,tasks,is_published,instagram_business_account{id,username,name}"

Row = Mapping[str, Any]


class Inspecting:
    """One look at an account. A list that the login may not read is empty, and the right that it lacks is named."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._missing: list[str] = []

    def look(self) -> Inspection:
        """Pages, Instagram accounts and pixels; faults; missing rights."""
        granted = self._granted()
        self._missing += [scope for scope in mapping.SCOPES if granted is not None and scope not in granted]
        account, tells_paying = self._account()
        tasks = account.get("user_tasks")
        if isinstance(tasks, list) and "ADVERTISE" not in tasks:
            self._missing.append("ADVERTISE")
        resources = tuple({(each.kind, each.external_id): each for each in self._resources()}.values())
        found: tuple[Fault, ...] = tuple(faults.of_account(account, tells_paying=tells_paying))
        return Inspection(resources, found, tuple(dict.fromkeys(self._missing)))

    def _account(self) -> tuple[Row, bool]:
        """The account's fields, and whether how it pays is among what this login may see."""
        path, endpoint = self._graph.account, "account"
        try:
            return self._graph.get(path, endpoint=endpoint, params={"fields": f"{_ACCOUNT},{_PAYING}"}), True
        except Rejected as refusal:
            if not _is_right(refusal):
                raise
        return self._graph.get(path, endpoint=endpoint, params={"fields": _ACCOUNT}), False

    def _granted(self) -> set[str] | None:
        """The rights that were granted; None where Meta does not say (a system user's token may not ask)."""
        try:
            rows = list(self._graph.rows("me/permissions", endpoint="me/permissions", params={}))
        except Rejected as refusal:
            if not _is_right(refusal):
                raise
            return None
        return {str(row.get("permission")) for row in rows if row.get("status") == "granted"}

    def _resources(self) -> Iterator[Resource]:
        account = self._graph.account
        for page in self._rows("me/accounts", fields=_PAGE, right="pages_show_list"):
            yield _page(page)
            instagram = page.get("instagram_business_account")
            if isinstance(instagram, Mapping) and instagram.get("id"):
                yield _instagram(instagram)
        for row in self._rows(f"{account}/instagram_accounts", fields="id,username", right="pages_read_engagement"):
            yield _instagram(row)
        for row in self._rows(
            f"{account}/adspixels", fields="id,name,is_unavailable,last_fired_time", right="ads_read"
        ):
            yield _pixel(row)

    def _rows(self, path: str, *, fields: str, right: str) -> list[dict[str, Any]]:
        endpoint = path.rpartition("/")[2]
        try:
            rows = list(self._graph.rows(path, endpoint=endpoint, params={"fields": fields}))
        except Rejected as refusal:
            if not _is_right(refusal):
                raise
            self._missing.append(right)
            return []
        return [row for row in rows if row.get("id")]


def _is_right(refusal: Rejected) -> bool:
    """Whether a refusal is about rights: code 10, or 200 to 299 (Graph API, error codes)."""
    code = refusal.platform_code.partition("/")[0]
    return code == "10" or (code.isdigit() and 200 <= int(code) <= 299)


def _page(row: Row) -> Resource:
    tasks = row.get("tasks")
    attributes = {"category": str(row.get("category") or "")}
    if isinstance(tasks, list):
        attributes["tasks"] = ",".join(map(str, tasks))
    status = "UNPUBLISHED" if row.get("is_published") is False else "PUBLISHED"
    return Resource(ResourceKind.PAGE, str(row["id"]), _name(row), status, attributes)


def _instagram(row: Row) -> Resource:
    name = str(row.get("username") or row.get("name") or row["id"])
    return Resource(ResourceKind.INSTAGRAM, str(row["id"]), name)


def _pixel(row: Row) -> Resource:
    status = "UNAVAILABLE" if row.get("is_unavailable") is True else "AVAILABLE"
    fired = str(row.get("last_fired_time") or "")
    return Resource(ResourceKind.PIXEL, str(row["id"]), _name(row), status, {"last_fired_time": fired} if fired else {})


def _name(row: Row) -> str:
    return str(row.get("name") or row["id"])
