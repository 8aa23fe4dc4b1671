"""docs/platforms.md, written from what the code does: operations that were done, fields that were sent or refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.platforms import coverage, coverage_operations, coverage_rows
from tests.platforms.coverage import Cell, Fate
from tests.platforms.coverage_rows import Row

from adloom.ads.fields import countries
from adloom.platforms import registry
from adloom.platforms.types import Platform

PAGE = Path(__file__).parents[2] / "docs" / "platforms.md"
#: What is written by hand: what is made and what is not, and how to read the tables.
HEAD = Path(__file__).with_name("coverage_page.md")
#: So many countries are named one by one.
FEW = 30
_CONTRACT = Path(__file__).parents[1] / "contract"

_NAMES = {
    Platform.GOOGLE_ADS: "Google Ads",
    Platform.FACEBOOK_ADS: "Meta Ads",
    Platform.MICROSOFT_ADS: "Microsoft Advertising",
    Platform.TIKTOK_ADS: "TikTok Ads",
}
#: The official client that stands witness, by its folder below tests/contract.
_CLIENTS = {
    Platform.GOOGLE_ADS: "google",
    Platform.FACEBOOK_ADS: "meta",
    Platform.MICROSOFT_ADS: "microsoft",
    Platform.TIKTOK_ADS: "tiktok",
}
_SECTIONS = {
    "The campaign": ("name", "client", "objective", "conversion", "desired_status", "ad_groups"),
    "What it says and shows": ("creative",),
    "Whom it reaches": ("targeting",),
    "What it may cost": ("budget",),
    "When it runs": ("schedule",),
    "Tracking and declarations": ("tracking", "declarations"),
    "One platform's own": ("platforms",),
}


def page(operations: Mapping[Platform, Mapping[str, str]], *, links: str) -> str:
    """The whole page; `operations` are what was done on the sandbox, `links` says who fetches files by a link."""
    parts = [
        HEAD.read_text().format(links=links, all=len(countries()), countries=_countries()),
        _versions(),
        _operations(operations),
    ]
    parts += [_section(title, roots) for title, roots in _SECTIONS.items()]
    return "\n".join(parts)


def roots() -> frozenset[str]:
    """The top-level fields that have a section."""
    return frozenset(root for own in _SECTIONS.values() for root in own)


def _countries() -> str:
    """How many countries each kind of campaign reaches; by name where they are few."""
    said = []
    for column in coverage.COLUMNS:
        reached = coverage.reached(column)
        names = f" ({', '.join(reached)})" if len(reached) <= FEW else ""
        said.append(f"{column.title} {len(reached)}{names}")
    return ", ".join(said)


def _versions() -> str:
    rows = []
    for platform, version in registry.versions():
        ends = version.ends_on.isoformat() if version.ends_on else "none announced"
        rows.append((_NAMES[platform], version.name, ends, version.source, _client(platform)))
    table = _table(("platform", "API", "ends on", "source", "witness"), rows)
    return (
        "## Versions and witnesses\n\n"
        "The witness is the platform's official client, in an environment of its own: it drives the sandbox, and\n"
        "knows every request that the adapter made for this page, and for the generated ads of `make fuzz`.\n\n"
        f"{table}"
    )


def _client(platform: Platform) -> str:
    requirements = (_CONTRACT / _CLIENTS[platform] / "requirements.txt").read_text().splitlines()
    (pinned, *_) = (line.split("#")[0].strip() for line in requirements if "==" in line)
    return pinned.replace("==", " ").split(" \\")[0]


def _operations(done: Mapping[Platform, Mapping[str, str]]) -> str:
    rows = [
        (label, *(done[platform][name] for platform in Platform)) for name, label in coverage_operations.LABELS.items()
    ]
    return "## Operations\n\n" + _table(("", *(_NAMES[platform] for platform in Platform)), rows)


def _section(title: str, own: Iterable[str]) -> str:
    rows = [row for row in coverage_rows.ROWS if row.field.partition(".")[0].partition("[")[0] in set(own)]
    cells = [(row, [coverage.cell(row, column) for column in coverage.COLUMNS]) for row in rows]
    head = ("field", "", *(column.title for column in coverage.COLUMNS))
    body = [(f"`{row.field}`", row.what, *map(_shown, found)) for row, found in cells]
    return f"## {title}\n\n{_table(head, body)}{_refusals(cells)}"


def _shown(cell: Cell) -> str:
    return f"{cell.fate}<br><sub>{cell.update}</sub>" if cell.update else cell.fate.value


def _refusals(cells: Iterable[tuple[Row, list[Cell]]]) -> str:
    lines = []
    for row, found in cells:
        said: dict[str, list[str]] = {}
        for column, cell in zip(coverage.COLUMNS, found, strict=True):
            if cell.fate in (Fate.REFUSED, Fate.PARTLY):
                said.setdefault(" ".join(cell.words), []).append(column.title)
        lines += [f"- `{row.field}` {row.what} ({', '.join(who)}): {_safe(words)}" for words, who in said.items()]
    return "\n" + "\n".join(line.replace("`  (", "` (") for line in lines) + "\n" if lines else ""


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *(list(row) for row in rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(map(_safe, line))} |\n" for line in lines)


def _safe(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").strip()
