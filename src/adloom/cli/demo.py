"""`adloom demo` and `adloom sandbox`: the whole product on a sandbox of its own, and the sandbox alone."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from adloom.cli import session
from adloom.cli.session import Json


def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the report instead of serving the pages.")] = False,
    as_json: Json = False,
    days: Annotated[int, typer.Option("--days", min=1, max=365, help="How many sandbox days pass.")] = 60,
    port: Annotated[int, typer.Option("--port", help="Where the pages are served; 0 takes a free port.")] = 8420,
) -> None:
    """Take one ad to all four platforms of a sandbox, let its days pass, and report what came back."""
    from adloom.cli import demo_stage, demo_story

    with demo_stage.stage(port=port) as stage:
        result = demo_story.tell(stage, days=days)
        session.answer(result, as_json=as_json, human=lambda: demo_story.show(result))
        if not once:
            demo_story.serve(stage)


def sandbox(context: typer.Context) -> None:
    """Start the four platforms' sandbox alone (adsandbox --help lists its options)."""
    os.execv(sys.executable, [sys.executable, "-m", "adsandbox", *context.args])  # noqa: S606
