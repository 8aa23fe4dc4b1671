"""Resource names: `customers/1/campaigns/2`, composite ones, and the negative ids of one request."""

import re
from dataclasses import dataclass, field

from adsandbox.google.errors import refuse
from adsandbox.store import Entity

_NAME = re.compile(r"customers/(\d+)/([A-Za-z]+)/(-?\d+(?:~-?\d+)?)")


def name(account_id: str, collection: str, id_: str) -> str:
    """The resource name of an object."""
    return f"customers/{account_id}/{collection}/{id_}"


@dataclass(slots=True)
class Names:
    """Resolves the resource names of one request, temporary ids included."""

    account_id: str
    made: dict[str, Entity] = field(default_factory=dict)  # by temporary id
    failed: set[str] = field(default_factory=set)

    def id_of(self, text: str, collection: str, *path: str) -> str:
        """The id part of a name of that collection of this customer, else a refusal."""
        found = _NAME.fullmatch(text)
        if found is None or found.group(2) != collection:
            raise refuse(
                "requestError",
                "RESOURCE_NAME_MALFORMED",
                f"Resource name {text!r} is malformed.",
                *path,
                trigger=text,
            )
        if found.group(1) != self.account_id:
            raise refuse(
                "requestError",
                "INVALID_CUSTOMER_ID",
                "The customer of the resource name is not the request's.",
                *path,
                trigger=text,
            )
        return found.group(3)

    def begin(self, text: str | None, collection: str) -> str | None:
        """The temporary id that a create gives its object, or None; refuses a positive id and a second
        use."""
        if not text:
            return None
        id_ = self.id_of(text, collection, "resource_name")
        if not id_.rpartition("~")[2].startswith("-"):
            raise refuse(
                "newResourceCreationError", "CANNOT_SET_ID_FOR_CREATE", "Do not set the id for create.",
                "resource_name", trigger=text,
            )  # fmt: skip
        if id_ in self.made or id_ in self.failed:
            raise refuse(
                "newResourceCreationError", "DUPLICATE_TEMP_IDS", "Temporary ids are unique in a request.",
                "resource_name", trigger=text,
            )  # fmt: skip
        return id_

    def temporary(self, id_: str, *path: str) -> Entity | None:
        """The object made under a temporary id; None for an ordinary id; refuses one whose create failed."""
        if id_ in self.failed:
            raise refuse(
                "newResourceCreationError", "TEMP_ID_RESOURCE_HAD_ERRORS",
                "The resource that this temporary id means could not be created.", *path, trigger=id_,
            )  # fmt: skip
        return self.made.get(id_)
