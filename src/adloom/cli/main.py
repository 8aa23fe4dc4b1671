"""The command `adloom`: its groups, and what an error becomes. Exit 0 done, 1 refused, 2 usage, 3 platform, 4 bug."""

from __future__ import annotations

import sys

import typer

from adloom.cli import (
    account,
    ad,
    ad_list,
    campaign,
    client,
    connect,
    database,
    demo,
    fx,
    member,
    metrics,
    places,
    report,
    serve,
    stop,
    user,
)

app = typer.Typer(
    name="adloom",
    help="One ad, written once, woven into Google Ads, Meta Ads, Microsoft Advertising and TikTok Ads.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(account.app, name="account", help="Ad accounts: what is found there, what is wrong, what is set.")
ad.app.command("list")(ad_list.list_)
app.add_typer(ad.app, name="ad", help="Ads: write, deploy, pause, resume, delete.")
app.add_typer(campaign.app, name="campaign", help="Campaigns: one ad on one platform.")
app.add_typer(client.app, name="client", help="The brands you work for.")
app.add_typer(database.app, name="db", help="The database: server, migrations, checks, partitions, retention.")
app.add_typer(fx.app, name="fx", help="Exchange rates.")
app.add_typer(member.app, name="member", help="Who else may act or read for you.")
app.add_typer(metrics.app, name="metrics", help="Numbers: bring them in, show them.")
app.add_typer(places.app, name="places", help="Places: what a platform has of a name.")
app.add_typer(report.app, name="report", help="Reports as CSV and PDF.")
app.add_typer(user.app, name="user", help="People who sign in.")
app.add_typer(connect.assets, name="asset", help="Images, videos, documents.")
app.command("connect")(connect.connect)
app.command("stop-everything")(stop.stop_everything)
app.command("sandbox", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(demo.sandbox)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("worker")(serve.worker)
app.command("up")(serve.up)
app.command("config")(serve.config)
app.command("doctor")(serve.doctor)


def run() -> None:
    """The entry point: runs a command and turns what it raises into words and an exit code."""
    from adloom.cli import failure

    try:
        app(standalone_mode=True)
    except KeyboardInterrupt:
        sys.exit(130)
    except failure.KNOWN as error:
        sys.exit(failure.report(error, as_json="--json" in sys.argv))


if __name__ == "__main__":
    run()
