"""Holds what went over the wire against the client's models: every body that was sent, and every answer to it.

Standard input has `tape`: method, path, body, status and answer of each call. Prints the complaints, and which
operations of the client were met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import speak
import strict
from pydantic import ValidationError


def of_call(call: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with one call and its answer."""
    line = f"{call['method']} {call['path']}"
    operation = strict.operations().get((call["method"], call["path"]))
    if operation is None:
        yield f"{line}: no operation of the client"
        return
    if operation.request is None:
        yield from [f"{line}: the client sends no body"] if call["body"] else []
    else:
        yield from strict.complaints(operation.request, call["body"], at=line)
        yield from _read(operation.request, call["body"], at=line)
    model = operation.answer if call["status"] < 400 else operation.fault
    answer = call["answer"]
    yield from strict.complaints(model, without_null_ids(answer), at=f"{line} → {call['status']}")
    yield from _read(model, without_null_ids(answer), at=f"{line} → {call['status']}")


def without_null_ids(answer: Any) -> Any:
    """The answer without the nulls that stand for refused items: the client's models cannot hold them."""
    if isinstance(answer, dict):
        return {
            name: _ids(value) if name.endswith("Ids") else without_null_ids(value) for name, value in answer.items()
        }
    return [without_null_ids(each) for each in answer] if isinstance(answer, list) else answer


def _ids(value: Any) -> Any:
    return [without_null_ids(each) for each in value if each is not None] if isinstance(value, list) else value


def _read(model: Any, value: Any, *, at: str) -> Iterator[str]:
    """The client's own reader has to take it as well."""
    try:
        model.from_dict(value)
    except ValidationError as error:
        yield from (f"{at} {each['loc']}: {each['msg']}" for each in error.errors())


if __name__ == "__main__":
    tape = speak.given()["tape"]
    wrong = [each for call in tape for each in of_call(call)]
    met = sorted({f"{call['method']} {call['path']}" for call in tape})
    speak.say({"wrong": list(dict.fromkeys(wrong)), "met": met})
