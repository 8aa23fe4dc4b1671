"""The command line as other programs rely on it: with HOME and the platform URLs alone, each answer on one line."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import httpx
import psycopg
import pytest
from tests import forked, installation

from adloom.cli import demo_media
from adloom.core import settings
from adloom.db import server
from adloom.platforms.types import Platform

PASSWORD = "correct horse battery staple"


class CommandLine:
    """A HOME of its own on its own embedded server, and a sandbox without a worker beside it."""

    def __init__(self, home: Path, sandbox_url: str, line: dict[str, Any]) -> None:
        self.home, self.line, self.sandbox_url = home, line, sandbox_url
        urls = {f"ADLOOM_{name}": f"{sandbox_url}/{prefix}" for name, prefix in installation.PREFIXES.items()}
        self.environment = {"PATH": os.environ["PATH"], "ADLOOM_HOME": str(home), "ADLOOM_ENV_FILE": "", **urls}
        self.environment["ADLOOM_FX_URL"] = ""

    def run(self, *arguments: str, stdin: str = "") -> CompletedProcess[str]:
        """One command, as a shell would run it."""
        return forked.run("adloom.cli.main", *arguments, stdin=stdin, environment=self.environment)

    def control(self, path: str, body: dict[str, Any]) -> None:
        """What somebody does on the platform itself."""
        key = {"X-Sandbox-Key": self.line["control_key"]}
        httpx.post(f"{self.sandbox_url}/_sandbox/{path}", json=body, headers=key, timeout=30).raise_for_status()

    def answer(self, *arguments: str, stdin: str = "") -> Any:
        """The last line of standard output as JSON, of a command that has to succeed."""
        done = self.run(*arguments, "--json", stdin=stdin)
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CommandLine]:
    home = tmp_path_factory.mktemp("cli") / "home"
    with installation.sandbox_process() as (url, line):
        made = CommandLine(home, url, line)
        yield made
        made.run("db", "stop", "--force")
        server.remove(settings.Settings(home=home, _env_file=None))


@pytest.fixture(scope="module")
def deployed(command: CommandLine, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One ad on four platforms, by commands alone."""
    folder = tmp_path_factory.mktemp("ad")
    demo_media.draw(folder)
    (folder / "ad.json").write_text(json.dumps(demo_media.demo_ad(folder, command.line)))
    answers: dict[str, Any] = {"connections": {}}
    answers["user"] = command.answer("user", "create", "--email", "ada@example.com", "--password-stdin", stdin=PASSWORD)
    for platform in Platform:
        token = folder / f"{platform}.json"
        token.write_text(json.dumps(command.line[platform]))
        account = command.line[platform]["account_id"]
        answers["connections"][platform] = command.answer(
            "connect", platform, "--token-file", str(token), "--account", account
        )
    answers["file"] = str(folder / "ad.json")
    answers["ad"] = command.answer("ad", "create", answers["file"])
    answers["deploy"] = command.answer("ad", "deploy", answers["ad"]["id"])
    return answers


def test_connecting_tells_the_accounts_with_currency_and_time_zone(
    command: CommandLine, deployed: dict[str, Any]
) -> None:
    for platform in Platform:
        (account,) = deployed["connections"][platform]["accounts"]
        expected = (command.line[platform]["account_id"], "USD", "America/Los_Angeles")
        assert (account["external_id"], account["currency"], account["time_zone"]) == expected
        assert deployed["connections"][platform]["credential_id"]


def test_deploying_tells_four_active_campaigns(deployed: dict[str, Any]) -> None:
    found = {c["platform"]: c["status"] for c in deployed["deploy"]["campaigns"]}
    assert found == {platform.value: "active" for platform in Platform}
    assert all(c["platform_campaign_id"] for c in deployed["deploy"]["campaigns"])


def test_repeating_every_command_ends_with_the_same_answer(command: CommandLine, deployed: dict[str, Any]) -> None:
    user = command.answer("user", "create", "--email", "ada@example.com", "--password-stdin", stdin=PASSWORD)
    assert user == deployed["user"]
    assert command.answer("ad", "create", deployed["file"]) == deployed["ad"]
    again = command.answer("ad", "deploy", deployed["ad"]["id"])
    assert [c["id"] for c in again["campaigns"]] == [c["id"] for c in deployed["deploy"]["campaigns"]]


def test_a_table_that_is_piped_keeps_each_id_in_one_piece(command: CommandLine, deployed: dict[str, Any]) -> None:
    shown = command.run("campaign", "list").stdout
    assert all(campaign["id"] in shown for campaign in deployed["deploy"]["campaigns"])


def test_ads_are_listed_a_page_at_a_time(command: CommandLine, deployed: dict[str, Any]) -> None:
    everything = command.answer("ad", "list")
    assert deployed["ad"]["id"] in {ad["id"] for ad in everything["ads"]}
    assert everything["next"] is None
    first = command.answer("ad", "list", "--limit", "1", "--status", "active")
    assert [ad["status"] for ad in first["ads"]] == ["active"]
    assert command.answer("ad", "list", "--status", "archived")["ads"] == []
    assert deployed["ad"]["id"] in command.run("ad", "list").stdout


def test_a_campaigns_history_names_who_did_it(command: CommandLine, deployed: dict[str, Any]) -> None:
    shown = command.run("campaign", "show", deployed["deploy"]["campaigns"][0]["id"]).stdout
    assert "ada@example.com" in shown


def test_a_refusal_says_what_is_wrong_once_and_names_the_setting_at_fault(
    command: CommandLine, deployed: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "clock").write_text("2026-12-01T00:00:00Z")
    command.environment["ADLOOM_CLOCK"] = f"file:{tmp_path / 'clock'}"
    try:
        done = command.run("metrics", "show")
    finally:
        del command.environment["ADLOOM_CLOCK"]
    assert done.returncode == 1
    assert done.stderr.count("holds no ISO 8601 duration") == 1
    assert done.stderr.startswith("adloom: ADLOOM_CLOCK: ")


def test_numbers_are_shown_as_promised(command: CommandLine, deployed: dict[str, Any]) -> None:
    pulled = command.answer("metrics", "sync")
    assert len(pulled["pulls"]) == len(Platform)
    rows = command.answer(
        "metrics", "show", "--from", "2020-01-01", "--to", "2099-12-31", "--by", "platform,campaign,day"
    )
    keys = {
        *("platform", "campaign", "date", "currency", "impressions", "clicks", "conversions", "conversion_value"),
        *("spend", "ctr", "cpc", "roas", "as_of", "rates", "note"),
    }
    assert all(set(row) == keys for row in rows)


def test_a_person_is_shown_rounded_figures_and_which_campaign_they_are_of(command: CommandLine, spent: None) -> None:
    shown = command.run("metrics", "show", "--from", "2026-11-02", "--to", "2026-11-03", "--by", "campaign,day").stdout
    assert re.search(r"\(\d+\) +2026-11-03 +USD +1,000 +30 +3\.00% +– +– +12\.50 +0\.42 +–", shown), shown


@pytest.fixture
def spent(command: CommandLine, deployed: dict[str, Any]) -> Iterator[None]:
    """Two days' figures of a campaign, as a pull leaves them."""
    campaign, user = deployed["deploy"]["campaigns"][0]["id"], deployed["user"]["id"]
    with psycopg.connect(command.answer("db", "url")["url"], autocommit=True) as connection:
        connection.execute(
            """
            INSERT INTO campaign_metrics (
                user_id, campaign_id, platform, date, time_zone, impressions, clicks, spend_amount, spend_currency
            )
            SELECT %s, %s, 'google_ads', day, 'UTC', 1000, 30, 12.5, 'USD'
            FROM unnest('{2026-11-02,2026-11-03}'::date[]) AS day
            """,
            (user, campaign),
        )
        found = command.run("metrics", "recount")
        assert (found.returncode, "3 sums were wrong." in found.stdout) == (1, True)
        assert command.answer("metrics", "recount", "--mend")["wrong"] == 3
        yield
        connection.execute("DELETE FROM campaign_metrics WHERE date BETWEEN '2026-11-02' AND '2026-11-03'")
    assert command.answer("metrics", "recount", "--mend")["wrong"] == 3
    assert command.run("metrics", "recount").stdout == "No sum is wrong.\n"


def test_sums_are_held_against_the_platforms_own_totals(command: CommandLine, deployed: dict[str, Any]) -> None:
    found = command.answer("metrics", "reconcile")
    assert [(each["platform"], each["unexplained"], len(each["days"])) for each in found] == [
        (platform.value, 0, 7) for platform in Platform
    ]
    last = command.answer("metrics", "reconcile", "--last")
    of_now, of_then = ({each["job_id"]: each for each in answer} for answer in (last, found))
    for job_id, told in of_then.items():
        assert of_now[job_id] == {**told, "data_as_of": of_now[job_id]["data_as_of"]}
        assert told["data_as_of"] == told["compared_at"] < of_now[job_id]["data_as_of"]
    assert of_now.keys() == of_then.keys()
    shown = command.run("metrics", "reconcile", "--last")
    assert shown.returncode == 0
    assert "Difference" in shown.stdout


def test_figures_are_told_in_a_reporting_currency_once_its_rates_are_held(
    command: CommandLine, spent: None, tmp_path: Path
) -> None:
    asked = ("metrics", "show", "--from", "2026-11-01", "--to", "2026-11-03")
    refused = command.run(*asked, "--reporting-currency", "VND")
    assert refused.returncode == 1
    assert refused.stderr.startswith("adloom: --reporting-currency: there is no rate of VND for 2026-11-02")
    assert command.run(*asked, "--reporting-currency", "dong").returncode == 1

    file = tmp_path / "rates.csv"
    file.write_text("date,currency,rate\n2026-11-02,USD,1.25\n2026-11-03,USD,1.5\n2026-11-02,VND,30000\n")
    taken = command.answer("fx", "import", str(file))
    assert (taken["source"], taken["rates"], taken["refused"]) == ("own", 3, 0)
    again = command.answer("fx", "import", str(file))
    assert (again["added"], again["replaced"]) == (0, 0)
    (row,) = command.answer(*asked, "--reporting-currency", "vnd")
    assert (row["currency"], row["spend"], row["clicks"]) == ("VND", "550000", 60)
    assert row["rates"] == {"source": "own", "oldest": "2026-11-02", "age_days": 1, "carried_days": 1}
    words = command.run(*asked, "--reporting-currency", "VND").stdout
    assert "source: own; the oldest is of 2026-11-02); on 1 day at an earlier one" in words
    assert command.answer("fx", "refresh")["fetched"] is None, "this installation fetches nothing"
    (tmp_path / "wrong.csv").write_text("2026-11-20,USD,zero\n")
    assert "line 1: 'zero' is no rate" in command.run("fx", "import", str(tmp_path / "wrong.csv")).stderr


def test_an_ad_that_is_edited_is_planned_updated_once_and_taken_back(
    command: CommandLine, deployed: dict[str, Any], tmp_path: Path
) -> None:
    ad_id = deployed["ad"]["id"]
    before = json.loads(Path(deployed["file"]).read_text())
    edited = Path(deployed["file"]).with_name("edited.json")
    edited.write_text(json.dumps({**before, "budget": {**before["budget"], "amount": _usd("75.00")}}))
    for _ in range(2):
        assert command.answer("ad", "edit", ad_id, str(edited)) == deployed["ad"]
    whole = command.answer("ad", "plan", ad_id)
    plan = whole["platforms"]
    assert {found["money"]["before"]["per_day"] for found in plan.values()} == {before["budget"]["amount"]["value"]}
    assert {found["money"]["after"]["per_day"] for found in plan.values()} == {"75.00"}
    assert whole["money"]["USD"]["after"]["per_day"] == "300.00"
    for name, found in plan.items():
        (change, *_) = [c for c in found["changes"] if c["field"] == "budget.amount"]
        assert change.keys() == {"object", "action", "field", "from", "to", "effects"}, name
    told = command.run("ad", "plan", ad_id).stdout
    assert "* update" in told
    assert "together, USD" in told
    first = command.answer("ad", "deploy", ad_id, "--accept-losses")
    assert command.answer("ad", "deploy", ad_id) == first
    assert {c["platform"]: c["status"] for c in first["campaigns"]} == dict.fromkeys(Platform, "active")
    for campaign in first["campaigns"]:
        shown = command.answer("campaign", "show", campaign["id"])
        assert [d["type"] for d in shown["deployments"]] == ["update", "create"]
        assert any(each["kind"] == "ad" and each["deleted_at"] is None for each in shown["objects"])
        assert isinstance(shown["reasons"], list)
    command.answer("ad", "edit", ad_id, deployed["file"])
    command.answer("ad", "deploy", ad_id, "--accept-losses")
    assert all(found["changes"] == [] for found in command.answer("ad", "plan", ad_id)["platforms"].values())


@pytest.fixture
def drifted(command: CommandLine, deployed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The campaign on Meta, whose budget somebody has set to 99.00 in Meta's own pages; lists have settled."""
    (campaign,) = [c for c in deployed["deploy"]["campaigns"] if c["platform"] == "facebook_ads"]
    with psycopg.connect(command.answer("db", "url")["url"], autocommit=True) as connection:
        connection.execute("UPDATE campaign_deployments SET completed_at = completed_at - interval '1 minute'")
    objects = command.answer("campaign", "show", campaign["id"])["objects"]
    (ad_set,) = [each["platform_id"] for each in objects if each["key"] == "ad_group/main"]
    command.control("edit", {"platform": "facebook_ads", "id": ad_set, "field": "daily_budget", "value": 9900})
    yield campaign
    command.answer("campaign", "reconcile", campaign["id"], "--put-back")


def test_what_was_changed_on_a_platform_is_shown_and_put_back_by_commands(
    command: CommandLine, drifted: dict[str, Any]
) -> None:
    told = command.run("campaign", "show", drifted["id"], "--sync").stdout
    assert "Changed on the platform itself" in told
    (drift,) = command.answer("campaign", "show", drifted["id"])["drift"]
    assert (drift["field"], drift["theirs"]) == ("budget.amount", "99.00 USD")
    reconcile = ("campaign", "reconcile", drifted["id"])
    assert command.run(*reconcile).returncode == 2, "which of the two is for a person to say"
    shown = command.run(*reconcile, "--put-back", "--show").stdout
    assert f"ad_group/main budget.amount: ours {drift['ours']}, theirs 99.00 USD" in shown
    plan = command.answer(*reconcile, "--put-back", "--show")["fingerprint"]
    assert f"--plan {plan}" in shown
    wrong = command.run(*reconcile, "--put-back", "--plan", "-".join(["0" * 8] * 6))
    assert wrong.returncode == 1
    assert "The plan is not what would be done any more." in wrong.stderr
    done = command.answer(*reconcile, "--put-back", "--plan", plan)
    assert [c["id"] for c in done["campaigns"]] == [drifted["id"]]
    assert command.answer("campaign", "show", drifted["id"])["drift"] == []
    assert "nothing is left to decide" in command.run(*reconcile, "--put-back").stdout


def test_what_was_changed_on_a_platform_is_adopted_by_a_command_and_that_is_undone_by_its_id(
    command: CommandLine, deployed: dict[str, Any], drifted: dict[str, Any]
) -> None:
    ad_id = deployed["ad"]["id"]
    command.answer("campaign", "show", drifted["id"], "--sync")
    command.answer("campaign", "reconcile", drifted["id"], "--adopt", "--field", "budget.amount")
    adopted = command.answer("campaign", "show", drifted["id"])["deployments"][0]
    assert (adopted["type"], adopted["reason"]) == ("update", "adopt")
    undo = ("ad", "undo", ad_id, "--deployment", adopted["id"])
    shown = command.run(*undo, "--show").stdout
    assert f"({adopted['id']})" in shown
    assert "The ad says again what it said before." in shown
    plan = command.answer(*undo, "--show")["fingerprint"]
    first = command.answer(*undo, "--plan", plan)
    assert [c["id"] for c in first["campaigns"]] == [drifted["id"]]
    assert command.answer(*undo) == first, "again changes nothing more"
    newest = command.answer("campaign", "show", drifted["id"])["deployments"][0]
    assert (newest["status"], newest["reason"], newest["undoes"]) == ("completed", "undo", adopted["id"])
    unknown = command.run("ad", "undo", ad_id, "--deployment", drifted["id"])
    assert unknown.returncode == 1
    assert f"This ad has no deployment {drifted['id']}." in unknown.stderr


def _edited(command: CommandLine, deployed: dict[str, Any], **changes: Any) -> str:
    """The ad with something changed, as a file beside the one that it was made of."""
    before = json.loads(Path(deployed["file"]).read_text())
    edited = Path(deployed["file"]).with_name("changed.json")
    edited.write_text(json.dumps({**before, **changes}))
    return str(edited)


def _budget(deployed: dict[str, Any], amount: str) -> dict[str, Any]:
    return {**json.loads(Path(deployed["file"]).read_text())["budget"], "amount": _usd(amount)}


def test_a_plan_says_what_each_platform_says_unless_it_is_made_offline(
    command: CommandLine, deployed: dict[str, Any]
) -> None:
    ad_id = deployed["ad"]["id"]
    command.answer("ad", "edit", ad_id, _edited(command, deployed, budget=_budget(deployed, "61.00")))
    offline = command.answer("ad", "plan", ad_id, "--offline")
    assert {found["platform_check"] for found in offline["platforms"].values()} == {"unavailable"}
    assert offline["maker"] == "ada@example.com"
    asked = command.answer("ad", "plan", ad_id)
    assert asked["fingerprint"] == offline["fingerprint"]
    assert {found["platform_check"] for found in asked["platforms"].values()} == {"done"}
    assert {found["verdict"]["manner"] for found in asked["platforms"].values()} == {"validated", "read"}
    assert all(found["verdict"]["errors"] == [] for found in asked["platforms"].values())
    told = command.run("ad", "plan", ad_id, "--offline").stdout
    assert told.count("the platform would take it") == 2, "what was said within the hour is known offline too"
    assert "TikTok has no dry run" in told
    assert "Planned by ada@example.com" in told
    command.answer("ad", "edit", ad_id, deployed["file"])


def test_a_stale_plan_is_refused_at_the_command_line_with_what_is_different(
    command: CommandLine, deployed: dict[str, Any], tmp_path: Path
) -> None:
    ad_id = deployed["ad"]["id"]
    starting = (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT00:00:00")
    schedule = {**json.loads(Path(deployed["file"]).read_text()).get("schedule", {}), "start": starting, "end": None}
    later = command.answer("ad", "create", _edited(command, deployed, name="Later", schedule=schedule))["id"]

    def plan(of: str) -> str:
        return str(command.answer("ad", "plan", of, "--offline")["fingerprint"])

    def refused(of: str, fingerprint: str) -> str:
        done = command.run("ad", "deploy", of, "--accept-losses", "--plan", fingerprint)
        assert done.returncode == 1
        assert "The plan is not what would be done any more." in done.stderr
        return done.stderr

    command.answer("ad", "edit", ad_id, _edited(command, deployed, budget=_budget(deployed, "61.00")))
    seen = plan(ad_id)
    command.answer("ad", "edit", ad_id, _edited(command, deployed, budget=_budget(deployed, "62.00")))
    assert "the ad was edited since. budget.amount: 61.00 USD → 62.00 USD." in refused(ad_id, seen)
    seen = plan(ad_id)
    (google,) = [a for a in command.answer("account", "list")["items"] if a["platform"] == "google_ads"]
    command.answer("account", "set", google["id"], "daily_cap=5000")
    assert "is not what it was. google_ads account daily_cap: (none) → 5000." in refused(ad_id, seen)
    command.answer("account", "set", google["id"], "daily_cap=")
    command.answer("ad", "edit", ad_id, deployed["file"])
    seen = plan(later)
    (tmp_path / "clock").write_text("P3D")
    command.environment["ADLOOM_CLOCK"] = f"file:{tmp_path / 'clock'}"
    try:
        assert "the start date has passed since." in refused(later, seen)
    finally:
        del command.environment["ADLOOM_CLOCK"]


def test_a_cap_and_a_slip_are_refused_at_the_command_line(
    command: CommandLine, deployed: dict[str, Any], tmp_path: Path
) -> None:
    ad_id = deployed["ad"]["id"]
    before = json.loads(Path(deployed["file"]).read_text())
    edited = Path(deployed["file"]).with_name("slip.json")
    edited.write_text(json.dumps({**before, "budget": {**before["budget"], "amount": _usd("50000.00")}}))
    command.answer("ad", "edit", ad_id, str(edited))
    plan = command.answer("ad", "plan", ad_id)
    assert len(plan["confirm"]) == len(Platform)
    assert plan["fingerprint"] in command.run("ad", "plan", ad_id).stdout
    done = command.run("ad", "deploy", ad_id, "--accept-losses", "--plan", plan["fingerprint"], "--json")
    assert done.returncode == 1
    error = json.loads(done.stdout.splitlines()[-1])["error"]
    assert all(f'--confirm "{sentence}"' in str(error["errors"]) for sentence in plan["confirm"])
    command.answer("ad", "edit", ad_id, deployed["file"])
    done = command.run("ad", "deploy", ad_id, "--accept-losses", "--plan", plan["fingerprint"], "--json")
    assert done.returncode == 0, "the ad is what stands again: there is nothing to do, and nothing to refuse"

    for option, word in (("--on-failure", "perhaps"), ("--duplicates", "some")):
        done = command.run("ad", "deploy", ad_id, option, word, "--json")
        assert done.returncode == 1
        assert json.loads(done.stdout.splitlines()[-1])["error"]["errors"][0]["field"] == option
    assert command.run("ad", "delete", ad_id, "--unfinished", "--json").returncode == 1, "all of it is whole"

    (google,) = [a for a in command.answer("account", "list")["items"] if a["platform"] == "google_ads"]
    assert command.answer("account", "set", google["id"], "daily_cap=1.50")["daily_cap"] == "1.5"
    assert command.answer("account", "set", google["id"], "daily_cap=")["daily_cap"] is None
    command.answer("client", "add", "Capped")
    bound = command.answer(
        "client", "set", "Capped", "--currency", "EUR", "--daily-cap", "20", "--monthly-budget", "500"
    )
    assert (bound["daily_cap"], bound["monthly_budget"]) == ("20", "500")
    kept = command.answer("client", "set", "Capped", "--daily-cap", "")
    assert (kept["currency"], kept["daily_cap"], kept["monthly_budget"]) == ("EUR", None, "500")


def _usd(value: str) -> dict[str, str]:
    return {"value": value, "currency": "USD"}


def test_the_databases_url_opens_the_schema_as_its_owner(command: CommandLine, deployed: dict[str, Any]) -> None:
    import psycopg

    url = command.run("db", "url").stdout.strip().splitlines()[-1]
    with psycopg.connect(url) as connection:
        (count,) = connection.execute("SELECT count(*) FROM campaigns").fetchone() or (None,)
    assert count == len(Platform)
    status = command.answer("db", "status")
    assert status["embedded"] is True
    assert status["pending"] == []
    assert status["migrations"][0]["version"] == "0001_types"


def test_one_command_stops_everything_and_says_how_long_it_took(command: CommandLine, deployed: dict[str, Any]) -> None:
    found = command.answer("stop-everything")
    assert {each["platform"] for each in found["stopped"]} == {platform.value for platform in Platform}
    assert all({"campaign", "platform", "platform_campaign_id", "seconds"} <= each.keys() for each in found["stopped"])
    assert (found["not_stopped"], found["seconds"]) == ([], max(each["seconds"] for each in found["stopped"]))
    assert command.answer("stop-everything") == {"stopped": [], "not_stopped": [], "seconds": 0.0}
    assert "nothing to stop" in command.run("stop-everything").stdout
    assert {c["status"] for c in command.answer("campaign", "list")["campaigns"]} == {"paused"}
    command.answer("ad", "resume", deployed["ad"]["id"])


def test_what_a_platform_keeps_from_stopping_exits_with_three_by_name_and_with_a_cure(
    command: CommandLine, deployed: dict[str, Any]
) -> None:
    away = CommandLine(command.home, "http://127.0.0.1:9", command.line)
    queued = away.run("stop-everything", "--account", command.line["tiktok_ads"]["account_id"], "--no-wait", "--json")
    assert queued.returncode == 0, queued.stderr
    assert len(json.loads(queued.stdout.splitlines()[-1])["job_ids"]) == 1
    url = command.run("db", "url").stdout.strip().splitlines()[-1]
    with psycopg.connect(url, autocommit=True) as connection:  # its last attempt, so that nobody waits for the others
        connection.execute("UPDATE background_jobs SET max_attempts = 1 WHERE status = 'pending'")
    done = away.run("stop-everything", "--account", command.line["tiktok_ads"]["account_id"], "--json")
    assert done.returncode == 3, done.stderr
    (running,) = json.loads(done.stdout.splitlines()[-1])["not_stopped"]
    assert running["platform"] == "tiktok_ads"
    assert running["reason"]
    assert "https://ads.tiktok.com/" in running["cure"]
    assert command.answer("stop-everything")["not_stopped"] == []
    command.answer("ad", "resume", deployed["ad"]["id"])


def test_who_is_misspelt_is_refused_and_nothing_is_stopped(command: CommandLine, deployed: dict[str, Any]) -> None:
    for wrong in (("--client", "Nobody"), ("--account", "1"), ("--account", "1", "--all")):
        assert command.run("stop-everything", *wrong).returncode == 1
    assert {c["status"] for c in command.answer("campaign", "list")["campaigns"]} == {"active"}


def test_what_cannot_be_done_exits_with_one_and_names_field_rule_and_fix(
    command: CommandLine, deployed: dict[str, Any], tmp_path: Path
) -> None:
    broken = json.loads(Path(deployed["file"]).read_text())
    broken["creative"]["headlines"] = ["Too few"]
    broken["budget"]["amount"]["value"] = 50.0
    (tmp_path / "ad.json").write_text(json.dumps(broken))
    done = command.run("ad", "create", str(tmp_path / "ad.json"), "--json")
    assert done.returncode == 1
    errors = json.loads(done.stdout.splitlines()[-1])["error"]["errors"]
    assert {"creative.headlines", "budget.amount.value"} <= {error["field"] for error in errors}
    assert all(error["rule"] and error["fix"] for error in errors)


def test_a_wrong_word_exits_with_two_and_a_platform_that_is_away_with_three(
    command: CommandLine, deployed: dict[str, Any], tmp_path: Path
) -> None:
    assert command.run("ad", "sing").returncode == 2
    away = CommandLine(command.home, "http://127.0.0.1:9", command.line)
    token = tmp_path / "token.json"
    token.write_text(json.dumps(command.line["google_ads"]))
    done = away.run("connect", "google_ads", "--token-file", str(token), "--json")
    assert done.returncode == 3, done.stderr
    assert command.answer("metrics", "sync")["pulls"], "the login that worked still does"


def test_help_is_there_without_a_database(command: CommandLine) -> None:
    done = command.run("--help")
    assert done.returncode == 0
    assert "metrics" in done.stdout


def test_one_person_plans_and_another_one_deploys_at_the_command_line(
    command: CommandLine, deployed: dict[str, Any]
) -> None:
    made = command.answer("client", "add", "Two Eyes", "--second-person")
    (client,) = [c for c in command.answer("client", "list")["items"] if c["id"] == made["id"]]
    assert client["second_person"] is True
    command.answer("user", "create", "--email", "bob@example.com", "--password-stdin", stdin=PASSWORD)
    owner = ("--user", "ada@example.com")
    command.answer("member", "add", "bob@example.com", "--role", "editor", *owner)
    ad_id = command.answer("ad", "create", _edited(command, deployed, name="Two", client="Two Eyes"), *owner)["id"]
    deploy = ("ad", "deploy", ad_id, "--accept-losses", "--platform", "facebook_ads", *owner)
    alone = command.run(*deploy)
    assert alone.returncode == 1
    assert "This client requires that a second person applies" in alone.stderr
    asked = command.answer("ad", "request", ad_id, *owner)
    assert (asked["status"], asked["requester"]) == ("requested", "ada@example.com")
    assert "You planned this yourself" in command.run(*deploy).stderr
    assert f"adloom ad deploy {ad_id} --as EMAIL" in command.run("ad", "show", ad_id, *owner).stdout
    done = command.answer(*deploy, "--as", "bob@example.com")
    assert [c["status"] for c in done["campaigns"]] == ["active"]
    (kept,) = command.answer("ad", "show", ad_id, *owner)["requests"]
    assert (kept["status"], kept["requester"], kept["applier"]) == ("applied", "ada@example.com", "bob@example.com")
    paused = command.answer("ad", "pause", ad_id, *owner)
    assert [c["status"] for c in paused["campaigns"]] == ["paused"], "stopping money needs nobody else"
    assert "a second person applies" in command.run("ad", "resume", ad_id, *owner).stderr
    stranger = command.run(*deploy, "--as", "nobody@example.com")
    assert "nobody@example.com is no member here" in stranger.stderr
