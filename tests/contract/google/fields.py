"""Witness: walks the official v26 descriptors for fields, queries, tables, enum words and error codes.

Reads an object of lists on standard input, and prints what of it does not exist in v26.
"""

import json
import re
import sys
from functools import cache
from importlib import import_module

from google.ads.googleads.v26.errors.types.errors import ErrorCode
from google.ads.googleads.v26.services.types.google_ads_service import GoogleAdsRow

#: Views name no resource that they belong to: what may be selected beside them is documented with the fields
#: (developers.google.com/google-ads/api/fields/latest, "Attributed resources" and "Segmenting resources").
BESIDE = {
    "age_range_view": {"ad_group", "ad_group_criterion", "campaign"},
    "gender_view": {"ad_group", "ad_group_criterion", "campaign"},
    "user_location_view": {"ad_group", "campaign"},
    "geographic_view": {"ad_group", "campaign"},
}
#: Single messages that are selected whole, as the repeated ones of an ad are (the same pages, "ad_group_ad": of type
#: MESSAGE and selectable; public queries select it so).
WHOLE = {"ad_group_ad.ad.responsive_display_ad.long_headline"}
STRING = 9
ALWAYS = {"customer", "metrics", "segments"}


def row():
    return GoogleAdsRow.pb(GoogleAdsRow()).DESCRIPTOR


def step(message, name):
    """The field of a message by its GAQL name; proto-plus writes `type` as `type_`."""
    return message.fields_by_name.get(name) or message.fields_by_name.get(f"{name}_")


def leaf(path, message=None):
    """The field at a dotted path, or None where it does not exist."""
    message, field = message or row(), None
    for part in path.split("."):
        field = step(message, part) if message is not None else None
        if field is None:
            return None
        message = field.message_type
    return field


@cache
def beside(resource):
    """The resources that may be selected from one: itself, and those that its fields of names are called by."""
    known = {field.name for field in row().fields}
    found, left = set(BESIDE.get(resource, ())) | {resource}, [resource]
    while left:
        for field in leaf(left.pop()).message_type.fields:
            if field.type == STRING and field.name in known - found:
                found.add(field.name)
                left.append(field.name)
    return found | ALWAYS


def query_faults(query):
    """What a GAQL query names and v26 has not, or not beside that resource."""
    words = re.match(r"\s*SELECT\s+(?P<select>.+?)\s+FROM\s+(?P<resource>\w+)(?P<rest>.*)", query, re.DOTALL)
    resource = words["resource"]
    if leaf(resource) is None:
        return [f"no resource {resource}: {query}"]
    selected = re.split(r"\s*,\s*", words["select"].strip())
    named = selected + re.findall(r"\b[a-z_]+(?:\.[a-z0-9_]+)+", re.sub(r"'[^']*'", "", words["rest"]))
    faults = []
    for path in named:
        field = leaf(path)
        if field is None:
            faults.append(f"no field {path}: {query}")
        elif path.split(".")[0] not in beside(resource):
            faults.append(f"{path} does not go with {resource}: {query}")
        elif path in selected and field.message_type is not None and not field.is_repeated and path not in WHOLE:
            faults.append(f"{path} is a message and cannot be selected whole: {query}")
    return faults


def enum_faults(path, words):
    """Words that are no constants of the enum of a field of GoogleAdsRow."""
    field = leaf(path)
    if field is None or field.enum_type is None:
        return [f"{path} is no enum"]
    known = {value.name for value in field.enum_type.values}
    return [f"{word} is no constant of {path}" for word in words if word not in known]


def code_faults(name):
    """`campaignError` or `campaignError.DUPLICATE_CAMPAIGN_NAME` that ErrorCode has not."""
    family, _, code = name.partition(".")
    snake = re.sub("([A-Z])", lambda found: "_" + found[1].lower(), family)
    field = ErrorCode.pb(ErrorCode()).DESCRIPTOR.fields_by_name.get(snake)
    if field is None:
        return [f"no family of errors {family}"]
    known = {value.name for value in field.enum_type.values}
    return [] if not code or code in known else [f"no error {name}"]


def table_faults(name, table):
    """Where a table of `{field: {"kind", "values", "children"}}` differs from a message, in either direction."""
    package, _, short = name.rpartition(".")
    kind = getattr(import_module(f"google.ads.googleads.v26.{package}"), short)
    return _table(kind.pb(kind()).DESCRIPTOR, table, where=short, is_whole=True)


def _table(message, table, *, where, is_whole):
    known = {field.json_name: field for field in message.fields}
    faults = [f"{where} has no field {name}" for name in table if name not in known]
    if is_whole:
        faults += [f"{where}.{name} is missing from the table" for name in known if name not in table]
    for name in set(table) & set(known):
        faults += _field(known[name], table[name], where=f"{where}.{name}")
    return faults


KINDS = {
    "string": {"string"},
    "int64": {"int64"},
    "integer": {"int32"},
    "number": {"double", "float"},
    "boolean": {"bool"},
    "enum": {"enum"},
    "object": {"message"},
}


def _field(field, given, *, where):
    if given["kind"] in ("any", "output", "not imitated"):
        return []
    if (given["kind"] == "array") != bool(field.is_repeated):
        return [f"{where} is {'a list' if field.is_repeated else 'no list'}"]
    if given["kind"] == "array":
        given = given["item"]
    actual = _type(field)
    if given["kind"] == "string" and actual == "bytes":
        return []
    if actual not in KINDS.get(given["kind"], {actual}):
        return [f"{where} is {actual}, not {given['kind']}"]
    faults = []
    if given.get("values") and field.enum_type is not None:
        known = {value.name for value in field.enum_type.values}
        faults = [f"{where} has no constant {word}" for word in given["values"] if word not in known]
    if given.get("children") and field.message_type is not None:
        faults += _table(field.message_type, given["children"], where=where, is_whole=False)
    return faults


def _type(field):
    names = {1: "double", 2: "float", 3: "int64", 5: "int32", 8: "bool", 9: "string", 11: "message", 12: "bytes"}
    return names.get(field.type, "enum" if field.enum_type is not None else str(field.type))


def main():
    """Faults of all that was given, by kind."""
    given = json.load(sys.stdin)
    faults = [fault for query in given.get("queries", ()) for fault in query_faults(query)]
    faults += [f"no field {path}" for path in given.get("fields", ()) if leaf(path) is None]
    faults += [fault for path, words in given.get("enums", {}).items() for fault in enum_faults(path, words)]
    faults += [fault for name in given.get("codes", ()) for fault in code_faults(name)]
    faults += [fault for name, table in given.get("tables", {}).items() for fault in table_faults(name, table)]
    if (version := given.get("version")) and f".{version}." not in row().full_name:
        faults.append(f"this witness speaks for another version than {version}: {row().full_name}")
    sys.stdout.write(json.dumps(faults))


main()
