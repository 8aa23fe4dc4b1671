"""Every operation that the sandbox imitates takes a right request, and refuses it in the platform's words once any one
thing in it is wrong. The rows stand in `refusals/`, a file for each platform; an operation without one fails here."""

from types import ModuleType

import pytest
from tests.sandbox.refusals import google, meta, microsoft, tiktok
from tests.sandbox.refusals.row import Row

from adsandbox.clock import Clock
from adsandbox.server import Sandbox

FILES: dict[str, ModuleType] = {
    "google_ads": google,
    "facebook_ads": meta,
    "microsoft_ads": microsoft,
    "tiktok_ads": tiktok,
}
IMITATED = {
    name: {f"{one.method} {one.prefix}{one.path}" for one in platform.endpoints()}
    for name, platform in Sandbox(Clock(), seed=1, delivers=False).platforms.items()
}
ROWS = [(file, row) for file in FILES.values() for row in file.ROWS]


@pytest.mark.parametrize("platform", FILES)
def test_every_operation_of_the_table_has_a_row_or_says_why_not(platform):
    rows = {row.operation for row in FILES[platform].ROWS}
    apart = set(FILES[platform].APART)
    assert not rows & apart
    assert IMITATED[platform] - rows - apart == set(), f"add a row to tests/sandbox/refusals of {platform}"
    assert (rows | apart) - IMITATED[platform] == set(), "rows of operations that are not imitated"


@pytest.mark.parametrize(("file", "row"), ROWS, ids=[str(row) for _, row in ROWS])
def test_a_request_is_refused_for_each_thing_that_spoils_it_and_taken_as_it_stands(sandbox, file, row: Row):
    person = file.PERSON(sandbox)
    right = row.body(person)
    cases = row.cases(right)
    assert cases, "a row tries at least one refusal"
    passed = [
        f"{case} ({case.expected}): {answer.text[:200]}"
        for case in cases
        if not file.refuses(answer := file.send(person, row, case.spoil(right)), case)
    ]
    assert not passed, "\n".join(passed)
    answer = file.send(person, row, right)
    assert file.accepts(answer), answer.text
