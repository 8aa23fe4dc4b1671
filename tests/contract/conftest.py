"""Witnesses talk to a sandbox of their own process; adapters under witness use the fixtures of the platforms' tests."""

from tests.platforms.conftest import connect, sandbox, sandbox_process, settings

__all__ = ["connect", "sandbox", "sandbox_process", "settings"]
