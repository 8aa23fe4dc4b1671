"""`request_id` in a request: the same key creates once; a replay is answered with 40050 and creates nothing.

The same name in an answer is only a log id.
"""

import re

from adsandbox.schema import text
from adsandbox.store import Entity
from adsandbox.tiktok import wire
from adsandbox.tiktok.api import Call

#: A 64-bit integer as a string.
KEY = text(pattern=re.compile(r"[1-9]\d{0,18}"))
REQUIRED_KEY = text(pattern=re.compile(r"[1-9]\d{0,18}"), required=True)


def refuse_replay(call: Call, type_: str) -> None:
    """Refuse a key that has already created an object of this type in the account, deleted since or not."""
    key = call.args.get("request_id")
    if key is None:
        return
    if int(key) >= 2**63:
        wire.bad("request_id", "Not a valid 64-bit integer.")
    for other in call.world.store.all(wire.NAME, type_=type_, deleted=True):
        if other.account_id == call.account.id and other.private.get("request_id") == key:
            wire.refuse(wire.DUPLICATE_REQUEST, "Duplicated requests have been sent.")


def keep(call: Call, made: Entity) -> None:
    """Remember which request made this object."""
    made.private["request_id"] = call.args.get("request_id")
