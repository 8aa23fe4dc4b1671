"""Google's rows: what does not parse is told with its place, what breaks a rule with `family.CODE` and its place."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx
from tests.sandbox.google_client import CUSTOMER, Google, Operations, codes, display_tree, path_of, png, tree
from tests.sandbox.refusals.row import ABSENT, NO_WORD, Body, Case, Row, by_hand

from adsandbox.google import api, geography, mutate
from adsandbox.google.wire import dotted, snake
from adsandbox.schema import Field, Rule, text

PERSON = Google
#: Operations without a row, and why.
APART = {
    "GET /google/v26/customers:listAccessibleCustomers": "it takes nothing",
    "POST /google-oauth/token": "login: test_google_access",
    "GET /google-oauth/revoke": "login: test_google_access",
    "POST /google-oauth/revoke": "login: test_google_access",
    "GET /google-authorize/o/oauth2/v2/auth": "login: test_google_access",
}
_CUSTOMER = "POST /google/v26/customers/{cid}"
Make = Callable[[Google], Any]


def send(google: Google, row: Row, body: Body) -> httpx.Response:
    """The operation with this request, for the one customer."""
    verb, _, address = row.operation.partition(" ")
    return google.request(verb, address.removeprefix("/google/v26/").replace("{cid}", CUSTOMER), body)


def accepts(answer: httpx.Response) -> bool:
    """Whether an answer is none of a refusal."""
    return answer.status_code == 200


def refuses(answer: httpx.Response, case: Case) -> bool:
    """Whether the answer is Google's for a request that does not parse, or a failure with the code and the place."""
    if answer.status_code != 400 or answer.json()["error"]["status"] != "INVALID_ARGUMENT":
        return False
    told, where = answer.json()["error"]["message"], dotted((*case.path, *([0] if case.value == [NO_WORD] else [])))
    if case.expected is Rule.UNKNOWN:
        return f'Unknown name "{case.path[-1]}"' in told
    if case.expected in (Rule.TYPE, Rule.ENUM):
        return told.startswith(f"Invalid value at '{where}'")
    if case.expected is Rule.REQUIRED:
        return codes(answer)[0] == "fieldError.REQUIRED" and path_of(answer) == where
    error = answer.json()["error"]["details"][0]["errors"][0]
    named = "location" not in error or path_of(answer).endswith((snake(str(case.path[-1])), "]"))
    return bool(codes(answer)[0] == case.expected and named)


def _micros(place: str, *, family: str = "bidding") -> tuple[Case, ...]:
    """An amount that is no whole number, below the billable unit, nothing, or negative."""
    beyond, nothing, negative = {
        "bidding": ("biddingError.BID_TOO_MANY_FRACTIONAL_DIGITS", "biddingError.BID_TOO_SMALL", None),
        "budget": (
            "campaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT",
            "campaignBudgetError.MONEY_AMOUNT_LESS_THAN_CURRENCY_MINIMUM_CPC",
            "campaignBudgetError.NEGATIVE_MONEY_AMOUNT",
        ),
    }[family]
    found = [*by_hand(Rule.TYPE, **{place: ("fifty", 12.5)}), *by_hand(beyond, **{place: ("50000001", "5")})]
    found += by_hand(nothing, **{place: "0"})
    return (*found, *(by_hand(negative, **{place: "-50000000"}) if negative else ()))


# requests that are right


def _create(of: Callable[[Google], Body]) -> Make:
    return lambda google: {"operations": [{"create": of(google)}]}


def _budget(google: Google) -> Body:
    return {"amountMicros": "50000000", "explicitlyShared": False}


def _part(index: int) -> Callable[[Google], Body]:
    """One object of a second tree, beside a first that is there."""

    def body(google: Google) -> Body:
        names = google.made(tree())
        found: Body = next(iter(tree("Second")[index].values()))["create"]
        return found | _above(found, names, google)

    return body


def _above(found: Body, names: list[str], google: Google) -> Body:
    above: Body = {"resourceName": None} if "resourceName" in found else {}
    if "campaignBudget" in found:
        above["campaignBudget"] = google.one("campaignBudgets", {"create": _budget(google)}).json()["results"][0][
            "resourceName"
        ]
    if "campaign" in found:
        above["campaign"] = names[1]
    return above | ({"adGroup": names[4]} if "adGroup" in found else {})


def _language(google: Google) -> Body:
    return {"campaign": google.made(tree())[1], "language": {"languageConstant": "languageConstants/1001"}}


def _keyword(google: Google) -> Body:
    return {"adGroup": google.made(tree())[4], "keyword": {"text": "new", "matchType": "EXACT"}}


def _update(index: int, **fields: Any) -> Make:
    mask = ",".join(fields)

    def body(google: Google) -> Body:
        return {"operations": [{"update": {"resourceName": google.made(tree())[index], **fields}, "updateMask": mask}]}

    return body


def _remove(index: int) -> Make:
    return lambda google: {"operations": [{"remove": google.made(tree())[index]}]}


def _ad_text(google: Google) -> Body:
    name = google.made(tree())[6].replace("adGroupAds", "ads")
    words = {"responsiveSearchAd": {"path1": "boots"}}
    update = {"resourceName": f"customers/{CUSTOMER}/ads/{name.rpartition('~')[2]}", **words}
    return {"operations": [{"update": update, "updateMask": "responsive_search_ad.path1"}]}


def _unused_budget(google: Google) -> Body:
    made = google.one("campaignBudgets", {"create": _budget(google)}).json()["results"][0]["resourceName"]
    return {"operations": [{"remove": made}]}


def _image(google: Google) -> Body:
    return {"name": "logo", "imageAsset": {"data": png(300, 300)}}


def _action(number: int = 1) -> str:
    return f"customers/{CUSTOMER}/conversionActions/70000000{number}"


def _goal(google: Google) -> Body:
    return {"name": "Purchases alone", "conversionActions": [_action()]}


def _made_goal(google: Google) -> str:
    made = google.one("customConversionGoals", {"create": _goal(google)})
    name: str = made.json()["results"][0]["resourceName"]
    return name


def _goal_change(google: Google) -> Body:
    update = {"resourceName": _made_goal(google), "name": "Bought", "conversionActions": [_action(2)]}
    return {"operations": [{"update": update, "updateMask": "name,conversion_actions"}]}


def _goal_removal(google: Google) -> Body:
    return {"operations": [{"remove": _made_goal(google)}]}


def _own_name(google: Google, collection: str, rest: str = "") -> str:
    return google.made(tree())[1].replace("campaigns", collection) + rest


def _config_change(google: Google) -> Body:
    name = _own_name(google, "conversionGoalCampaignConfigs")
    fields = {"goalConfigLevel": "CAMPAIGN", "customConversionGoal": _made_goal(google)}
    mask = "goal_config_level,custom_conversion_goal"
    return {"operations": [{"update": {"resourceName": name, **fields}, "updateMask": mask}]}


def _campaign_goal_change(google: Google) -> Body:
    name = _own_name(google, "campaignConversionGoals", "~PURCHASE~WEBSITE")
    return {"operations": [{"update": {"resourceName": name, "biddable": False}, "updateMask": "biddable"}]}


# rows


def _row(collection: str, label: str, body: Make, *cases: Case) -> Row:
    table = mutate.ONE_TABLES[collection]
    return Row(f"{_CUSTOMER}/{collection}:mutate", body, table, by_hand=cases, label=label)


def _changes(collection: str, body: Make, *cases: Case) -> Row:
    update = "operations__0__update"
    common = (
        *by_hand("requestError.RESOURCE_NAME_MISSING", **{f"{update}__resourceName": ABSENT}),
        *by_hand("requestError.RESOURCE_NAME_MALFORMED", **{f"{update}__resourceName": "campaigns"}),
        *by_hand("fieldMaskError.FIELD_MASK_MISSING", operations__0__updateMask=ABSENT),
        *by_hand("fieldMaskError.FIELD_NOT_FOUND", operations__0__updateMask="colour"),
    )
    return _row(collection, "update", body, *common, *cases)


def _removal(collection: str, body: Make) -> Row:
    gone = by_hand("requestError.RESOURCE_NAME_MALFORMED", operations__0__remove="nothing")
    operation = f"{_CUSTOMER}/{collection}:mutate"
    return Row(operation, body, {"remove": text()}, ("operations", 0), gone, label="remove")


def _whole(label: str, index: int, make: Callable[[Google], Operations] | None = None) -> Row:
    """One operation of a whole tree that is made at once."""

    def body(google: Google) -> Body:
        return {"mutateOperations": make(google) if make else tree()}

    word = f"{label[0].lower()}{label[1:]}Operation"
    table: Mapping[str, Field] = next(r.table for r in mutate.RESOURCES if f"{r.word}Operation" == word)
    at = ("mutateOperations", index, word, "create")
    return Row(f"{_CUSTOMER}/googleAds:mutate", body, table, at=at, label=f"{'display ' if make else ''}{label}")


def _asked(google: Google) -> Body:
    return {"query": "SELECT campaign.id, metrics.clicks FROM campaign WHERE segments.date DURING LAST_7_DAYS"}


_QUERIES = (
    *by_hand("requestError.REQUIRED_FIELD_MISSING", query=ABSENT),
    *by_hand("queryError.BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", query="SELECT campaign.id FROM teleport"),
    *by_hand("queryError.UNRECOGNIZED_FIELD", query="SELECT campaign.colour FROM campaign"),
    *by_hand(
        "queryError.BAD_ENUM_CONSTANT",
        query=f"SELECT campaign.id FROM campaign WHERE campaign.status = '{NO_WORD}'",
    ),
    *by_hand("queryError.BAD_NUMBER", query="SELECT campaign.id FROM campaign WHERE campaign.id = 'one'"),
)
#: What surrounds operations; each kind of operation has rows of its own.
_ENVELOPE = {name: field for name, field in mutate.ALL_TABLE.items() if name != "mutateOperations"}
ROWS = (
    Row(
        f"{_CUSTOMER}/googleAds:search", _asked, api.SEARCH,
        by_hand=(*_QUERIES, *by_hand("requestError.PAGE_SIZE_NOT_SUPPORTED", pageSize=100),
                 *by_hand("requestError.INVALID_PAGE_TOKEN", pageToken="x")),
    ),
    Row(f"{_CUSTOMER}/googleAds:searchStream", _asked, api.STREAM, by_hand=_QUERIES),
    Row(f"{_CUSTOMER}/googleAds:mutate", lambda google: {"mutateOperations": tree()}, _ENVELOPE,
        by_hand=by_hand("requestError.OPERATION_REQUIRED", mutateOperations=([{}],))),
    *(_whole(label, index) for index, label in enumerate((
        "CampaignBudget", "Campaign", "CampaignCriterion", "CampaignCriterion", "AdGroup", "AdGroupCriterion",
        "AdGroupAd",
    ))),
    _whole("Campaign", 1, display_tree),
    _whole("AdGroupAd", 4, display_tree),
    _row("campaignBudgets", "create", _create(_budget), *_micros("operations__0__create__amountMicros",
                                                                 family="budget")),
    _changes("campaignBudgets", _update(0, amount_micros="60000000"),
             *_micros("operations__0__update__amount_micros", family="budget")),
    _removal("campaignBudgets", _unused_budget),
    _row("campaigns", "create", _create(_part(1)),
         *_micros("operations__0__create__targetSpend__cpcBidCeilingMicros")),
    _changes("campaigns", _update(1, name="New")),
    _removal("campaigns", _remove(1)),
    _row("campaignCriteria", "create", _create(_language)),
    _changes("campaignCriteria", _update(2, bid_modifier=1.5),
             *by_hand("rangeError.TOO_HIGH", operations__0__update__bid_modifier=11)),
    _removal("campaignCriteria", _remove(2)),
    _row("adGroups", "create", _create(_part(4)), *_micros("operations__0__create__cpcBidMicros")),
    _changes("adGroups", _update(4, cpc_bid_micros="2000000"), *_micros("operations__0__update__cpc_bid_micros")),
    _removal("adGroups", _remove(4)),
    _row("adGroupCriteria", "create", _create(_keyword), *_micros("operations__0__create__cpcBidMicros")),
    _changes("adGroupCriteria", _update(5, status="PAUSED")),
    _removal("adGroupCriteria", _remove(5)),
    _row("adGroupAds", "create", _create(_part(6))),
    _changes("adGroupAds", _update(6, status="PAUSED")),
    _removal("adGroupAds", _remove(6)),
    _changes("ads", _ad_text, *by_hand("stringLengthError.TOO_LONG",
                                       operations__0__update__responsiveSearchAd__path1="x" * 16)),
    _row("assets", "create", _create(_image)),
    _row("customConversionGoals", "create", _create(_goal),
         *by_hand("customConversionGoalError.INVALID_CONVERSION_ACTION",
                  operations__0__create__conversionActions__0=f"customers/{CUSTOMER}/conversionActions/1")),
    _changes("customConversionGoals", _goal_change,
             *by_hand("customConversionGoalError.INVALID_CONVERSION_ACTION",
                      operations__0__update__conversionActions__0=f"customers/{CUSTOMER}/conversionActions/1"),
             *by_hand("fieldError.REQUIRED", operations__0__update__name=ABSENT,
                      operations__0__update__conversionActions=ABSENT)),
    _removal("customConversionGoals", _goal_removal),
    _changes("conversionGoalCampaignConfigs", _config_change,
             *by_hand("requestError.RESOURCE_NAME_MALFORMED",
                      operations__0__update__customConversionGoal="goal"),
             *by_hand("mutateError.RESOURCE_NOT_FOUND", operations__0__update__customConversionGoal=
                      f"customers/{CUSTOMER}/customConversionGoals/1"),
             *by_hand("fieldError.REQUIRED", operations__0__update__goalConfigLevel=ABSENT)),
    _changes("campaignConversionGoals", _campaign_goal_change,
             *by_hand("mutateError.RESOURCE_NOT_FOUND", operations__0__update__resourceName=
                      f"customers/{CUSTOMER}/campaignConversionGoals/1~PURCHASE~WEBSITE")),
    Row("POST /google/v26/geoTargetConstants:suggest",
        lambda google: {"locale": "en", "countryCode": "DE", "locationNames": {"names": ["Berlin"]}}, geography.REQUEST,
        by_hand=(*by_hand("geoTargetConstantSuggestionError.INVALID_COUNTRY_CODE", countryCode=("Germany", "de")),
                 *by_hand("geoTargetConstantSuggestionError.REQUEST_PARAMETERS_UNSET", locationNames=ABSENT))),
)  # fmt: skip
