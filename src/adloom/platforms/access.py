"""Values of connecting: our registration at a platform, what a login may use there, what is wrong with an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class App:
    """Our registration at a platform, and where it sends people back to: exactly this address, every time."""

    client_id: str
    client_secret: str | None = field(repr=False)
    redirect_uri: str


class ResourceKind(StrEnum):
    """What an ad may need beside its account."""

    PAGE = "page"
    INSTAGRAM = "instagram"
    PIXEL = "pixel"
    IDENTITY = "identity"
    CONVERSION_ACTION = "conversion_action"
    VIDEO_CHANNEL = "video_channel"
    GOAL = "goal"


@dataclass(frozen=True, slots=True)
class Resource:
    """Something of the account, or that the login may use with it. `status` is the platform's word.

    `attributes` hold what an ad names it by beside its id (`identity_type`, `identity_bc_id`, `category`, …), as text.
    """

    kind: ResourceKind
    external_id: str
    name: str
    status: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that keeps an account from working as it should.

    `code` is ours and stable (`suspended`, `unpaid`, `capped`, `closed`, `eu_declaration_missing`), `words` the
    platform's, `fix` what a person does. `blocks_writes`: nothing of the account can be changed until it is mended.
    `asks` names the answers that `Adapter.mend` needs, empty where only the platform's own pages help.
    """

    code: str
    words: str
    fix: str
    blocks_writes: bool = False
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found at an account. `missing_rights` are the platform's names of what this login may not do."""

    resources: tuple[Resource, ...] = ()
    faults: tuple[Fault, ...] = ()
    missing_rights: tuple[str, ...] = ()
