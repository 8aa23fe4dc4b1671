"""The mutate endpoints: operations in order, all or nothing (or each for itself), dry runs, temporary ids."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from adsandbox.google import absent, errors, tables, wire
from adsandbox.google.errors import GoogleError, Path, Refused, refuse
from adsandbox.google.names import Names
from adsandbox.google.resources import ad, ad_group, asset, budget, campaign, criteria, goals
from adsandbox.google.resources.base import Context, Resource
from adsandbox.platform import Answer
from adsandbox.schema import Field, Refusal, Rule, array, boolean, enum, obj, text
from adsandbox.store import Entity

RESOURCES: tuple[Resource, ...] = (
    budget.CampaignBudget(),
    campaign.Campaign(),
    criteria.CampaignCriterion(),
    ad_group.AdGroup(),
    criteria.AdGroupCriterion(),
    ad.AdGroupAd(),
    ad.Ad(),
    asset.Asset(),
    goals.CustomConversionGoal(),
    goals.ConversionGoalCampaignConfig(),
    goals.CampaignConversionGoal(),
)
MOST_OPERATIONS = 10_000
_UNDECLARED = "missingEuPoliticalAdvertisingDeclaration"
_DECLARATION = "containsEuPoliticalAdvertising"
_POLICY = obj({"ignorablePolicyTopics": array(text()), "exemptPolicyViolationKeys": array(obj({}))})


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a request: which kind of object, what to do with it, and where it stands in the
    request."""

    resource: Resource
    body: dict[str, Any]
    path: Path
    refusals: tuple[GoogleError, ...]


@dataclass(slots=True)
class Outcome:
    """What came of a request. `made` holds one entity per operation, None where it was refused."""

    operations: list[Operation]
    made: list[Entity | None]
    errors: list[GoogleError]


def _operation_table(resource: Resource) -> dict[str, Field]:
    verbs = {
        "create": obj(resource.table),
        "update": obj(tables.without_required(resource.table)),
        "remove": text(),
    }
    table = {"updateMask": text(), **{verb: verbs[verb] for verb in resource.verbs}}
    if resource.word in ("adGroupAd", "ad"):
        table["policyValidationParameter"] = _POLICY
    return table


_ENVELOPE: dict[str, Field] = {
    "customerId": text(),
    "partialFailure": boolean(),
    "validateOnly": boolean(),
    "responseContentType": enum("RESOURCE_NAME_ONLY", "MUTABLE_RESOURCE"),
}
ALL_TABLE: Mapping[str, Field] = {
    **_ENVELOPE,
    "mutateOperations": array(
        obj({**absent.operations(), **{f"{r.word}Operation": obj(_operation_table(r)) for r in RESOURCES}})
    ),
}
ONE_TABLES: Mapping[str, Mapping[str, Field]] = {
    r.collection: {**_ENVELOPE, "operations": array(obj(_operation_table(r)))} for r in RESOURCES
}


def all_operations(message: Mapping[str, Any], refusals: list[Refusal]) -> list[Operation]:
    """The operations of `googleAds:mutate`."""
    found = []
    for index, given in enumerate(message.get("mutateOperations", [])):
        here = _missing(refusals, ("mutateOperations", index))
        known = [r for r in RESOURCES if f"{r.word}Operation" in given]
        if len(known) != 1:
            raise refuse("requestError", "OPERATION_REQUIRED", "An operation is required.", "mutate_operations", index)
        word = f"{known[0].word}Operation"
        path: Path = ("mutate_operations", index, wire.snake(word))
        found.append(Operation(known[0], given[word], path, here))
    return _counted(found, "mutate_operations")


def one_kind(collection: str, message: Mapping[str, Any], refusals: list[Refusal]) -> list[Operation]:
    """The operations of `campaigns:mutate` and its siblings."""
    resource = next(r for r in RESOURCES if r.collection == collection)
    found = [
        Operation(resource, given, ("operations", index), _missing(refusals, ("operations", index)))
        for index, given in enumerate(message.get("operations", []))
    ]
    return _counted(found, "operations")


def run(context: Context, operations: list[Operation], *, partial: bool, dry: bool, tainted: bool) -> Outcome:
    """Carry the operations out. With `partial` each stands for itself, else one refusal undoes them all.

    `dry` undoes everything in any case. `tainted` is the fault "partial": the last operation fails.
    """
    made: list[Entity | None] = []
    found: list[GoogleError] = []
    with context.world.store.savepoint() as whole:
        for at, operation in enumerate(operations):
            fails = tainted and partial and at == len(operations) - 1
            entity, refused = _one(context, operation, fails=fails)
            made.append(entity)
            found += refused
        if dry or (found and not partial):
            whole.rollback()
    return Outcome(operations, made, found)


def _one(context: Context, operation: Operation, *, fails: bool) -> tuple[Entity | None, Iterable[GoogleError]]:
    try:
        with context.world.store.savepoint():
            if fails:
                raise refuse("internalError", "TRANSIENT_ERROR", "A transient error. Retry the request.")
            return _carry_out(context, operation), ()
    except Refused as refused:
        return None, [error.below(operation.path) for error in refused.errors]


def _carry_out(context: Context, operation: Operation) -> Entity:
    body = operation.body
    verbs = [verb for verb in ("create", "update", "remove") if verb in body]
    if len(verbs) != 1:
        raise refuse("requestError", "OPERATION_REQUIRED", "One of create, update, remove is required.")
    if _blocked(context, operation):
        raise refuse(
            "mutateError", "EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED",
            "A campaign of this account lacks its declaration about political advertising in the EU.",
        )  # fmt: skip
    topics = body.get("policyValidationParameter", {}).get("ignorablePolicyTopics", [])
    inner = replace(context, ignorable=frozenset(topics))
    try:
        return _VERBS[verbs[0]](inner, operation)
    except Refused as refused:
        raise Refused(*(error.below((verbs[0],)) for error in refused.errors)) from None


def _create(context: Context, operation: Operation) -> Entity:
    body = dict(operation.body["create"])
    temporary = context.names.begin(body.pop("resourceName", None), operation.resource.collection)
    try:
        if operation.refusals:
            raise Refused(*operation.refusals)
        entity = operation.resource.create(context, _settable(operation.resource, body))
    except Refused:
        if temporary:
            context.names.failed.add(temporary)
        raise
    if temporary:
        context.names.made[temporary] = entity
    return entity


def _update(context: Context, operation: Operation) -> Entity:
    body, resource = operation.body["update"], operation.resource
    if not body.get("resourceName"):
        raise refuse("requestError", "RESOURCE_NAME_MISSING", "The resource name is missing.", "resource_name")
    entity = resource.find(context, body["resourceName"])
    if not operation.body.get("updateMask"):
        raise refuse("fieldMaskError", "FIELD_MASK_MISSING", "The field mask is missing.", "update_mask")
    current = resource.shown(entity)
    changes: dict[str, Any] = {}
    for text_ in operation.body["updateMask"].split(","):
        path = [wire.camel(part) for part in text_.strip().split(".")]
        _maskable(resource, path, spelled=text_.strip())
        top = path[0]
        before = changes.get(top, copy.deepcopy(current.get(top)))
        changes[top] = _merged(before, body, path)
    resource.update(context, entity, changes)
    return entity


def _remove(context: Context, operation: Operation) -> Entity:
    """The object, removed. `remove` is the name itself, so nothing stands below it."""
    try:
        entity = operation.resource.find(context, operation.body["remove"])
    except Refused as refused:
        raise Refused(*(replace(error, path=()) for error in refused.errors)) from None
    operation.resource.remove(context, entity)
    return entity


_VERBS = {"create": _create, "update": _update, "remove": _remove}


def _merged(before: Any, body: Mapping[str, Any], path: list[str]) -> Any:
    """The new value of the top-level field when one masked path is taken over from the request."""
    if len(path) == 1:
        return body.get(path[0])
    top, *rest = path
    whole: dict[str, Any] | None = before if isinstance(before, dict) else ({} if top in body else None)
    if whole is None:
        return None
    given: Any = body.get(top, {})
    target = whole
    for part in rest[:-1]:
        given = given.get(part, {})
        target = target.setdefault(part, {})
    if rest[-1] in given:
        target[rest[-1]] = given[rest[-1]]
    else:
        target.pop(rest[-1], None)
    return whole


def _maskable(resource: Resource, path: list[str], *, spelled: str) -> None:
    table: Mapping[str, Field] | None = resource.table
    field: Field | None = None
    for part in path:
        field = table.get(part) if table else None
        if field is None:
            raise refuse("fieldMaskError", "FIELD_NOT_FOUND", f"No field {spelled}.", "update_mask", trigger=spelled)
        table = field.children
    if path[0] in resource.immutable or path[0] == "resourceName" or (field and field.kind == "output"):
        raise refuse(
            "fieldError",
            "IMMUTABLE_FIELD",
            "The field cannot be changed.",
            wire.snake(path[0]),
            trigger=spelled,
        )
    if field and field.children:
        raise refuse(
            "fieldMaskError", "FIELD_HAS_SUBFIELDS", f"List the subfields of {spelled}.", "update_mask",
            trigger=spelled,
        )  # fmt: skip


_ONEOFS = {
    "campaign_bidding_strategy": frozenset(tables.SCHEMES),
    "ad_data": frozenset({"responsiveSearchAd", "responsiveDisplayAd", *tables.OTHER_ADS}),
    "criterion": frozenset(tables.CAMPAIGN_CRITERIA) | frozenset(tables.AD_GROUP_CRITERIA),
}


def one_of_each(operations: list[Operation], *, request_id: str) -> None:
    """A message that sets two members of a oneof does not parse; raises `Answer`."""
    for operation in operations:
        for verb in ("create", "update"):
            body = operation.body.get(verb, {})
            _one_of_each(body, operation.resource.table, (*operation.path, verb), request_id=request_id)
            if isinstance(body.get("ad"), dict):
                _one_of_each(body["ad"], tables.AD, (*operation.path, verb, "ad"), request_id=request_id)


def _one_of_each(body: Mapping[str, Any], table: Mapping[str, Field], path: Path, *, request_id: str) -> None:
    for name, members in _ONEOFS.items():
        chosen = [field for field in body if field in members and field in table]
        if len(chosen) > 1:
            where = wire.dotted(path)
            text_ = f"oneof field '{name}' is already set. Cannot set '{chosen[1]}'"
            told = f"Invalid value at '{where}' (oneof), {text_}"
            raise Answer(errors.malformed(where, told, request_id=request_id))


def _settable(resource: Resource, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body without what only the platform sets."""
    return {name: copy.deepcopy(value) for name, value in body.items() if resource.table[name].kind != "output"}


def _missing(refusals: list[Refusal], prefix: tuple[str | int, ...]) -> tuple[GoogleError, ...]:
    """The refusals of one operation's create, as errors below its verb.

    Updates are held to their mask instead.
    """
    found = []
    for refusal in refusals:
        tail = refusal.path[len(prefix) :]
        if refusal.path[: len(prefix)] != prefix or refusal.rule is not Rule.REQUIRED or "create" not in tail:
            continue
        below = tail[tail.index("create") + 1 :]
        path = tuple(wire.snake(part) if isinstance(part, str) else part for part in below)
        found.append(GoogleError("fieldError", "REQUIRED", "The required field was not present.", path))
    return tuple(found)


def _blocked(context: Context, operation: Operation) -> bool:
    """One undeclared campaign blocks every write of the account but its own declaration (since
    2026-04-01)."""
    campaigns = (context.get("campaign", id_) for id_ in context.account.fields.get("undeclared", ()))
    if not any(c and c.deleted_at is None and _UNDECLARED in c.fields and c.fields[_UNDECLARED] for c in campaigns):
        return False
    masked = operation.body.get("updateMask", "")
    return not (operation.resource.word == "campaign" and wire.camel(masked) == _DECLARATION)


def _counted(operations: list[Operation], field: str) -> list[Operation]:
    if not operations:
        raise refuse("fieldError", "REQUIRED", "The required field was not present.", field)
    if len(operations) > MOST_OPERATIONS:
        raise refuse("requestError", "TOO_MANY_MUTATE_OPERATIONS", f"At most {MOST_OPERATIONS} operations.", field)
    return operations


def answer(outcome: Outcome, *, all_kinds: bool, dry: bool, whole: bool, request_id: str) -> dict[str, Any]:
    """The JSON of a request that was not refused as a whole."""
    results = [] if dry else [
        _result(op, entity, whole=whole) for op, entity in zip(outcome.operations, outcome.made, strict=True)
    ]  # fmt: skip
    body: dict[str, Any] = {}
    if results and all_kinds:
        body["mutateOperationResponses"] = [
            {f"{op.resource.word}Result": result} if result else {}
            for op, result in zip(outcome.operations, results, strict=True)
        ]
    elif results:
        body["results"] = results
    if outcome.errors:
        body["partialFailureError"] = errors.partial(outcome.errors, request_id=request_id)
    return body


def _result(operation: Operation, entity: Entity | None, *, whole: bool) -> dict[str, Any]:
    if entity is None:
        return {}
    shown = operation.resource.shown(entity)
    result: dict[str, Any] = {"resourceName": shown["resourceName"]}
    if whole and "remove" not in operation.body:
        result[operation.resource.word] = shown
    return result


def names(account_id: str) -> Names:
    """The names of a new request."""
    return Names(account_id)
