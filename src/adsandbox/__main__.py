"""`adsandbox --port P [--seed N] [--no-delivery] [--start T] [--state FILE] [--exit-with-parent]`."""

import argparse
from datetime import datetime
from pathlib import Path

from adsandbox import VERSION, clock, quotas, registry, server
from adsandbox.journal import Journal, Options, StateError


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="adsandbox", description="Google, Meta, Microsoft and TikTok Ads, simulated on one port."
    )
    parser.add_argument("--version", action="version", version=VERSION)
    parser.add_argument("--port", type=int, default=9100, help="0 takes a free one; the first line tells")
    parser.add_argument("--seed", type=int, help="same seed and clock, same answers; default 1")
    parser.add_argument("--no-delivery", action="store_true", help="ads are never shown")
    parser.add_argument("--start", type=_instant, help="where the clock starts (ISO 8601); default now")
    parser.add_argument("--quotas", type=_quotas, help="calls of a platform: google_ads=100/PT1M,…; default none")
    parser.add_argument("--state", type=Path, help="a file that the sandbox is kept in, and had again from")
    parser.add_argument("--platforms", default="", help="only these, by comma (google_ads, facebook_ads …)")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the parent process ends")
    return parser


def _instant(text: str) -> datetime:
    try:
        return clock.instant(text)
    except clock.BadTimeError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _quotas(text: str) -> str:
    try:
        unknown = set(quotas.parse(text)) - set(registry.PACKAGES)
        if unknown:
            raise ValueError(f"{', '.join(sorted(unknown))}: none of {', '.join(registry.PACKAGES)}")
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text


def _wanted(options: argparse.Namespace) -> Options:
    return Options(
        seed=1 if options.seed is None else options.seed,
        start=None if options.start is None else options.start.isoformat(),
        delivers=not options.no_delivery,
        quotas=options.quotas or "",
        only=tuple(name.strip() for name in options.platforms.split(",") if name.strip()),
    )


def _as_kept(wanted: Options, kept: Options, options: argparse.Namespace) -> Options:
    """The options of a state file; what the command line says otherwise is refused."""
    said = {
        "seed": options.seed is not None,
        "start": options.start is not None,
        "delivers": options.no_delivery,
        "only": bool(options.platforms),
        "quotas": options.quotas is not None,
    }
    for name, is_said in said.items():
        if is_said and getattr(wanted, name) != getattr(kept, name):
            raise StateError(f"{options.state} was begun with {name} {getattr(kept, name)}; leave it out")
    return kept


def _sandbox(options: argparse.Namespace) -> server.Sandbox:
    wanted, journal = _wanted(options), Journal(options.state) if options.state else None
    kept = journal.options() if journal else None
    if kept is not None:
        wanted = _as_kept(wanted, kept, options)
    time = clock.Clock(None if wanted.start is None else clock.instant(wanted.start))
    if journal and kept:
        time.resume(journal.began)
    elif journal:
        journal.begin(wanted, began=time.began)
    made = server.Sandbox(
        time,
        seed=wanted.seed,
        delivers=wanted.delivers,
        only=wanted.only,
        quotas=quotas.QuotaBook(quotas.parse(wanted.quotas)),
        journal=journal,
    )
    made.restore()
    return made


def main(arguments: list[str] | None = None) -> None:
    """Run the sandbox; its first line of standard output says how to reach it."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        sandbox = _sandbox(options)
    except StateError as error:
        parser.error(str(error))
    server.serve(sandbox, port=options.port, with_parent=options.exit_with_parent)


if __name__ == "__main__":
    main()
