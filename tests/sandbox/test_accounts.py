"""What happens to accounts mid-flight: a cap is reached, a bill is not paid, the login loses the account or a page."""

import pytest
from tests.sandbox.google_client import MANAGER, Google, codes, tree
from tests.sandbox.meta_client import Meta
from tests.sandbox.microsoft_client import CUSTOMER, Microsoft
from tests.sandbox.tiktok_client import TikTok, data

PLATFORMS = ("google_ads", "facebook_ads", "microsoft_ads", "tiktok_ads")


def happens(sandbox, platform, action, value=None):
    sandbox.control("account", {"platform": platform, "action": action, "value": value})


def shown(sandbox, platform):
    return sum(row["impressions"] for row in sandbox.ledger(platform=platform)["delivery"])


@pytest.mark.parametrize("action", ["cap", "unpaid"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_nothing_is_shown_while_an_account_is_capped_or_unpaid(sandbox, platform, action):
    sandbox.control("seed", {"platform": platform, "campaigns": 1})
    sandbox.advance("P1D")
    happens(sandbox, platform, action)
    before = shown(sandbox, platform)
    assert before > 0
    sandbox.advance("P2D")
    held = shown(sandbox, platform)
    assert held <= before * 1.2, "at most what was running in the hour in which it came"
    happens(sandbox, platform, "resume")
    sandbox.advance("P1D")
    assert shown(sandbox, platform) > held


def test_platforms_tell_an_unpaid_or_capped_account_in_their_words(sandbox):
    meta, microsoft, tiktok = Meta(sandbox), Microsoft(sandbox), TikTok(sandbox)

    def told():
        account = meta.get(meta.account, fields="account_status,amount_spent,spend_cap")
        query = {"AccountId": microsoft.account}
        financial = microsoft.do("POST", "Account/Query", query, service=CUSTOMER)["Account"]["AccountFinancialStatus"]
        found = tiktok.raw("advertiser/info", {"advertiser_ids": [tiktok.account]}).json()
        balance = data(found)["list"][0]["balance"]
        return account["account_status"], financial, balance

    assert told() == (1, "ClearFinancialStatus", 10000.0)
    for platform in PLATFORMS[1:]:
        happens(sandbox, platform, "unpaid")
    assert told() == (3, "Hold", 0.0)
    sandbox.control("seed", {"platform": "facebook_ads", "campaigns": 1})
    happens(sandbox, "facebook_ads", "resume")
    sandbox.advance("P1D")
    happens(sandbox, "facebook_ads", "cap")
    account = meta.get(meta.account, fields="account_status,amount_spent,spend_cap")
    assert account["spend_cap"] == account["amount_spent"] != "0"


def test_google_tells_a_held_account_by_its_customer_its_billing_its_budget_and_its_campaigns(sandbox):
    google = Google(sandbox)
    sandbox.control("seed", {"platform": "google_ads", "campaigns": 1})
    sandbox.advance("P1D")

    def told():
        (customer,) = google.state("customer", "status")
        (billing,) = google.state("billing_setup", "status")
        (kind,) = google.state("account_budget", "adjusted_spending_limit_type")
        (serving,) = google.state("campaign", "serving_status")
        return customer, billing, kind, serving

    def limit():
        budget = google.rows(
            "SELECT account_budget.adjusted_spending_limit_micros, account_budget.amount_served_micros "
            "FROM account_budget"
        )[0]["accountBudget"]
        return budget.get("adjustedSpendingLimitMicros"), budget["amountServedMicros"]

    fine = ("ENABLED", "APPROVED", "INFINITE", "SERVING")
    assert told() == fine
    assert limit()[0] is None
    happens(sandbox, "google_ads", "cap")
    assert told() == ("ENABLED", "APPROVED", None, "SUSPENDED")
    assert limit()[0] == limit()[1] != "0"
    happens(sandbox, "google_ads", "unpaid")
    assert told() == ("ENABLED", "CANCELLED", "INFINITE", "SUSPENDED")
    happens(sandbox, "google_ads", "suspend")
    assert told() == ("SUSPENDED", "APPROVED", "INFINITE", "SUSPENDED")
    assert codes(google.mutate(tree())) == ["authorizationError.ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT"]
    clients = google.rows("SELECT customer_client.id, customer_client.status FROM customer_client", MANAGER)
    assert {row["customerClient"]["id"]: row["customerClient"]["status"] for row in clients}[
        google.line["account_id"]
    ] == ("SUSPENDED")
    happens(sandbox, "google_ads", "resume")
    assert told() == fine
    assert google.made(tree())


def test_what_a_capped_account_may_spend_stays_what_it_was_when_the_cap_came(sandbox):
    google = Google(sandbox)
    sandbox.control("seed", {"platform": "google_ads", "campaigns": 1})
    sandbox.advance("P1D")
    happens(sandbox, "google_ads", "cap")
    query = "SELECT account_budget.approved_spending_limit_micros FROM account_budget"
    (first,) = google.rows(query)
    sandbox.advance("P12D")
    assert google.rows(query) == [first]
    (row,) = google.rows("SELECT account_budget.amount_served_micros FROM account_budget")
    served, limit = row["accountBudget"]["amountServedMicros"], first["accountBudget"]["approvedSpendingLimitMicros"]
    assert int(served) >= int(limit), "clicks that come late are served, and invalid ones do not make room"


def refusals(sandbox):
    """How each platform answers somebody who may not open the account any more."""
    google, meta, microsoft, tiktok = Google(sandbox), Meta(sandbox), Microsoft(sandbox), TikTok(sandbox)
    body = {"AccountId": microsoft.account, "CampaignType": "Search"}
    refused = microsoft.call("POST", "Campaigns/QueryByAccountId", body)
    return (
        codes(google.query("SELECT campaign.id FROM campaign")),
        meta.call("GET", f"{meta.account}/campaigns").json()["error"]["code"],
        (refused.status_code, refused.json()["Errors"][0]["Code"]),
        tiktok.get("campaign/get")["code"],
    )


def test_a_login_that_loses_the_account_is_refused_as_each_platform_does(sandbox):
    for platform in PLATFORMS:
        happens(sandbox, platform, "lose", "access")
    assert refusals(sandbox) == (["authorizationError.USER_PERMISSION_DENIED"], 200, (403, 106), 40001)
    for platform in PLATFORMS:
        happens(sandbox, platform, "regain", "access")
    assert Google(sandbox).query("SELECT campaign.id FROM campaign").status_code == 200
    assert TikTok(sandbox).get("campaign/get")["code"] == 0


def test_an_account_that_is_lost_is_not_among_those_that_the_login_opens(sandbox):
    google, meta, tiktok = Google(sandbox), Meta(sandbox), TikTok(sandbox)
    app = {"app_id": tiktok.line["client_id"], "secret": tiktok.line["client_secret"]}

    def opened():
        customers = google.request("GET", "customers:listAccessibleCustomers").json()["resourceNames"]
        return (
            "customers/1234567890" in customers,
            len(meta.get("me/adaccounts")["data"]),
            len(data(tiktok.raw("oauth2/advertiser/get", app).json())["list"]),
        )

    assert opened() == (True, 1, 1)
    for platform in PLATFORMS:
        happens(sandbox, platform, "lose", "access")
    assert opened() == (False, 0, 0)


def test_what_runs_goes_on_when_the_login_loses_the_account(sandbox):
    sandbox.control("seed", {"platform": "facebook_ads", "campaigns": 1})
    sandbox.advance("P1D")
    happens(sandbox, "facebook_ads", "lose", "access")
    before = shown(sandbox, "facebook_ads")
    sandbox.advance("P1D")
    assert shown(sandbox, "facebook_ads") > before


def test_a_page_that_is_lost_cannot_speak_in_new_ads(sandbox):
    meta = Meta(sandbox)
    happens(sandbox, "facebook_ads", "lose", "page")
    assert meta.get("me/accounts")["data"] == []
    refused = meta.call("POST", f"{meta.account}/adcreatives", meta.creative())
    assert refused.json()["error"]["error_user_title"] == "No permission for this Page"
    happens(sandbox, "facebook_ads", "regain", "page")
    assert len(meta.get("me/accounts")["data"]) == 1
    assert meta.post(f"{meta.account}/adcreatives", **meta.creative())["id"]


def test_an_identity_that_is_lost_cannot_speak_in_new_ads(sandbox):
    tiktok = TikTok(sandbox)
    video, cover = tiktok.files()
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    ad = {"advertiser_id": tiktok.account, "adgroup_id": group, "creatives": [tiktok.creative(video, cover)]}
    happens(sandbox, "tiktok_ads", "lose", "identity")
    assert data(tiktok.get("identity/get"))["identity_list"] == []
    assert tiktok.post("ad/create", ad)["code"] == 40002
    happens(sandbox, "tiktok_ads", "regain", "identity")
    assert tiktok.post("ad/create", ad)["code"] == 0


@pytest.mark.parametrize(("platform", "what"), [("google_ads", "page"), ("tiktok_ads", "page"), ("tiktok_ads", None)])
def test_what_a_platform_does_not_have_cannot_be_lost(sandbox, platform, what):
    body = {"platform": platform, "action": "lose", "value": what}
    answer = sandbox.control_raw("account", body)
    assert answer.status_code == 400
    assert "access" in answer.json()["error"]


def test_a_lost_page_survives_a_restart_with_the_same_first_line(start_sandbox, tmp_path):
    options = ("--state", str(tmp_path / "a.state"))
    first = start_sandbox(*options)
    happens(first, "facebook_ads", "lose", "page")
    happens(first, "google_ads", "currency", "EUR")
    first.process.kill()
    first.process.wait(timeout=10)
    second = start_sandbox(*options)
    assert second.line | {"port": 0} == first.line | {"port": 0}
    assert Meta(second).get("me/accounts")["data"] == []
    assert Google(second).made(tree())
