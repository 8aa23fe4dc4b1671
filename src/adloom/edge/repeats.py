"""A request that may be repeated: its Idempotency-Key, kept with what the action wrote, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from adloom.core.actor import Actor
from adloom.core.errors import AdloomError, Invalid
from adloom.db import session as db
from adloom.edge import problems
from adloom.identity import idempotency
from adloom.identity.idempotency import Answer, Keyed

KEY_HEADER = "Idempotency-Key"
REPLAYED_HEADER = "Idempotency-Replayed"

Body = TypeVar("Body", bound=BaseModel | None)

_LONGEST_KEY = 255
_NOT_KEPT = frozenset({401, 429})


class Replay(Exception):
    """The answer of an earlier request with the same key; the doors send it instead of doing the work again."""

    def __init__(self, kept: Answer) -> None:
        super().__init__(kept.status)
        self.kept = kept

    def response(self) -> Response:
        """The kept answer, marked as a repetition."""
        headers = {REPLAYED_HEADER: "true"}
        if self.kept.body is None:
            return Response(status_code=self.kept.status, headers=headers)
        media_type = problems.MEDIA_TYPE if self.kept.status >= 400 else "application/json"
        return JSONResponse(self.kept.body, status_code=self.kept.status, headers=headers, media_type=media_type)


@dataclass(frozen=True, slots=True)
class Write:
    """One request that changes something: who asks, and under which Idempotency-Key, if any."""

    actor: Actor
    keyed: Keyed | None
    request_id: str

    def once(self, work: Callable[[], Body], *, status: int = 200) -> Body:
        """What `work` returns. Under a key: done once; a repetition raises Replay with the first one's answer.

        The key, what the action writes, and the answer are one transaction (`db.joint`): the action's own
        transactions are savepoints of it. So a crash leaves nothing behind, a refusal (4xx) is kept without its
        writes, and 401, 429 and 5xx leave the key free. Raises Conflict as `idempotency.reserve` does.
        """
        if self.keyed is None:
            return work()
        refusal: AdloomError | None = None
        with db.joint(self.actor) as session:
            kept = idempotency.reserve(session, self.actor, keyed=self.keyed)
            if kept is not None:
                raise Replay(kept)
            try:
                with session.begin_nested():
                    done = work()
                given = Answer(status, None if done is None else done.model_dump(mode="json", by_alias=True))
            except AdloomError as error:
                if problems.status_of(error) in _NOT_KEPT or problems.status_of(error) >= 500:
                    raise
                refusal = error
                given = Answer(problems.status_of(error), problems.problem(error, id_=self.request_id))
            idempotency.keep(session, self.actor, keyed=self.keyed, answer=given)
        if refusal is not None:
            raise refusal
        return done


def write(request: Request, *, acting: Actor, body: bytes) -> Write:
    """The request as one that may be repeated; raises Invalid for a key that is none."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return Write(acting, None, problems.request_id(request))
    if not 1 <= len(key) <= _LONGEST_KEY or not key.isprintable():
        raise Invalid.field(KEY_HEADER, "it has 1 to 255 printable characters.", "Use a UUID.")
    same = json.dumps([request.method, request.url.path, request.url.query, str(acting.client_id)]).encode()
    keyed = Keyed(key, request.method, request.url.path, hashlib.sha256(same + b"\0" + body).hexdigest())
    return Write(acting, keyed, problems.request_id(request))
