"""CampaignCriterion and AdGroupCriterion: places, languages, hours, devices; keywords, ages, genders,
interests."""

import re
from collections.abc import Mapping
from typing import Any

from adsandbox.google import constants, money, tables, texts
from adsandbox.google.errors import Refused, refuse
from adsandbox.google.resources import base
from adsandbox.google.resources.base import Context, Resource
from adsandbox.google.wire import snake
from adsandbox.store import Entity

_ILLEGAL = re.compile(r"[!@%^*(){};~`<>?\\|=,]")
_PER_DAY = 6
_MINUTE = {"ZERO": 0, "FIFTEEN": 15, "THIRTY": 30, "FORTY_FIVE": 45}
_EARTH = {"latitudeInMicroDegrees": 90_000_000, "longitudeInMicroDegrees": 180_000_000}


class CampaignCriterion(Resource):
    """What a campaign is limited to, or keeps away from."""

    type = "campaign_criterion"
    collection = "campaignCriteria"
    word = "campaignCriterion"
    table = tables.CAMPAIGN_CRITERION
    immutable = frozenset({"campaign", "negative", *tables.CAMPAIGN_CRITERIA})

    def create(self, context: Context, body: dict[str, Any]) -> Entity:
        """Add one criterion."""
        made = {"negative": False, **body, "status": "ENABLED"}
        campaign = context.refer(body["campaign"], collection="campaigns", type_="campaign", field="campaign")
        kind = _kind(made, tables.CAMPAIGN_CRITERIA, "campaignCriterionError")
        others = context.below(campaign, self.type)
        _CHECKS[kind](made, others)
        _bid_modifier(made, kind)
        _negative(made, kind)
        id_ = f"{campaign.id}~{_criterion_id(context, kind, made[kind])}"
        _not_there_yet(context, self.type, id_, made)
        made |= {"campaign": campaign.fields["resourceName"], "type": _type(kind)}
        return _keep(self, context, id_, made, parent=campaign)

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """The bid modifier alone: an ad schedule, like every criterion, is replaced and not edited."""
        if entity.fields["negative"]:
            raise refuse(
                "campaignCriterionError", "CANNOT_UPDATE_NEGATIVE_CRITERION",
                "Negative criteria cannot be updated.", "resource_name",
            )  # fmt: skip
        after = {k: v for k, v in {**entity.fields, **changes}.items() if v is not None}
        _bid_modifier(after, next(k for k in tables.CAMPAIGN_CRITERIA if k in after))
        base.put(context.world, entity, changes)

    def remove(self, context: Context, entity: Entity) -> None:
        """Removed for good; the same criterion may be added again."""
        base.strike(context.world, entity)


class AdGroupCriterion(Resource):
    """What an ad group is limited to, bids on, or keeps away from."""

    type = "ad_group_criterion"
    collection = "adGroupCriteria"
    word = "adGroupCriterion"
    table = tables.AD_GROUP_CRITERION
    immutable = frozenset({"adGroup", "negative", *tables.AD_GROUP_CRITERIA})

    def create(self, context: Context, body: dict[str, Any]) -> Entity:
        """Status is ENABLED unless it says otherwise."""
        made = {"negative": False, "status": "ENABLED", **body}
        base.status(made, creating=True)
        group = context.refer(body["adGroup"], collection="adGroups", type_="ad_group", field="ad_group")
        kind = _kind(made, tables.AD_GROUP_CRITERIA, "adGroupCriterionError")
        _CHECKS[kind](made, context.below(group, self.type))
        self._common(context, made)
        id_ = f"{group.id}~{_criterion_id(context, kind, made[kind])}"
        _not_there_yet(context, self.type, id_, made)
        made |= {"adGroup": group.fields["resourceName"], "type": _type(kind)}
        return _keep(self, context, id_, made, parent=group)

    def update(self, context: Context, entity: Entity, changes: dict[str, Any]) -> None:
        """Status, bid and addresses."""
        base.status(changes, creating=False)
        if entity.fields["negative"]:
            raise refuse(
                "adGroupCriterionError", "CANT_UPDATE_NEGATIVE", "Negative criteria cannot be updated.",
                "resource_name",
            )  # fmt: skip
        self._common(context, {k: v for k, v in {**entity.fields, **changes}.items() if v is not None})
        base.put(context.world, entity, changes)

    def remove(self, context: Context, entity: Entity) -> None:
        """Removed for good; the same criterion may be added again."""
        base.strike(context.world, entity)

    def _common(self, context: Context, body: Mapping[str, Any]) -> None:
        money.check_bid(body.get("cpcBidMicros"), currency=context.account.currency, path=("cpc_bid_micros",))
        if body["negative"] and ("cpcBidMicros" in body or "bidModifier" in body):
            raise refuse(
                "criterionError", "FIELD_INCOMPATIBLE_WITH_NEGATIVE_TARGETING",
                "A negative criterion has no bid.", "negative",
            )  # fmt: skip
        for index, url in enumerate(body.get("finalUrls", [])):
            texts.check_final_url(url, "final_urls", index)


def _keep(resource: Resource, context: Context, id_: str, made: dict[str, Any], *, parent: Entity) -> Entity:
    """Store it; a criterion that was removed before comes back under its old id."""
    made["criterionId"] = id_.rpartition("~")[2]
    old = context.get(resource.type, id_)
    if old is None:
        return resource.add(context, id_, made, parent=parent)
    context.world.store.revive(old)
    gone = {name: None for name in old.fields if name not in made and name != "resourceName"}
    base.put(context.world, old, {**gone, **made})
    return old


def _kind(body: Mapping[str, Any], kinds: Mapping[str, Any], family: str) -> str:
    chosen = [name for name in kinds if name in body]
    if not chosen:
        raise refuse(family, "CONCRETE_TYPE_REQUIRED", "No criterion is given.", "criterion")
    return chosen[0]


def _type(kind: str) -> str:
    return snake(kind).upper()


def _not_there_yet(context: Context, type_: str, id_: str, made: Mapping[str, Any]) -> None:
    old = context.get(type_, id_)
    if old is None or old.deleted_at is not None:
        return
    if old.fields["negative"] != made["negative"]:
        family = "campaignCriterionError" if type_ == "campaign_criterion" else "adGroupCriterionError"
        raise refuse(family, "CANNOT_TARGET_AND_EXCLUDE", "It is targeted and excluded.", "negative")
    if type_ == "campaign_criterion":
        raise refuse("campaignCriterionError", "CANNOT_ADD_EXISTING_FIELD", "It is there already.")
    raise refuse("mutateError", "RESOURCE_ALREADY_EXISTS", "It is there already.")


def _criterion_id(context: Context, kind: str, info: Mapping[str, Any]) -> str:
    """Constants keep their id; a keyword's id is the same wherever text and match type are."""
    if kind in ("location", "language"):
        return str(next(iter(info.values()))).rpartition("/")[2]
    if kind in ("userInterest", "userList"):
        return str(next(iter(info.values()))).rpartition("/")[2]
    fixed = {"device": tables.DEVICES, "ageRange": tables.AGES, "gender": tables.GENDERS}.get(kind)
    if fixed is not None:
        return fixed[info["type"]]
    if kind == "keyword":
        return _keyword_id(context, info)
    if kind == "adSchedule":
        day = tables.DAYS.index(info["dayOfWeek"]) + 1
        begin, end = (f"{info[f'{w}Hour']:02}{_MINUTE[info[f'{w}Minute']]:02}" for w in ("start", "end"))
        return f"3{day}{begin}{end}"
    return context.new_id(kind, digits=12)


def _keyword_id(context: Context, info: Mapping[str, Any]) -> str:
    text, match = info["text"].lower(), info["matchType"]
    for other in context.world.store.all(base.PLATFORM, type_="ad_group_criterion", deleted=True):
        known = other.fields.get("keyword")
        if known and known["text"].lower() == text and known["matchType"] == match:
            return other.id.rpartition("~")[2]
    return context.new_id("keyword", digits=12)


# what each kind may be


def _location(body: dict[str, Any], others: list[Entity]) -> None:
    _constant(body["location"]["geoTargetConstant"], "geoTargetConstants", "location", "geo_target_constant")


def _language(body: dict[str, Any], others: list[Entity]) -> None:
    _constant(body["language"]["languageConstant"], "languageConstants", "language", "language_constant")


def _constant(text: str, collection: str, kind: str, field: str) -> None:
    found = re.fullmatch(rf"{collection}/(\d+)", text)
    if found is None:
        raise refuse("requestError", "RESOURCE_NAME_MALFORMED", f"{text!r} is malformed.", kind, field, trigger=text)
    known = constants.is_place(found[1]) if kind == "location" else found[1] in constants.LANGUAGES
    if not known:
        raise refuse("criterionError", "INVALID_CRITERION_ID", f"{text} does not exist.", kind, field, trigger=text)


def _device(body: dict[str, Any], others: list[Entity]) -> None:
    if body["device"]["type"] == "OTHER":
        raise refuse("criterionError", "CANNOT_ADD_CRITERIA_TYPE", "OTHER cannot be added.", "device", "type")


def _schedule(body: dict[str, Any], others: list[Entity]) -> None:
    info = body["adSchedule"]
    begin, end = _interval(info)
    same_day = [
        o.fields["adSchedule"] for o in others if o.fields.get("adSchedule", {}).get("dayOfWeek") == info["dayOfWeek"]
    ]
    if len(same_day) >= _PER_DAY:
        raise _bad_schedule("AD_SCHEDULE_EXCEEDED_INTERVALS_PER_DAY_LIMIT", f"At most {_PER_DAY} a day.")
    for other in same_day:
        other_begin, other_end = _interval(other)
        if begin < other_end and other_begin < end and (begin, end) != (other_begin, other_end):
            raise _bad_schedule("AD_SCHEDULE_TIME_INTERVALS_OVERLAP", "Intervals overlap.")


def _interval(info: Mapping[str, Any]) -> tuple[int, int]:
    begin = info["startHour"] * 60 + _MINUTE[info["startMinute"]]
    end = info["endHour"] * 60 + _MINUTE[info["endMinute"]]
    if not (0 <= info["startHour"] <= 23 and 0 <= info["endHour"] <= 24 and end <= 24 * 60):
        raise _bad_schedule("AD_SCHEDULE_INVALID_TIME_INTERVAL", "Hours are 0-23, and 0-24 at the end.")
    if begin >= end:
        raise _bad_schedule("AD_SCHEDULE_INTERVAL_CANNOT_SPAN_MULTIPLE_DAYS", "The end is not after the start.")
    return begin, end


def _bad_schedule(code: str, message: str) -> Refused:
    return refuse("criterionError", code, message, "ad_schedule")


def _proximity(body: dict[str, Any], others: list[Entity]) -> None:
    info = body["proximity"]
    if "geoPoint" not in info and "address" not in info:
        raise refuse("criterionError", "PROXIMITY_GEOPOINT_AND_ADDRESS_BOTH_CANNOT_BE_NULL", "No place.", "proximity")
    for field, most in _EARTH.items():
        if abs(info.get("geoPoint", {}).get(field, 0)) > most:
            code = "INVALID_LATITUDE" if field.startswith("lat") else "INVALID_LONGITUDE"
            raise refuse("criterionError", code, "Not on earth.", "proximity", "geo_point")
    most_radius = 500 if info.setdefault("radiusUnits", "KILOMETERS") == "MILES" else 800
    if not 0 < info["radius"] <= most_radius:
        raise refuse("criterionError", "INVALID_PROXIMITY_RADIUS", f"0 to {most_radius}.", "proximity", "radius")


def _keyword(body: dict[str, Any], others: list[Entity]) -> None:
    text, path = body["keyword"]["text"], ("keyword", "text")
    if "campaign" in body and not body["negative"]:
        raise refuse(
            "criterionError", "CANNOT_ADD_CRITERIA_TYPE",
            "Keywords of a campaign are negative.", "negative",
        )  # fmt: skip
    if not text.strip():
        raise refuse("criterionError", "INVALID_KEYWORD_TEXT", "The keyword is empty.", *path)
    if texts.width(text) > 80:
        raise refuse("criterionError", "KEYWORD_TEXT_TOO_LONG", "At most 80.", *path, trigger=text)
    if len(text.split()) > 10:
        raise refuse("criterionError", "KEYWORD_HAS_TOO_MANY_WORDS", "At most 10 words.", *path, trigger=text)
    if _ILLEGAL.search(text):
        raise refuse("criterionError", "KEYWORD_HAS_INVALID_CHARS", "Invalid characters.", *path, trigger=text)


def _interest(body: dict[str, Any], others: list[Entity]) -> None:
    text = body["userInterest"]["userInterestCategory"]
    if not re.fullmatch(r"customers/\d+/userInterests/\d+", text):
        raise refuse("criterionError", "INVALID_USER_INTEREST", f"{text!r} is none.", "user_interest", trigger=text)


def _list(body: dict[str, Any], others: list[Entity]) -> None:
    """Audiences are taken on trust, as interests are: what an account holds, only Google knows."""
    text = body["userList"]["userList"]
    if not re.fullmatch(r"customers/\d+/userLists/\d+", text):
        raise refuse("criterionError", "INVALID_USER_LIST", f"{text!r} is none.", "user_list", trigger=text)


def _free(body: dict[str, Any], others: list[Entity]) -> None:
    """Ages and genders: the table says it all."""


_CHECKS = {
    "location": _location,
    "language": _language,
    "adSchedule": _schedule,
    "device": _device,
    "proximity": _proximity,
    "keyword": _keyword,
    "ageRange": _free,
    "gender": _free,
    "userInterest": _interest,
    "userList": _list,
}


def _bid_modifier(body: Mapping[str, Any], kind: str) -> None:
    """0.1 to 10; 0 takes a device out."""
    modifier = body.get("bidModifier")
    if modifier is None:
        return
    if kind in ("language", "keyword"):
        raise refuse("criterionError", "CANNOT_BID_MODIFY_CRITERION_TYPE", "It has no modifier.", "bid_modifier")
    if body["negative"]:
        raise refuse("criterionError", "CANNOT_BID_MODIFY_NEGATIVE_CRITERION", "It is negative.", "bid_modifier")
    if modifier == 0 and kind == "device":
        return
    if not 0.1 <= modifier <= 10:
        raise refuse("rangeError", "TOO_LOW" if modifier < 0.1 else "TOO_HIGH", "0.1 to 10.", "bid_modifier")


def _negative(body: Mapping[str, Any], kind: str) -> None:
    if body["negative"] and kind in ("language", "device", "adSchedule"):
        raise refuse("campaignCriterionError", "CANNOT_EXCLUDE_CRITERIA_TYPE", "It cannot be excluded.", "negative")
