"""Tells what TikTok's official SDK can send: by method and path the parameters, and the fields of bodies, nested."""

import json
import re
import sys

import business_api_client.models as models
import hold


def fields(kind):
    """The fields of one of the SDK's types, each with its own; nothing for plain values."""
    inner = re.sub(r"^list\[(.+)\]$", r"\1", kind)
    if inner in hold.PLAIN or inner.startswith("dict("):
        return {}
    model = getattr(models, inner)
    return {model.attribute_map[name]: fields(each) for name, each in model.swagger_types.items()}


def main():
    """The table."""
    json.load(sys.stdin)
    found = {}
    for at, known in hold.methods().items():
        sent = {name: fields(kind) for name, kind in {**known["query"], **known["form"]}.items()}
        sent |= {name: {} for name in known["files"]}
        found[at] = sent | (fields(known["body"]) if known["body"] else {})
    sys.stdout.write(json.dumps(found) + "\n")


main()
