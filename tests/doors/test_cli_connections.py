"""Connecting, settling and disconnecting at the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests import installation
from tests.doors.test_cli import PASSWORD, CommandLine

from adloom.core import settings
from adloom.db import server
from adloom.platforms.types import Platform

META = Platform.FACEBOOK_ADS.value


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    """A HOME with an owner, whose Meta account is connected."""
    folder = tmp_path_factory.mktemp("cli")
    with installation.sandbox_process() as (url, line):
        made = CommandLine(folder / "home", url, line)
        made.answer("user", "create", "--email", "ada@example.com", "--password-stdin", stdin=PASSWORD)
        token = folder / "meta.json"
        token.write_text(json.dumps(line[META]))
        made.answer("connect", "meta", "--token-file", str(token), "--account", line[META]["account_id"])
        yield made
        made.run("db", "stop", "--force")
        server.remove(settings.Settings(home=folder / "home", _env_file=None))


def test_without_a_token_file_the_missing_settings_are_named(command: CommandLine) -> None:
    refused = command.run("connect", "google")
    assert refused.returncode == 1
    for name in ("CLIENT_ID", "CLIENT_SECRET", "DEVELOPER_TOKEN"):
        assert f"ADLOOM_GOOGLE_{name}" in refused.stderr
    assert "http://127.0.0.1:8420/connections/google_ads/callback" in refused.stderr


def test_without_a_token_file_the_page_to_open_is_named(command: CommandLine) -> None:
    app = {"ADLOOM_TIKTOK_CLIENT_ID": "1", "ADLOOM_TIKTOK_CLIENT_SECRET": "2", "ADLOOM_PUBLIC_URL": "https://a.example"}
    command.environment |= app
    assert command.answer("connect", "tiktok") == {
        "url": "https://a.example/connections#tiktok_ads",
        "redirect_uri": "https://a.example/connections/tiktok_ads/callback",
    }
    for name in app:
        del command.environment[name]


def test_an_account_is_looked_at_shown_and_settled(command: CommandLine) -> None:
    account_id = command.line[META]["account_id"]
    looked_at = command.answer("account", "inspect", account_id)
    assert {each["kind"] for each in looked_at["resources"]} >= {"page", "pixel", "instagram"}
    (listed,) = command.answer("account", "list")["items"]
    assert (listed["id"], listed["external_id"]) == (looked_at["id"], account_id)
    pixel = command.line[META]["pixel_id"]
    assert command.answer("account", "set", account_id, f"lead={pixel}")["settings"]["lead"] == pixel
    assert command.answer("account", "set", listed["id"], "lead=")["settings"]["lead"] is None
    refused = command.run("account", "set", account_id, "lead=999")
    assert (refused.returncode, "no pixel 999 was found there" in refused.stderr) == (1, True)
    assert account_id in command.run("account", "show", account_id).stdout


def test_the_campaigns_of_an_account_are_imported_with_the_login_or_later(command: CommandLine, tmp_path: Path) -> None:
    account_id = command.line[META]["account_id"]
    token = tmp_path / "meta.json"
    token.write_text(json.dumps(command.line[META]))
    _seed(command)
    connected = command.answer("connect", "meta", "--token-file", str(token), "--account", account_id, "--import")
    ((first,),) = (each["imported"] for each in connected["imported"])
    assert command.answer("ad", "show", first["ad_id"])["origin"] == "imported"
    _seed(command)
    (second,) = command.answer("account", "import", account_id)["imported"]
    assert {first["id"], second["id"]} <= {each["id"] for each in command.answer("campaign", "list")["campaigns"]}
    assert command.answer("account", "import", account_id, "--end")["id"]
    refused = command.run("ad", "deploy", first["ad_id"])
    assert (refused.returncode, "found on its platform" in refused.stderr) == (1, True)
    command.answer("stop-everything")
    shown = command.answer("ad", "show", second["ad_id"])["campaigns"]
    assert [each["status"] for each in shown] == ["paused"]


def test_what_is_wrong_is_shown_and_what_cannot_be_mended_here_says_so(command: CommandLine) -> None:
    account_id = command.line[META]["account_id"]
    _suspend(command, "suspend")
    looked_at = command.answer("account", "inspect", account_id)
    assert [(fault["code"], fault["blocks_writes"]) for fault in looked_at["faults"]] == [("suspended", True)]
    refused = command.run("account", "mend", account_id, "suspended", "x=true")
    assert (refused.returncode, "cannot be mended from here" in refused.stderr) == (1, True)
    told = command.run("doctor")
    assert (told.returncode, account_id in told.stdout) == (1, True)
    _suspend(command, "resume")
    assert command.answer("account", "inspect", account_id)["faults"] == []


def test_a_login_is_ended_and_a_second_time_the_same_is_told(command: CommandLine) -> None:
    ended = command.answer("connect", META, "--disconnect")
    assert (ended["ended_at_platform"], ended["accounts"]) == (True, [command.line[META]["account_id"]])
    assert command.answer("connect", META, "--disconnect") == ended


def _seed(command: CommandLine) -> None:
    _control(command, "seed", {"platform": META, "campaigns": 1})


def _suspend(command: CommandLine, action: str) -> None:
    _control(command, "account", {"platform": META, "action": action})


def _control(command: CommandLine, path: str, body: dict[str, str | int]) -> None:
    answer = httpx.post(
        f"{command.environment['ADLOOM_META_GRAPH_URL'].rpartition('/')[0]}/_sandbox/{path}",
        json=body,
        headers={"X-Sandbox-Key": command.line["control_key"]},
    )
    assert answer.status_code == 200, answer.text
