"""The pages, over real HTTP and a real database: who may look, what they show, and which forms they take."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from tests.doors import showing
from tests.doors.browsing import Browser
from tests.doors.visitors import PASSWORD
from tests.rooms import rows
from tests.rooms.ads.writing import plain_ad
from tests.rooms.assets.media import picture

from adloom.ads import actions as ads
from adloom.ads import queries as ad_queries
from adloom.assets import actions as assets
from adloom.campaigns import queries as campaigns
from adloom.core import settings, time
from adloom.db import session as db
from adloom.identity import actions as identity
from adloom.metrics import actions as metrics
from adloom.metrics import rates
from adloom.platforms.types import Platform
from adloom.reports import actions as reports
from adloom.web import vega

Opening = Callable[[str], Browser]

PLACES = (
    "/",
    "/ads",
    "/campaigns",
    "/pacing",
    "/reconciliation",
    "/assets",
    "/reports",
    "/connections",
    "/audit",
    "/account",
)
HTMX = "491955cd1810747d7d7b9ccb936400afb760e06d25d53e4572b64b6563b2784e"


@pytest.fixture
def opening(http: httpx.Client) -> Iterator[Opening]:
    """Opens a browser of its own for a person who has just made an account, and signs in with it."""
    clients: list[httpx.Client] = []

    def open_(email: str) -> Browser:
        person_id = identity.create_user(email=email, password=PASSWORD)
        clients.append(httpx.Client(base_url=http.base_url, timeout=30))
        browser = Browser(clients[-1], person_id)
        assert browser.sign_in(email).status_code == 303
        return browser

    yield open_
    for client in clients:
        client.close()


@pytest.fixture
def owner(opening: Opening) -> Browser:
    """An owner in front of a browser, and the first person here."""
    return opening("owner@example.com")


@pytest.fixture
def google_ad(owner: Browser) -> UUID:
    """A draft for Google, whose account is connected."""
    showing.account(owner.actor, Platform.GOOGLE_ADS, external_id="1234567890")
    return _written(owner)


def _written(browser: Browser, **changes: object) -> UUID:
    ad = plain_ad(platforms={"google_ads": {"account": "1234567890"}}, **changes)
    return ads.create(browser.actor, data=ad).id


# Signing in and out --------------------------------------------------------------------------------------------------


def test_nobody_is_led_to_the_entrance_and_from_there_to_where_they_wanted_to_go(http: httpx.Client) -> None:
    for place in PLACES[1:]:
        answer = http.get(f"{place}?after=x")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/login?next=%2F{place[1:]}%3Fafter%3Dx")
    assert 'name="next" value="/audit"' in http.get("/login?next=%2Faudit").text


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_server(owner: Browser, elsewhere: str) -> None:
    assert owner.sign_in("owner@example.com", next=elsewhere).headers["location"] == "/"
    assert owner.sign_in("owner@example.com", next="/ads?status=draft").headers["location"] == "/ads?status=draft"


def test_a_wrong_password_and_an_unknown_address_are_answered_alike(owner: Browser) -> None:
    wrong = owner.sign_in("owner@example.com", "not the password")
    unknown = owner.sign_in("nobody@example.com", "not the password")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.text.replace("owner@", "nobody@") == unknown.text


def test_too_many_attempts_are_told_to_wait(owner: Browser) -> None:
    for _ in range(6):
        answer = owner.sign_in("owner@example.com", "not the password")
    assert answer.status_code == 429
    assert "Try again in" in answer.text


def test_no_script_and_no_other_site_gets_at_the_session(owner: Browser) -> None:
    cookie = owner.sign_in("owner@example.com").headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie


def test_signing_out_acts_at_once(owner: Browser, http: httpx.Client) -> None:
    stolen = owner.http.cookies["adloom_session"]
    assert owner.done("/logout") == "/login"
    assert "adloom_session" not in owner.http.cookies
    again = http.get("/ads", headers={"Cookie": f"adloom_session={stolen}"})
    assert (again.status_code, again.headers["location"]) == (303, "/login?next=%2Fads")


def test_signing_up_is_there_only_while_it_is_open(
    http: httpx.Client, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"email": "new@example.com", "password": PASSWORD, "first_name": "New"}
    assert "/sign-up" not in http.get("/login").text
    assert http.get("/sign-up").status_code == 403
    assert http.post("/sign-up", data=form, headers={"Origin": owner.origin}).status_code == 403

    monkeypatch.setenv("ADLOOM_SIGNUP", "open")
    settings.load.cache_clear()
    assert "/sign-up" in http.get("/login").text
    short = http.post("/sign-up", data={**form, "password": "short"}, headers={"Origin": owner.origin})
    assert (short.status_code, 'value="new@example.com"' in short.text) == (422, True)
    made = http.post("/sign-up", data=form, headers={"Origin": owner.origin})
    assert (made.status_code, made.headers["location"]) == (303, "/")
    assert "new@example.com" in http.get("/").text


# Forms ---------------------------------------------------------------------------------------------------------------


def test_a_form_without_its_token_is_refused(owner: Browser, opening: Opening, google_ad: UUID) -> None:
    of_another = opening("stranger@example.com").token()
    for token in ("", "0" * 64, of_another):
        answer = owner.send(f"/ads/{google_ad}/delete", {"csrf": token})
        assert answer.status_code == 403
        assert "too old" in answer.text
    owner.look(f"/ads/{google_ad}")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused(owner: Browser, google_ad: UUID, headers: dict[str, str]) -> None:
    form = {"csrf": owner.token()}
    for path in (f"/ads/{google_ad}/delete", "/logout", "/account/tenant", "/assets"):
        assert owner.http.post(path, data=form, headers=headers).status_code == 403
    entrance = owner.http.post("/login", data={"email": "owner@example.com", "password": PASSWORD}, headers=headers)
    assert entrance.status_code == 403
    owner.look(f"/ads/{google_ad}")


# What pages show -----------------------------------------------------------------------------------------------------


def test_a_page_names_no_other_server_and_runs_nothing_inline(owner: Browser, google_ad: UUID) -> None:
    for place in (*PLACES, "/login", f"/ads/{google_ad}", f"/ads/{google_ad}/delete"):
        answer = owner.http.get(place)
        assert answer.status_code == 200, place
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-security-policy"].startswith("default-src 'self'; base-uri 'none'")
        assert re.findall(r'(?:src|href|action)="(?!/|#)', answer.text) == []
        assert re.findall(r"<script(?! )|<style|\sstyle=|\son\w+=", answer.text) == []


def test_before_the_first_figure_the_overview_says_what_to_do_next(owner: Browser) -> None:
    page = owner.look("/")
    assert "adloom connect google_ads" in page
    assert "adloom ad create ad.json" in page
    showing.account(owner.actor, Platform.GOOGLE_ADS, external_id="1")
    assert "adloom connect" not in owner.look("/")


def test_the_overview_sums_whole_days_by_currency_and_compares_with_the_days_before(owner: Browser) -> None:
    today = time.today("America/Los_Angeles")
    for currency, spend in (("USD", "10.00"), ("EUR", "7.50")):
        account = showing.account(owner.actor, Platform.GOOGLE_ADS, external_id=currency, currency=currency)
        campaign = showing.campaign(
            owner.actor,
            ad_id=_written(owner, name=currency),
            account_id=account,
            platform=Platform.GOOGLE_ADS,
            name=f"In {currency}",
        )
        showing.figures(
            owner.actor,
            campaign_id=campaign,
            platform=Platform.GOOGLE_ADS,
            newest=today,
            days=15,
            spend=spend,
            currency=currency,
        )
    page = owner.look("/?days=7")
    assert "$70.00" in page
    assert "€52.50" in page
    assert "$122.50" not in page
    assert "+0.0%" in page
    assert "5.00%" in page
    assert "one sale may be counted more than once" in page

    chart = owner.http.get("/charts/daily-spend?days=7&currency=EUR").json()
    (values,) = chart["datasets"].values() if "datasets" in chart else (chart["data"]["values"],)
    assert [row["date"] for row in values] == [f"{today - timedelta(days=n)}T00:00:00" for n in range(7, 0, -1)]
    assert {row["spend"] for row in values} == {7.5}


def test_the_overview_tells_days_that_nobody_pulled_from_days_without_spend(owner: Browser, google_ad: UUID) -> None:
    account = rows.account(owner.actor, Platform.MICROSOFT_ADS, external_id="77")
    rows.campaign(owner.actor, account, platform_campaign_id="7", name="Theirs")
    (theirs,) = campaigns.all_of(owner.actor)
    newest = time.today("America/Los_Angeles") - timedelta(days=1)
    showing.figures(owner.actor, campaign_id=theirs.id, platform=Platform.MICROSOFT_ADS, newest=newest, days=3)
    silent = rows.account(owner.actor, Platform.TIKTOK_ADS, external_id="78", currency="EUR")
    rows.campaign(owner.actor, silent, platform_campaign_id="8", name="Never pulled: there is no block in euros")
    page = owner.look("/?days=7")
    for wanted in (
        "Unknown, which is not zero: Microsoft Advertising 77",
        "Unknown, which is not zero: TikTok Ads 78",
        "7 days unknown",
        "uncertain days",
        "not all of these days are known",
        "as claimed by each platform",
    ):
        assert wanted in page, wanted
    drawn = owner.http.get("/charts/daily-spend?days=7&currency=USD").json()
    assert [layer["mark"]["type"] for layer in drawn["layer"]] == ["area", "rect"]


def test_the_pacing_page_names_the_days_that_a_projection_lacks(owner: Browser) -> None:
    account = rows.account(owner.actor, Platform.MICROSOFT_ADS, external_id="77", time_zone="Pacific/Kiritimati")
    rows.campaign(owner.actor, account, platform_campaign_id="7", name="Theirs")
    with db.owner_connection() as connection:
        connection.execute(
            """
            UPDATE ads
            SET budget_data = '{"type": "DAILY", "amount": {"value": "10", "currency": "USD"}}',
                unified_data = '{"imported": {"start": "2026-01-01T00:00:00+00:00"}}'
            """
        )
    page = owner.look("/pacing")
    for wanted in ("Unknown, which is not zero: Microsoft Advertising 77 (", "have not been pulled", "Unknown</span>"):
        assert wanted in page, wanted


def test_the_reconciliation_page_names_the_accounts_that_were_never_compared(owner: Browser) -> None:
    compared = showing.account(owner.actor, Platform.GOOGLE_ADS, external_id="1234567890")
    showing.account(owner.actor, Platform.FACEBOOK_ADS, external_id="act_77")
    nothing = {"from": "2026-11-01", "to": "2026-11-01", "days": [], "unexplained": 0, "time_zone": "UTC"}
    outcome = {**nothing, "account_id": str(compared), "platform": "google_ads", "external_id": "1234567890"}
    for job_id in metrics.reconcile(owner.actor):
        with db.owner_connection() as connection:
            connection.execute(
                "UPDATE background_jobs SET status = 'completed', completed_at = now(), result = %s"
                " WHERE id = %s AND job_data ->> 'account_id' = %s",
                (json.dumps({**outcome, "compared_at": "2026-11-02T00:00:00+00:00"}), job_id, str(compared)),
            )
    page = owner.look("/reconciliation")
    assert "Never compared, or not with success: Meta Ads act_77." in page


def test_what_people_write_is_shown_and_never_run(owner: Browser) -> None:
    name = '<script>alert(1)</script> & "sale"'
    creative = {**plain_ad()["creative"], "headlines": ["<img src=x onerror=a()>", "Run faster", "Free shipping"]}
    ad_id = _written(owner, name=name, creative=creative)
    for page in (owner.look(f"/ads/{ad_id}"), owner.look("/ads"), owner.look(f"/ads/{ad_id}/delete")):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;sale&#34;" in page


def test_an_ad_shows_its_texts_with_their_limits_and_how_it_may_look(owner: Browser, google_ad: UUID) -> None:
    page = owner.look(f"/ads/{google_ad}")
    assert "11 / 30" in page  # Spring sale
    assert "Spring sale | Run faster | Free shipping" in page
    assert "running shoes (phrase)" in page
    assert "United States" in page
    assert "$60.00 a day" in page


def test_a_list_goes_on_where_its_page_ended(owner: Browser) -> None:
    names = [f"Ad number {number}" for number in range(27)]
    for name in names:
        _written(owner, name=name)
    first = owner.look("/ads")
    (older,) = re.findall(r'href="(/ads\?after=[^"]+)"', first)
    second = owner.look(older.replace("&amp;", "&"))
    shown = [re.findall(r">(Ad number \d+)<", page) for page in (first, second)]
    assert [len(page) for page in shown] == [25, 2]
    assert {*shown[0], *shown[1]} == {*names}
    assert "Ad number" not in owner.look("/ads?status=active")


def test_a_shifted_clock_stands_on_every_page(owner: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    file = settings.load().home_path() / "clock"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("PT20H")
    assert "is shifted by" not in owner.look("/")
    monkeypatch.setenv("ADLOOM_CLOCK", f"file:{file}")
    for place in PLACES:
        assert "is shifted by +20 h: here it is" in owner.look(place)


def test_the_audit_log_tells_who_did_what(owner: Browser, google_ad: UUID) -> None:
    page = owner.look("/audit")
    assert "Ad added" in page
    assert f'href="/ads/{google_ad}"' in page
    assert "Person signed in" in page
    assert "owner@example.com" in page


# Another tenant ------------------------------------------------------------------------------------------------------


def test_another_tenants_things_are_not_there(owner: Browser, opening: Opening, google_ad: UUID) -> None:
    asset = assets.add(owner.actor, filename="a.jpg", data=picture())
    report = reports.create(owner.actor, name="Mine")
    made = reports.run(owner.actor, report_id=report).instance_id
    stranger = opening("stranger@example.com")
    for path in (
        f"/ads/{google_ad}",
        f"/ads/{google_ad}/live",
        f"/ads/{google_ad}/delete",
        f"/assets/{asset.id}/thumbnail",
        f"/assets/{asset.id}/file",
        f"/reports/files/{made}",
        f"/ads/{uuid4()}",
        "/ads/not-an-id",
        "/no/such/page",
    ):
        assert "There is nothing here" in stranger.look(path, status=404)
    for path in (
        *(f"/ads/{google_ad}/{verb}" for verb in ("deploy", "pause", "resume", "delete")),
        f"/assets/{asset.id}/delete",
        f"/reports/{report}/run",
    ):
        assert stranger.send(path).status_code == 404
    assert stranger.send("/account/tenant", {"tenant": str(owner.id)}).status_code == 404
    for place in PLACES:
        assert "Spring sale" not in stranger.look(place)


def test_a_viewer_sees_the_owners_ads_and_no_button_that_changes_them(
    owner: Browser, opening: Opening, google_ad: UUID
) -> None:
    guest = opening("guest@example.com")
    identity.add_member(owner.actor, email="guest@example.com", role="viewer")
    assert "Spring sale" not in guest.look("/ads")
    assert guest.done("/account/tenant", {"tenant": str(owner.id)}) == "/"
    assert "Spring sale" in guest.look("/ads")
    page = guest.look(f"/ads/{google_ad}")
    assert page.count("<form") == 1  # signing out
    assert guest.send(f"/ads/{google_ad}/deploy").status_code == 403

    identity.remove_member(owner.actor, email="guest@example.com")
    assert guest.http.get("/ads").headers["location"] == "/account"
    assert guest.done("/account/tenant", {"tenant": str(guest.id)}) == "/"
    assert "Spring sale" not in guest.look("/ads")


# What forms do -------------------------------------------------------------------------------------------------------


def test_deploying_queues_each_platform_once_and_the_page_follows_it(owner: Browser, google_ad: UUID) -> None:
    assert "Deploy</button>" in owner.look(f"/ads/{google_ad}")
    assert owner.done(f"/ads/{google_ad}/deploy") == f"/ads/{google_ad}"
    for path in (f"/ads/{google_ad}", f"/ads/{google_ad}/live"):
        page = owner.look(path)
        assert f'hx-get="/ads/{google_ad}/live" hx-trigger="every 1s"' in page
        assert "Queued" in page
        assert "Deploy</button>" not in page
    owner.done(f"/ads/{google_ad}/deploy")
    assert len(campaigns.history(owner.actor, ad_id=google_ad)) == 1


def test_lost_targeting_is_deployed_only_with_consent(owner: Browser) -> None:
    showing.account(owner.actor, Platform.GOOGLE_ADS, external_id="1234567890")
    targeting = {**plain_ad()["targeting"], "interests": [{"taxonomy": "facebook_ads", "key": "6003107902433"}]}
    ad_id = _written(owner, targeting=targeting)
    assert "Accept what targeting is lost" in owner.look(f"/ads/{ad_id}")
    refused = owner.send(f"/ads/{ad_id}/deploy")
    assert refused.status_code == 422
    assert "Not every platform can target" in refused.text
    owner.done(f"/ads/{ad_id}/deploy", {"accept_losses": "true"})


def test_what_has_to_be_mended_stands_where_deploying_would(owner: Browser) -> None:
    ad_id = _written(owner)
    page = owner.look(f"/ads/{ad_id}")
    assert "mend what stands in red" in page
    assert "is not connected" in page
    assert "Deploy</button>" not in page
    assert owner.send(f"/ads/{ad_id}/deploy").status_code == 422


def test_deleting_names_what_happens_and_a_draft_is_gone_afterwards(owner: Browser, google_ad: UUID) -> None:
    assert "It stands on no platform" in owner.look(f"/ads/{google_ad}/delete")
    account = showing.account(owner.actor, Platform.GOOGLE_ADS, external_id="5")
    standing = _written(owner, name="On air")
    showing.campaign(owner.actor, ad_id=standing, account_id=account, platform=Platform.GOOGLE_ADS)
    (campaign,) = campaigns.of_ad(owner.actor, ad_id=standing)
    page = owner.look(f"/ads/{standing}/delete")
    assert "deleted on their platforms for good" in page
    assert str(campaign.platform_campaign_id) in page

    assert owner.done(f"/ads/{google_ad}/delete") == "/ads"
    owner.look(f"/ads/{google_ad}", status=404)
    assert owner.done(f"/ads/{standing}/delete") == f"/ads/{standing}"
    assert "Queued" in owner.look(f"/ads/{standing}")


def test_a_picture_is_uploaded_seen_and_deleted_and_a_lie_is_refused(owner: Browser) -> None:
    owner.done("/assets", files=[("file", ("shoe.jpg", picture(), "image/jpeg"))])
    page = owner.look("/assets")
    assert "shoe.jpg" in page
    assert "120 × 80" in page
    (thumbnail,) = re.findall(r'src="(/assets/[0-9a-f-]+/thumbnail)"', page)
    small = owner.http.get(thumbnail)
    assert (small.status_code, small.headers["content-type"]) == (200, "image/webp")
    file = owner.http.get(thumbnail.replace("thumbnail", "file"))
    assert (file.content, file.headers["content-security-policy"]) == (picture(), "default-src 'none'; sandbox")

    lie = owner.send("/assets", files=[("file", ("shoe.png", b"no picture", "image/png"))])
    assert lie.status_code == 422
    assert 'role="alert"' in lie.text
    assert owner.send("/assets", files=[("file", ("", b"", "image/png"))]).status_code == 422
    owner.done(thumbnail.replace("thumbnail", "delete"))
    assert "shoe.jpg" not in owner.look("/assets")


def test_an_upload_of_nobody_is_not_read(http: httpx.Client, owner: Browser) -> None:
    files = [("file", ("shoe.jpg", picture(), "image/jpeg"))]
    answer = http.post("/assets", files=files, headers={"Origin": owner.origin})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")


def test_figures_of_two_currencies_are_told_in_one_where_that_is_asked_for(owner: Browser, tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_text(f"{time.today('UTC') - timedelta(days=5)},USD,2")
    rates.import_file(tmp_path / "rates.csv")
    for currency in ("EUR", "USD"):
        ad_id = _written(owner, name=currency)
        account = showing.account(owner.actor, Platform.TIKTOK_ADS, external_id=currency, currency=currency)
        campaign = showing.campaign(owner.actor, ad_id=ad_id, account_id=account, platform=Platform.TIKTOK_ADS)
        newest = time.today("America/Los_Angeles") - timedelta(days=1)
        showing.figures(
            owner.actor, campaign_id=campaign, platform=Platform.TIKTOK_ADS, newest=newest, days=2, currency=currency
        )
    page = owner.look("/?days=30&told_in=EUR")
    assert "€30.00" in page, "20 euros, and 20 dollars at 2 dollars per euro"
    assert "Converted at each day" in page
    assert "as claimed by each platform; one sale may be counted more than once" in page
    assert "Read from the data as of" in page
    assert "$20.00" in owner.look("/?days=30")
    owner.look("/?told_in=XQZ", status=422)


def test_a_report_is_defined_and_made_in_one_go(owner: Browser) -> None:
    form = {"name": "Last week", "file_format": "csv", "since": "2026-11-01", "until": "2026-11-07"}
    assert owner.done("/reports", form) == "/reports"
    page = owner.look("/reports")
    assert "1 Nov 2026 – 7 Nov 2026" in page
    assert 'hx-get="/reports/live?after=" hx-trigger="every 1s"' in page
    assert "Queued" in owner.look("/reports/live?after=")
    wrong = owner.send("/reports", {**form, "until": "2026-10-01"})
    assert (wrong.status_code, "Give a later day." in wrong.text) == (422, True)
    assert owner.send("/reports", {**form, "since": "yesterday"}).status_code == 422


def test_another_password_ends_the_sessions_elsewhere(owner: Browser, http: httpx.Client) -> None:
    elsewhere = Browser(http, owner.id)
    elsewhere.sign_in("owner@example.com")
    form = {"current": PASSWORD, "new": "another long password"}
    assert owner.send("/account/password", {**form, "current": "wrong"}).status_code == 403
    assert owner.send("/account/password", form).status_code == 200
    assert elsewhere.http.get("/ads").status_code == 303
    assert owner.sign_in("owner@example.com", "another long password").status_code == 303


# Files ---------------------------------------------------------------------------------------------------------------


def test_htmx_is_the_one_that_was_looked_into(http: httpx.Client) -> None:
    assert hashlib.sha256(http.get("/assets/htmx.min.js").content).hexdigest() == HTMX


def test_files_are_kept_for_good_under_an_address_that_changes_with_them(http: httpx.Client) -> None:
    addresses = set(re.findall(r'"(/assets/[^"]+)"', http.get("/login").text))
    styles = next(address for address in addresses if "adloom.css" in address)
    addresses |= set(re.findall(r'url\("(/assets/[^"]+)"\)', http.get(styles).text))
    assert len(addresses) == 5
    for address in addresses:
        answer = http.get(address)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-encoding"] == "gzip"
        plain, _, _ = address.partition("?")
        assert http.get(plain, headers={"Accept-Encoding": "identity"}).content == answer.content
        assert http.get(plain).headers["cache-control"] == "no-cache"
        assert http.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_the_chart_library_is_made_once_and_kept_in_home(http: httpx.Client) -> None:
    assert "window.vegaEmbed" in http.get("/assets/vega.js").text
    made = vega.bundle()
    assert b"window.vegaEmbed" in made
    (kept,) = (settings.load().home_path() / "cache").iterdir()
    assert kept.read_bytes() == made
    kept.write_bytes(b"kept")
    assert vega.bundle() == b"kept"


def test_a_program_that_asks_the_api_for_nothing_gets_a_problem_and_a_person_a_page(http: httpx.Client) -> None:
    assert http.get("/v1/nothing").headers["content-type"] == "application/problem+json"
    assert http.get("/nothing").headers["content-type"].startswith("text/html")
    assert http.put("/v1/auth/login").status_code == 405


# What may be spent ---------------------------------------------------------------------------------------------------


def test_the_page_of_an_ad_says_what_may_be_spent(owner: Browser, google_ad: UUID) -> None:
    text = owner.look(f"/ads/{google_ad}")
    assert "What may be spent" in text
    assert "$1,824.00" in text, "30.4 days of $60"
    assert "$120.00" in text, "Google's worst day"
    assert "Together in USD" in text


def test_an_unusual_budget_is_written_down_on_the_page_before_it_is_deployed(owner: Browser) -> None:
    account_id = showing.account(owner.actor, Platform.GOOGLE_ADS, external_id="1234567890")
    small = _written(owner, budget={"type": "DAILY", "amount": {"value": "0.50", "currency": "USD"}})
    campaign_id = showing.campaign(owner.actor, ad_id=small, account_id=account_id, platform=Platform.GOOGLE_ADS)
    showing.applied(owner.actor, campaign_id, ad=dict(ad_queries.get(owner.actor, ad_id=small).data))
    google_ad = _written(owner)
    text = owner.look(f"/ads/{google_ad}")
    sentence = "60.00 USD a day on google_ads account 1234567890 for the owner"
    assert sentence in text
    assert 'name="confirm"' in text
    refused = owner.send(f"/ads/{google_ad}/deploy", {"accept_losses": "true"})
    assert refused.status_code == 422
    assert "say it in these words" in refused.text
    assert owner.done(f"/ads/{google_ad}/deploy", {"accept_losses": "true", "confirm": sentence}) == f"/ads/{google_ad}"


def test_what_stands_twice_is_named_on_the_page_with_both_choices_and_so_is_what_is_unfinished(
    owner: Browser, google_ad: UUID
) -> None:
    assert 'name="on_failure"' in owner.look(f"/ads/{google_ad}")
    assert owner.done(f"/ads/{google_ad}/deploy", {"accept_losses": "true", "on_failure": "remove"})
    (made,) = campaigns.history(owner.actor, ad_id=google_ad)
    assert made.on_failure == "remove"
    surplus = '[{"kind": "campaign", "platform_id": "77", "campaign_id": "77", "name": "Copy", "status": "paused"}]'
    with db.owner_connection() as connection:
        connection.execute(
            "UPDATE campaign_deployments SET status = 'failed', completed_at = now(), surplus = %s WHERE id = %s",
            (surplus, made.id),
        )
        connection.execute("UPDATE campaigns SET status = 'error' WHERE id = %s", (made.campaign_id,))
    text = owner.look(f"/ads/{google_ad}")
    assert "campaign 77 Copy" in text
    for words in ('name="duplicates" value="keep"', 'name="duplicates" value="remove"', "Remove what is left</button>"):
        assert words in text
    form = {"accept_losses": "true", "platform": "google_ads", "duplicates": "keep"}
    assert owner.done(f"/ads/{google_ad}/deploy", form) == f"/ads/{google_ad}"
    assert "campaign 77 Copy" not in owner.look(f"/ads/{google_ad}"), "it is under way again"
    form = {"platform": "google_ads", "only_unfinished": "true"}
    assert owner.done(f"/ads/{google_ad}/delete", form) == f"/ads/{google_ad}"
    assert [each.type for each in campaigns.history(owner.actor, ad_id=google_ad)] == ["delete", "create", "create"]
