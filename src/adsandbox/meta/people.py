"""What stands around the tree: ad accounts, the person, Pages, Instagram accounts, pixels, search."""

from typing import Any
from zoneinfo import ZoneInfo

from adsandbox.accounts import Account
from adsandbox.meta import edges, errors, fields, money, names, nodes, places, trouble
from adsandbox.meta.call import Call, fitted
from adsandbox.meta.graph import NAME, Graph
from adsandbox.schema import Field, anything, array, enum, integer, text
from adsandbox.store import Entity

USER_ID = "10000000000000001"
#: Edges of an ad account that list what ads may use.
LISTS = {
    "adspixels": "adspixel",
    "promote_pages": "page",
    "instagram_accounts": "instagram",
    "connected_instagram_accounts": "instagram",
}


def pick(found: dict[str, Any], call: Call, *, type_: str, default: tuple[str, ...]) -> dict[str, Any]:
    """The asked fields of values that are computed at once."""
    asked = fields.parse(call.params.get("fields"))
    nodes.check(type_, asked)
    wanted = [one.name for one in asked] or list(default)
    return {name: found[name] for name in wanted if found.get(name) is not None} | {"id": found["id"]}


def account_values(graph: Graph, account: Account) -> dict[str, Any]:
    """An ad account as Graph describes it: 1 is active, 2 disabled."""
    at = graph.now.astimezone(ZoneInfo(account.time_zone))
    offset = at.utcoffset()
    spent = trouble.spent(graph, account)
    return {
        "id": account.id,
        "account_id": account.id.removeprefix("act_"),
        "name": account.name,
        "account_status": trouble.status(account),
        "disable_reason": 1 if account.suspended else 0,
        "currency": account.currency,
        "timezone_name": account.time_zone,
        "timezone_id": 1,
        "timezone_offset_hours_utc": offset.total_seconds() / 3600 if offset is not None else 0,
        "min_daily_budget": money.minimum(account.currency, "imp"),
        "amount_spent": (amount := str(int(spent / money.unit(account.currency)))),
        "balance": "0",
        "spend_cap": amount if account.hold == "cap" else "0",
        "age": 365.0,
        "business_country_code": "US",
        "capabilities": [],
        "is_personal": 0,
        "is_prepay_account": False,
        "owner": USER_ID,
        "tos_accepted": {"web_custom_audience_tos": 1},
        "user_tasks": ["DRAFT", "ANALYZE", "ADVERTISE", "MANAGE"],
        "funding_source": "7000000000000001",
        "funding_source_details": {"id": "7000000000000001", "display_string": "Sandbox card", "type": 1},
        **{name: value for name, value in account.fields.items() if name != "account_status"},
    }


def account_node(graph: Graph, account: Account, call: Call) -> dict[str, Any]:
    """`GET act_…`."""
    edges.only(call, {"fields"})
    return pick(account_values(graph, account), call, type_="adaccount", default=("account_id",))


def account_list(graph: Graph, call: Call, *, base: str) -> dict[str, Any]:
    """`GET /me/adaccounts`."""
    edges.only(call, edges.PARAMS)
    found = [one for one in graph.world.accounts(NAME) if not one.lost]

    def show(account: Account) -> dict[str, Any]:
        return pick(account_values(graph, account), call, type_="adaccount", default=("account_id",))

    return edges.page(call, graph.now, found, base=base, show=show, size=25)


def user(call: Call) -> dict[str, Any]:
    """`GET /me`."""
    edges.only(call, {"fields"})
    found = {"id": USER_ID, "name": "Sam Sandbox", "first_name": "Sam", "last_name": "Sandbox"}
    return pick(found | {"email": "sam@example.com"}, call, type_="user", default=("name",))


def listed(graph: Graph, type_: str, call: Call, *, base: str) -> dict[str, Any]:
    """Pages, Instagram accounts or pixels, whose values all stand in their fields."""
    edges.only(call, edges.PARAMS)
    default = {"page": ("access_token", "category", "name", "tasks")}.get(type_, ())
    found = list(graph.world.store.all(NAME, type_=type_))

    def show(entity: Entity) -> dict[str, Any]:
        return pick(stored(entity), call, type_=type_, default=default)

    return edges.page(call, graph.now, found, base=base, show=show, size=25)


def pages(graph: Graph, call: Call, *, base: str) -> dict[str, Any]:
    """`GET /me/accounts`: the person's Pages; none where the token lacks pages_show_list."""
    if "pages_show_list" in graph.declined:
        edges.only(call, edges.PARAMS)
        return {"data": []}
    return listed(graph, "page", call, base=base)


def stored(entity: Entity) -> dict[str, Any]:
    """The values of a Page, an Instagram account or a pixel."""
    return entity.fields | entity.private | {"id": entity.id, "name": entity.name}


def minimum_budgets(graph: Graph, call: Call) -> dict[str, Any]:
    """`GET act_…/minimum_budgets`."""
    edges.only(call, edges.PARAMS | {"bid_amount"})
    return {"data": money.minimums()}


SEARCH: dict[str, Field] = {
    "type": enum("adgeolocation", "adlocale", "adinterest", "adinterestvalid", "adcountry", required=True),
    "q": text(),
    "location_types": array(
        enum("country", "country_group", "region", "city", "zip", "geo_market", "electoral_district")
    ),
    "country_code": text(),
    "region_id": integer(least=1),
    "limit": integer(least=1, most=1000),
    "fields": anything(),
    "interest_list": array(text()),
    "interest_fbid_list": array(text()),
}


def search(call: Call) -> dict[str, Any]:
    """`GET /search?type=…`: places, languages, interests."""
    given = fitted(call.params, SEARCH)
    query, limit = given.get("q", ""), given.get("limit", 25)
    if given["type"] == "adlocale":
        found = places.locales(query)
    elif given["type"] == "adinterest":
        if not query:
            raise errors.plain("(#100) The parameter q is required.")
        found = places.interests(query)
    elif given["type"] == "adinterestvalid":
        found = _validity(given)
    else:
        kinds = set(given.get("location_types", ("country", "region", "city", "zip")))
        kinds = {"country"} if given["type"] == "adcountry" else kinds
        found = places.places(query, kinds=kinds, country=given.get("country_code"), region=given.get("region_id"))
    return {"data": found[:limit]}


def _validity(given: dict[str, Any]) -> list[dict[str, Any]]:
    by_name = {name.lower(): id_ for id_, (name, _) in places.INTERESTS.items()}
    found = [
        {"name": n, "valid": n.lower() in by_name, "id": by_name.get(n.lower())} for n in given.get("interest_list", ())
    ]
    ids = given.get("interest_fbid_list", ())
    return found + [{"id": i, "valid": i in places.INTERESTS, "name": places.INTERESTS.get(i, ("",))[0]} for i in ids]


def known(type_: str) -> frozenset[str]:
    """The field names of a node type."""
    return names.NODE[type_][1]
