"""`adsandbox --port P [--seed N] [--no-delivery] [--start T] [--exit-with-parent]`."""

import argparse

from adsandbox import clock, server


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="adsandbox", description="Google, Meta, Microsoft and TikTok Ads, simulated on one port."
    )
    parser.add_argument("--port", type=int, default=9100, help="0 takes a free one; the first line tells")
    parser.add_argument("--seed", type=int, default=1, help="same seed and clock, same answers")
    parser.add_argument("--no-delivery", action="store_true", help="ads are never shown")
    parser.add_argument("--start", type=_instant, help="where the clock starts (ISO 8601); default now")
    parser.add_argument("--platforms", default="", help="only these, by comma (google_ads, facebook_ads …)")
    parser.add_argument("--exit-with-parent", action="store_true", help="end when the parent process ends")
    return parser


def _instant(text: str) -> object:
    try:
        return clock.instant(text)
    except clock.BadTimeError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def main(arguments: list[str] | None = None) -> None:
    """Run the sandbox; its first line of standard output says how to reach it."""
    options = _parser().parse_args(arguments)
    sandbox = server.Sandbox(
        clock.Clock(options.start),
        seed=options.seed,
        delivers=not options.no_delivery,
        only=[name.strip() for name in options.platforms.split(",") if name.strip()],
    )
    server.serve(sandbox, port=options.port, with_parent=options.exit_with_parent)


if __name__ == "__main__":
    main()
