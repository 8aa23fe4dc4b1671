"""Microsoft's rows: a request that cannot be read is a fault 201 that names the element; a rule that an item breaks is
that item's error, with Microsoft's code. What a request object holds besides its items is declared here."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

import httpx
from tests.sandbox.google_client import png
from tests.sandbox.microsoft_client import Microsoft, links
from tests.sandbox.refusals.row import ABSENT, Body, Case, Row, by_hand

from adsandbox.microsoft import reports, tables
from adsandbox.schema import Field, Rule, anything, array, enum, integer, obj, text

PERSON = Microsoft
#: Operations without a row, and why.
APART = {
    "GET /microsoft-campaign/GeoLocations.csv": "a file",
    "GET /microsoft-reporting/Download/{key}.zip": "a download link: test_expiry",
    "GET /microsoft-oauth/common/oauth2/v2.0/authorize": "login: test_microsoft_login",
    "POST /microsoft-oauth/common/oauth2/v2.0/token": "login: test_microsoft_login",
}
_UNREADABLE = (Rule.UNKNOWN, Rule.TYPE, Rule.ENUM, Rule.REQUIRED)
_ITEMS = array(anything())
_IDS = array(text())
Make = Callable[[Microsoft], Body]


def send(microsoft: Microsoft, row: Row, body: Body) -> httpx.Response:
    """The operation with this request."""
    verb, _, address = row.operation.partition(" ")
    service, _, path = address.removeprefix("/").partition("/v13/")
    return microsoft.call(verb, path, body, service=service)


def accepts(answer: httpx.Response) -> bool:
    """Whether an answer is none of a refusal, of any item."""
    return answer.status_code == 200 and not _errors(answer.json())


def refuses(answer: httpx.Response, case: Case) -> bool:
    """Whether the answer is a fault of the whole request, or an error of one item, with the code; 201 names the
    element."""
    body = answer.json()
    found = _errors(body)
    if not found or (answer.status_code == 200) != ("TrackingId" not in body):
        return False
    if case.expected in _UNREADABLE and answer.status_code != 400:
        return False
    code = 201 if isinstance(case.expected, Rule) else case.expected
    named = not isinstance(case.expected, Rule) or _element(case) in str(found[0].get("Details"))
    return bool(found[0]["Code"] == code and found[0]["Message"] and named)


def _errors(body: Body) -> list[Body]:
    nested = [error for one in body.get("NestedPartialErrors") or () for error in one["BatchErrors"]]
    named = ("OperationErrors", "Errors", "PartialErrors")
    return [error for name in named for error in body.get(name) or ()] + nested


def _element(case: Case) -> str:
    return str(next(part for part in reversed(case.path) if isinstance(part, str)))


def _address(path: str, service: str = "campaign") -> str:
    name = {"campaign": "CampaignManagement", "reporting": "Reporting", "customer": "CustomerManagement"}[service]
    return f"/microsoft-{service}/{name}/v13/{path}"


def _row(operation: str, body: Make, table: Mapping[str, Field], *cases: Case, label: str = "") -> Row:
    verb, _, path = operation.partition(" ")
    service = {"GenerateReport": "reporting"}.get(path.partition("/")[0], "campaign")
    return Row(f"{verb} {_address(path, service)}", body, table, by_hand=cases, label=label)


def _customer(path: str, body: Make, table: Mapping[str, Field], *cases: Case) -> Row:
    return Row(f"POST {_address(path, 'customer')}", body, table, by_hand=cases)


# the tree: campaigns, ad groups, ads, keywords

_PARENTS = {"Campaigns": "AccountId", "AdGroups": "CampaignId", "Ads": "AdGroupId", "Keywords": "AdGroupId"}
_TABLES = {"Campaigns": tables.CAMPAIGN, "AdGroups": tables.AD_GROUP, "Ads": tables.AD, "Keywords": tables.KEYWORD}
#: By kind: the codes of a parent, of no items, of no ids, of an id that does not exist.
_CODES = {
    "Campaigns": (1102, 1113, 1118, 1100),
    "AdGroups": (1100, 1209, 1218, 1201),
    "Ads": (1201, 1310, 1351, 1308),
    "Keywords": (1201, 1505, 1529, 1501),
}


def _above(microsoft: Microsoft, plural: str) -> tuple[Body, str]:
    """The element that names the parent, and an object of this kind that is there."""
    campaign, group, ad = microsoft.tree(live=False)
    keyword = microsoft.do("POST", "Keywords/QueryByAdGroupId", {"AdGroupId": group})["Keywords"][0]["Id"]
    parents = {"Campaigns": microsoft.account, "AdGroups": campaign, "Ads": group, "Keywords": group}
    ids = {"Campaigns": campaign, "AdGroups": group, "Ads": ad, "Keywords": keyword}
    return {_PARENTS[plural]: parents[plural]}, ids[plural]


def _add(plural: str) -> Make:
    def body(microsoft: Microsoft) -> Body:
        new = {
            "Campaigns": microsoft.campaign(Name="New"),
            "AdGroups": microsoft.ad_group(Name="New"),
            "Ads": microsoft.ad(Path1="new"),
            "Keywords": microsoft.keyword(Text="new"),
        }
        return _above(microsoft, plural)[0] | {plural: [new[plural]]}

    return body


def _update(plural: str, **changes: Any) -> Make:
    def body(microsoft: Microsoft) -> Body:
        above, id_ = _above(microsoft, plural)
        return above | {plural: [{"Id": id_, **changes}]}

    return body


def _delete(plural: str, **more: Any) -> Make:
    def body(microsoft: Microsoft) -> Body:
        above, id_ = _above(microsoft, plural)
        return above | {f"{plural.removesuffix('s')}Ids": [id_], **more}

    return body


def _named(element: str, expected: Any, *values: Any) -> tuple[Case, ...]:
    return by_hand(expected, **{element: values})


def _parent(plural: str) -> tuple[Case, ...]:
    return _named(_PARENTS[plural], _CODES[plural][0], ABSENT, None, "1")


def _written(plural: str, verb: str, body: Make, *cases: Case) -> tuple[Row, Row]:
    """Two rows of one operation: what surrounds the items, and what an item holds."""
    _, empty, _, missing = _CODES[plural]
    none = (*_named(plural, empty, ABSENT, None, []), *_named(f"{plural}__0__Id", 201 if verb == "POST" else missing))
    gone = _named(f"{plural}__0__Id", missing, ABSENT, "1") if verb == "PUT" else ()
    outer = _row(f"{verb} {plural}", body, {_PARENTS[plural]: text(), plural: _ITEMS}, *none, *_parent(plural), *gone)
    inner = Row(f"{verb} {_address(plural)}", body, _TABLES[plural], (plural, 0), cases, label="its items")
    return outer, inner


def _listed(path: str, body: Make, *cases: Case) -> Row:
    plural = path.partition("/")[0]
    more = {"Ads": {"AdTypes": array(text())}, "Keywords": {}}.get(plural, {"ReturnAdditionalFields": text()})
    ids = {f"{plural.removesuffix('s')}Ids": _IDS} if path.endswith("ByIds") else {}
    return _row(f"POST {path}", body, {_PARENTS[plural]: text(), **ids, **more}, *_parent(plural), *cases)


def _everything(plural: str, **more: Any) -> Make:
    return lambda microsoft: _above(microsoft, plural)[0] | more


def _budget(plural: str = "Campaigns") -> tuple[Case, ...]:
    """A daily budget as text, in an object, negative, too small, too large."""
    place = f"{plural}__0__DailyBudget"
    unread = by_hand(Rule.TYPE, **{place: ("50.0", {"Amount": 50.0})})
    return (*unread, *by_hand(4912, **{place: (0.04, 0, -50.0)}), *by_hand(4911, **{place: 1000001}))


def _bid(place: str) -> tuple[Case, ...]:
    """A bid as a number, as text, too small, negative, too large."""
    unread = (*by_hand(Rule.TYPE, **{place: 1.5}), *by_hand(Rule.TYPE, **{f"{place}__Amount": "1.50"}))
    return (*unread, *by_hand(1515, **{f"{place}__Amount": (0.01, 0, -1.5)}),
            *by_hand(1516, **{f"{place}__Amount": 1000.01}))  # fmt: skip


_SEARCH = {"CampaignType": "Search"}
_RSA = {"AdTypes": ["ResponsiveSearch"]}
_LONG = links("x" * 31, "b", "c")
_TREE = (
    *_written("Campaigns", "POST", _add("Campaigns"), *_budget(),
              *by_hand(1101, Campaigns__0__Name=(ABSENT, " ", "x" * 129)),
              *by_hand(1121, Campaigns__0__BudgetType=ABSENT), *by_hand(4910, Campaigns__0__DailyBudget=ABSENT)),
    *_written("Campaigns", "PUT", _update("Campaigns", DailyBudget=60.0), *_budget(),
              *by_hand(1101, Campaigns__0__Name=("x" * 129,)), *by_hand(1044, Campaigns__0__GoalIds=(["1"],))),
    _row("DELETE Campaigns", _delete("Campaigns"), {"AccountId": text(), "CampaignIds": _IDS}, *_parent("Campaigns"),
         *_named("CampaignIds", 1118, ABSENT, []), *_named("CampaignIds", 1100, ["1"])),
    _listed("Campaigns/QueryByAccountId", _everything("Campaigns", **_SEARCH),
            *_named("CampaignType", Rule.ENUM, "SEARCH"), *_named("ReturnAdditionalFields", Rule.ENUM, "Colour")),
    _listed("Campaigns/QueryByIds", _delete("Campaigns", **_SEARCH), *_named("CampaignIds", 1118, ABSENT, [])),
    *_written("AdGroups", "POST", _add("AdGroups"), *_bid("AdGroups__0__CpcBid"),
              *by_hand(1202, AdGroups__0__Name=(ABSENT, "x" * 257))),
    *_written("AdGroups", "PUT", _update("AdGroups", CpcBid={"Amount": 2.0}), *_bid("AdGroups__0__CpcBid")),
    _row("DELETE AdGroups", _delete("AdGroups"), {"CampaignId": text(), "AdGroupIds": _IDS}, *_parent("AdGroups"),
         *_named("AdGroupIds", 1218, ABSENT, []), *_named("AdGroupIds", 1201, ["1"])),
    _listed("AdGroups/QueryByCampaignId", _everything("AdGroups"),
            *_named("ReturnAdditionalFields", Rule.ENUM, "Colour")),
    _listed("AdGroups/QueryByIds", _delete("AdGroups"), *_named("AdGroupIds", 1218, ABSENT, [])),
    *_written("Ads", "POST", _add("Ads"), *by_hand(700, Ads__0__Type=ABSENT),
              *by_hand(1302, Ads__0__FinalUrls=(ABSENT, [])), *by_hand(6200, Ads__0__Headlines=ABSENT),
              *by_hand(6201, Ads__0__Descriptions=ABSENT), *by_hand(6208, Ads__0__Headlines=(_LONG,)),
              *by_hand(6217, Ads__0__Path1="x" * 16)),
    *_written("Ads", "PUT", _update("Ads", Type="ResponsiveSearch", Path1="new"),
              *by_hand(6208, Ads__0__Headlines=(_LONG,)), *by_hand(6217, Ads__0__Path1="x" * 16)),
    _row("DELETE Ads", _delete("Ads"), {"AdGroupId": text(), "AdIds": _IDS}, *_parent("Ads"),
         *_named("AdIds", 1351, ABSENT, []), *_named("AdIds", 1308, ["1"])),
    _listed("Ads/QueryByAdGroupId", _everything("Ads", **_RSA),
            *_named("AdTypes", Rule.ENUM, ["RSA"]), *_named("AdTypes", Rule.REQUIRED, ABSENT)),
    _listed("Ads/QueryByIds", _delete("Ads", **_RSA), *_named("AdIds", 1351, ABSENT, [])),
    *_written("Keywords", "POST", _add("Keywords"), *_bid("Keywords__0__Bid"),
              *by_hand(1503, Keywords__0__Text=(ABSENT, "x" * 101)), *by_hand(700, Keywords__0__MatchType=ABSENT)),
    *_written("Keywords", "PUT", _update("Keywords", Bid={"Amount": 2.0}), *_bid("Keywords__0__Bid")),
    _row("DELETE Keywords", _delete("Keywords"), {"AdGroupId": text(), "KeywordIds": _IDS}, *_parent("Keywords"),
         *_named("KeywordIds", 1529, ABSENT, []), *_named("KeywordIds", 1501, ["1"])),
    _listed("Keywords/QueryByAdGroupId", _everything("Keywords")),
    _listed("Keywords/QueryByIds", _delete("Keywords"), *_named("KeywordIds", 1529, ABSENT, [])),
)  # fmt: skip

# criterions

_RADIUS = {"Type": "RadiusCriterion", "LatitudeDegrees": 40.7, "LongitudeDegrees": -74.0, "Radius": "10",
           "RadiusUnit": "Miles"}  # fmt: skip
_HOURS = {"Type": "DayTimeCriterion", "Day": "Monday", "FromHour": 9, "FromMinute": "Zero", "ToHour": 17,
          "ToMinute": "Zero"}  # fmt: skip
_KINDS: Mapping[str, Body] = {
    "LocationCriterion": {"Type": "LocationCriterion", "LocationId": "190"},
    "LocationIntentCriterion": {"Type": "LocationIntentCriterion", "IntentOption": "PeopleIn"},
    "AgeCriterion": {"Type": "AgeCriterion", "AgeRange": "Unknown"},
    "GenderCriterion": {"Type": "GenderCriterion", "GenderType": "Male"},
    "DeviceCriterion": {"Type": "DeviceCriterion", "DeviceName": "Tablets"},
    "DayTimeCriterion": _HOURS,
    "RadiusCriterion": _RADIUS,
}


def _criterions(word: str, verb: str) -> tuple[Row, ...]:
    """A row of what surrounds criterions, one of a criterion, and one for each kind."""
    plural = f"{word}Criterions"
    kind = enum(f"Biddable{word}Criterion", f"Negative{word}Criterion", required=True)
    item = {"Type": kind, f"{word}Id": text(required=True), "Criterion": anything(required=True),
            "CriterionBid": tables.CRITERION_BID}  # fmt: skip
    whole = {"CriterionType": enum(*tables.GROUPS, required=True), plural: array(obj(item))}
    address, make = f"{verb} {_address(plural)}", _criterion(word, verb)
    bids = by_hand(5803, **{f"{plural}__0__CriterionBid__Multiplier": (-91, 901)})
    first = Row(address, make(_KINDS["LocationCriterion"]), whole, by_hand=(*_named(plural, 1420, ABSENT, []), *bids))
    return first, *(
        Row(address, make(one), {"Type": enum(*_KINDS, required=True), **tables.CRITERIA[name]},
            (plural, 0, "Criterion"), label=name)
        for name, one in _KINDS.items()
    )  # fmt: skip


def _criterion(word: str, verb: str) -> Callable[[Body], Make]:
    def of(criterion: Body) -> Make:
        def body(microsoft: Microsoft) -> Body:
            item, id_ = _standing(microsoft, word, criterion, is_there=verb == "PUT")
            return {"CriterionType": "Targets", f"{word}Criterions": [item | ({"Id": id_} if id_ else {})]}

        return body

    return of


def _standing(microsoft: Microsoft, word: str, criterion: Body, *, is_there: bool) -> tuple[Body, str | None]:
    campaign, group, _ = microsoft.tree(live=False)
    item = {
        "Type": f"Biddable{word}Criterion",
        f"{word}Id": campaign if word == "Campaign" else group,
        "Criterion": criterion,
        "CriterionBid": {"Type": "BidMultiplier", "Multiplier": 10},
    }
    if not is_there:
        return item, None
    body = {"CriterionType": "Targets", f"{word}Criterions": [item]}
    return item, microsoft.do("POST", f"{word}Criterions", body)[f"{word}CriterionIds"][0]


def _placed(word: str, group: str) -> Make:
    def body(microsoft: Microsoft) -> Body:
        item, id_ = _standing(microsoft, word, _KINDS["LocationCriterion"], is_there=True)
        return {f"{word}Id": item[f"{word}Id"], "CriterionType": group, f"{word}CriterionIds": [id_]}

    return body


def _criterion_ids(word: str, verb: str, path: str, *cases: Case) -> Row:
    table = {f"{word}Id": text(required=True), "CriterionType": enum("Location", required=True),
             f"{word}CriterionIds": _IDS}  # fmt: skip
    return _row(f"{verb} {word}Criterions{path}", _placed(word, "Location"), table, *cases)


_CRITERIONS = (
    *_criterions("Campaign", "POST"),
    *_criterions("Campaign", "PUT"),
    _criterion_ids("Campaign", "DELETE", "", *_named("CampaignCriterionIds", 1401, ["1"])),
    _criterion_ids("Campaign", "POST", "/QueryByIds", *_named("CampaignId", 1100, "1")),
    *_criterions("AdGroup", "POST"),
    *_criterions("AdGroup", "PUT"),
    _criterion_ids("AdGroup", "DELETE", "", *_named("AdGroupCriterionIds", 1401, ["1"])),
    _criterion_ids("AdGroup", "POST", "/QueryByIds", *_named("AdGroupId", 1201, "1")),
)

# the rest


def _negatives(microsoft: Microsoft) -> Body:
    words = [{"Text": "free", "MatchType": "Phrase"}]
    campaign = microsoft.tree(live=False)[0]
    return {"EntityNegativeKeywords": [_of(campaign, words)]}


def _of(campaign: str, words: list[Body]) -> Body:
    return {"EntityId": campaign, "EntityType": "Campaign", "NegativeKeywords": words}


def _standing_negatives(microsoft: Microsoft) -> Body:
    body = _negatives(microsoft)
    made = microsoft.do("POST", "EntityNegativeKeywords", body)["NegativeKeywordIds"][0]["Ids"]
    return {"EntityNegativeKeywords": [_of(body["EntityNegativeKeywords"][0]["EntityId"], [{"Id": made[0]}])]}


_NEGATIVE_SET = {
    "EntityId": text(required=True),
    "EntityType": enum("Campaign", "AdGroup", required=True),
    "NegativeKeywords": array(tables.NEGATIVE_KEYWORD, required=True),
}
_NEGATIVES = {"EntityNegativeKeywords": array(obj(_NEGATIVE_SET))}


def _media(microsoft: Microsoft) -> Body:
    return {"AccountId": microsoft.account,
            "Media": [{"Type": "Image", "MediaType": "Image1x1", "Data": png(300, 300), "Text": "logo"}]}  # fmt: skip


def _kept_media(microsoft: Microsoft) -> Body:
    made = microsoft.do("POST", "Media", _media(microsoft))["MediaIds"]
    return {"AccountId": microsoft.account, "MediaIds": made}


def _reasons(microsoft: Microsoft) -> Body:
    _, group, ad = microsoft.tree(live=False)
    pairs = [{"EntityId": ad, "ParentId": group}]
    return {"AccountId": microsoft.account, "EntityIdToParentIdAssociations": pairs, "EntityType": "Ad"}


def _accounts(microsoft: Microsoft) -> Body:
    predicate = {"Field": "CustomerId", "Operator": "Equals", "Value": microsoft.line["customer_id"]}
    return {"Predicates": [predicate], "PageInfo": {"Index": 0, "Size": 10}}


_PAIR = {"EntityId": text(required=True), "ParentId": text(required=True)}
_PREDICATE = {"Field": text(required=True), "Operator": enum("Equals", required=True), "Value": text(required=True)}
_PAGE = {"Index": integer(required=True, least=0), "Size": integer(required=True, least=1, most=1000)}


def _campaign_goal(*, kept: bool) -> Make:
    """A campaign with the account's goal; where it is `kept`, the campaign counts it already."""

    def body(microsoft: Microsoft) -> Body:
        campaign = microsoft.tree(live=False)[0]
        (goal,) = microsoft.do("POST", "ConversionGoals/QueryByIds", {})["ConversionGoals"]
        own = {"CampaignConversionGoal": [{"CampaignId": campaign, "GoalId": goal["Id"]}]}
        if kept:
            microsoft.do("POST", "CampaignConversionGoals", own)
        return own

    return body


_OWN_GOALS = {"CampaignConversionGoal": array(obj(tables.CAMPAIGN_GOAL))}
_GONE_GOALS = (*_named("CampaignConversionGoal__0__CampaignId", 1100, ABSENT, "1"),
               *_named("CampaignConversionGoal__0__GoalId", 1044, ABSENT, "1"))  # fmt: skip

_REST = (
    _row("POST EntityNegativeKeywords", _negatives, _NEGATIVES,
         *_named("EntityNegativeKeywords__0__EntityId", 1100, "1"),
         *_named("EntityNegativeKeywords__0__NegativeKeywords__0__Text", 1005, "", "x" * 101)),
    _row("DELETE EntityNegativeKeywords", _standing_negatives, _NEGATIVES,
         *_named("EntityNegativeKeywords__0__NegativeKeywords__0__Id", 1044, "1")),
    _row("POST NegativeKeywords/QueryByEntityIds",
         lambda m: {"EntityIds": [m.tree(live=False)[0]], "EntityType": "Campaign"},
         {"EntityIds": _IDS, "EntityType": enum("Campaign", "AdGroup", required=True), "ParentEntityId": text()},
         *_named("EntityIds", 514, ABSENT, []), *_named("EntityIds", 1100, ["1"])),
    _row("POST Media", _media, {"AccountId": text(), "Media": array(obj(tables.MEDIA))},
         *_named("AccountId", 1102, ABSENT, "1"), *_named("Media", 514, ABSENT, []),
         *_named("Media__0__Data", Rule.FORMAT, "***", base64.b64encode(b"no image").decode(), png(20, 20))),
    _row("DELETE Media", _kept_media, {"AccountId": text(), "MediaIds": _IDS}, *_named("MediaIds", 514, ABSENT, []),
         *_named("MediaIds", 1044, ["1"])),
    _row("POST MediaMetaData/QueryByAccountId", lambda m: {}, {"MediaEnabledEntities": text()}),
    _row("POST EditorialReasons/QueryByIds", _reasons,
         {"EntityIdToParentIdAssociations": array(obj(_PAIR), required=True),
          "EntityType": enum("Ad", "Keyword", required=True)},
         *_named("EntityIdToParentIdAssociations__0__EntityId", 1044, "1")),
    _row("POST ConversionGoals/QueryByIds", lambda m: {}, {"ConversionGoalIds": _IDS, "ConversionGoalTypes": text()},
         *_named("ConversionGoalIds", 1044, ["1"])),
    _row("POST ConversionGoals/QueryByTagIds", lambda m: {}, {"TagIds": _IDS, "ConversionGoalTypes": text()}),
    _row("POST CampaignConversionGoals", _campaign_goal(kept=False), _OWN_GOALS, *_GONE_GOALS,
         *_named("CampaignConversionGoal", 1046, ABSENT, [])),
    _row("DELETE CampaignConversionGoals", _campaign_goal(kept=True), _OWN_GOALS, *_GONE_GOALS,
         *_named("CampaignConversionGoal", 1046, ABSENT, [])),
    _row("POST UetTags/QueryByIds", lambda m: {}, {"TagIds": _IDS}, *_named("TagIds", 1044, ["1"])),
    _row("POST GeoLocationsFileUrl/Query", lambda m: {"Version": "2.0", "LanguageLocale": "en"},
         {"Version": enum("1.0", "2.0", required=True), "LanguageLocale": text(required=True),
          "CompressionType": enum("Zip")}),
    _row("POST GenerateReport/Submit", lambda m: {"ReportRequest": m.report()}, {"ReportRequest": obj(reports.REQUEST)},
         *_named("ReportRequest", 2001, ABSENT, None), *_named("ReportRequest__Type", 2002, "No"),
         *_named("ReportRequest__Columns", 2014, ABSENT, []), *_named("ReportRequest__Scope", 2018, ABSENT, {}),
         *_named("ReportRequest__Time", 2008, ABSENT, {})),
    _row("POST GenerateReport/Poll", lambda m: {"ReportRequestId": m.submit()}, {"ReportRequestId": text()},
         *_named("ReportRequestId", 2100, ABSENT, "1")),
    _customer("User/Query", lambda m: {"UserId": None}, {"UserId": text()}),
    _customer("CurrentUser/Query", lambda m: {"UserId": None}, {"UserId": text()}),
    _customer("Accounts/Search", _accounts,
              {"Predicates": array(obj(_PREDICATE), required=True, least=1, most=10),
               "PageInfo": obj(_PAGE, required=True)},
              *_named("Predicates__0__Field", Rule.ENUM, "Colour")),
    _customer("Account/Query", lambda m: {"AccountId": m.account}, {"AccountId": text()},
              *_named("AccountId", 106, ABSENT, "1")),
    _customer("AccountsInfo/Query", lambda m: {"CustomerId": m.line["customer_id"]}, {"CustomerId": text()}),
    _customer("Customer/Query", lambda m: {"CustomerId": m.line["customer_id"]}, {"CustomerId": text()},
              *_named("CustomerId", 106, ABSENT, "1")),
)  # fmt: skip
ROWS = (*_TREE, *_CRITERIONS, *_REST)
