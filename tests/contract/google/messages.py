"""Witness: parses JSON into the official v26 messages, strictly. Reads `{"messages": [[name, body], …]}`.

A name is a message below `google.ads.googleads.v26` (`services.types.ad_service.MutateAdsRequest`); `error` stands for
a whole REST error, whose `details` are parsed by their `@type`. Unknown fields and enum constants, wrong types and two
members of a oneof do not parse.
"""

import json
import sys
from importlib import import_module

from google.protobuf import json_format
from google.rpc import status_pb2

#: Modules whose messages stand behind `@type`: they must be known before an answer is parsed.
BEHIND_ANY = ("google.ads.googleads.v26.errors.types.errors", "google.rpc.error_details_pb2")
FAILURE = "google.ads.googleads.v26.errors.GoogleAdsFailure"
#: What REST adds to google.rpc.Status: the name of its code.
STATUS_NAMES = frozenset(
    {
        "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
        "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    }
)  # fmt: skip


def message_class(name):
    """The class of `services.types.ad_service.MutateAdsRequest`."""
    package, _, short = name.rpartition(".")
    root = import_module(f"google.ads.googleads.v26.{package}")
    return getattr(root, short)


def parse(name, body):
    """Raises where the body is not this message."""
    kind = message_class(name)
    json_format.ParseDict(body, kind.pb(kind()), ignore_unknown_fields=False)


def parse_error(body):
    """Raises where the body is no REST error of Google's."""
    assert set(body) == {"error"}, sorted(body)
    error = dict(body["error"])
    assert error.pop("status") in STATUS_NAMES, body["error"]
    json_format.ParseDict(error, status_pb2.Status(), ignore_unknown_fields=False)
    for detail in error.get("details", []):
        if detail["@type"].endswith(FAILURE):
            assert detail["errors"], "a failure without errors"
            for one in detail["errors"]:
                assert len(one["errorCode"]) == 1, one


def fault(name, body):
    """What is wrong with a body, or None."""
    try:
        parse_error(body) if name == "error" else parse(name, body)
    except (json_format.ParseError, AssertionError, AttributeError, KeyError, TypeError) as error:
        return f"{name}: {type(error).__name__}: {error}: {json.dumps(body)[:600]}"
    return None


def main():
    """One list of faults for all that was given."""
    for module in BEHIND_ANY:
        import_module(module)
    given = json.load(sys.stdin)
    found = [fault(name, body) for name, body in given["messages"]]
    sys.stdout.write(json.dumps([text for text in found if text]))


main()
