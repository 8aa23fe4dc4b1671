"""GAQL at Google: what it answers, what it refuses, and its pages."""

import pytest
from tests.sandbox.google_client import CUSTOMER, MANAGER, Google, codes, tree


@pytest.fixture
def google(sandbox):
    return Google(sandbox)


@pytest.fixture
def three(google):
    return [google.made(tree(name)) for name in ("Alpha", "Beta", "Gamma 50%")]


WHERE = [
    ("campaign.name = 'Alpha'", ["Alpha"]),
    ('campaign.name = "Alpha"', ["Alpha"]),
    ("campaign.name != 'Alpha'", ["Beta", "Gamma 50%"]),
    ("campaign.name IN ('Alpha', 'Beta')", ["Alpha", "Beta"]),
    ("campaign.name NOT IN ('Alpha', 'Beta')", ["Gamma 50%"]),
    ("campaign.name LIKE 'a%'", ["Alpha"]),
    ("campaign.name NOT LIKE '%a'", ["Gamma 50%"]),
    ("campaign.name REGEXP_MATCH '.*eta'", ["Beta"]),
    ("campaign.status = ENABLED AND campaign.name = 'Beta'", ["Beta"]),
    ("campaign.status = 'PAUSED'", []),
    ("campaign_budget.amount_micros > 9000000", ["Alpha", "Beta", "Gamma 50%"]),
    ("campaign_budget.amount_micros BETWEEN 60000000 AND 70000000", []),
    ("campaign.network_settings.target_google_search = TRUE", ["Alpha", "Beta", "Gamma 50%"]),
    ("campaign.manual_cpc.enhanced_cpc_enabled IS NULL", ["Alpha", "Beta", "Gamma 50%"]),
    ("campaign.primary_status_reasons CONTAINS ANY ('MOST_ADS_UNDER_REVIEW')", ["Alpha", "Beta", "Gamma 50%"]),
    ("campaign.primary_status_reasons CONTAINS NONE ('MOST_ADS_UNDER_REVIEW')", []),
]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(("condition", "expected"), WHERE)
def test_a_condition_selects_its_rows(google, condition, expected):
    rows = google.rows(f"SELECT campaign.name FROM campaign WHERE {condition}")
    assert [row["campaign"]["name"] for row in rows] == expected


@pytest.mark.usefixtures("three")
def test_rows_are_ordered_and_limited(google):
    rows = google.rows(
        "SELECT campaign.name FROM campaign ORDER BY campaign.name DESC LIMIT 2 PARAMETERS include_drafts=true"
    )
    assert [row["campaign"]["name"] for row in rows] == ["Gamma 50%", "Beta"]


def test_a_row_holds_what_was_selected_and_the_names_of_its_resources(google, three):
    row = google.rows(
        "SELECT ad_group.name, campaign.id, campaign.target_spend.cpc_bid_ceiling_micros FROM ad_group "
        "WHERE ad_group.name = 'Alpha ag1'"
    )[0]
    budget, campaign, *_, group, _, _ = three[0]
    assert budget
    assert row == {
        "adGroup": {"resourceName": group, "name": "Alpha ag1"},
        "campaign": {"resourceName": campaign, "id": campaign.rpartition("/")[2]},
    }


def test_the_answer_tells_its_field_mask(google):
    body = google.query("SELECT campaign.id, campaign.network_settings.target_google_search FROM campaign").json()
    assert body == {"fieldMask": "campaign.id,campaign.networkSettings.targetGoogleSearch"}


REFUSED = [
    ("campaign.id FROM campaign", "EXPECTED_SELECT"),
    ("SELECT campaign.id", "EXPECTED_FROM"),
    ("SELECT FROM campaign", "EXPECTED_FROM"),
    ("SELECT campaign.id FROM", "UNEXPECTED_END_OF_QUERY"),
    ("SELECT campaign.id FROM cmpaign", "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE"),
    ("SELECT campaign.colour FROM campaign", "UNRECOGNIZED_FIELD"),
    ("SELECT campaign.start_date FROM campaign", "UNRECOGNIZED_FIELD"),
    ("SELECT metrics.video_views FROM campaign", "UNRECOGNIZED_FIELD"),
    ("SELECT campaign.id FROM campaign WHERE campaign.colour = 1", "UNRECOGNIZED_FIELD"),
    ("SELECT campaign.id FROM campaign ORDER BY campaign.colour", "UNRECOGNIZED_FIELD"),
    ("SELECT ad_group.id FROM campaign", "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE"),
    ("SELECT campaign.id FROM campaign WHERE campaign.id", "UNEXPECTED_END_OF_QUERY"),
    ("SELECT campaign.id FROM campaign WHERE campaign.id ~ 4", "BAD_SYMBOL"),
    ("SELECT campaign.id FROM campaign WHERE campaign.id LIKES 4", "BAD_OPERATOR"),
    ("SELECT campaign.id FROM campaign WHERE campaign.id = 'four'", "BAD_NUMBER"),
    ("SELECT campaign.id FROM campaign WHERE campaign.id IN ()", "PROHIBITED_EMPTY_LIST_IN_CONDITION"),
    ("SELECT campaign.id FROM campaign WHERE campaign.id IN 4", "EXPECTED_LIST"),
    ("SELECT campaign.id FROM campaign WHERE campaign.id BETWEEN 1, 2", "EXPECTED_AND"),
    ("SELECT campaign.id FROM campaign WHERE campaign.name = 'Alpha", "STRING_NOT_TERMINATED"),
    ("SELECT campaign.id FROM campaign WHERE campaign.status = 'ACTIVE'", "BAD_ENUM_CONSTANT"),
    ("SELECT campaign.id FROM campaign LIMIT 0", "LIMIT_VALUE_TOO_LOW"),
    ("SELECT campaign.id FROM campaign LIMIT many", "BAD_LIMIT_VALUE"),
    ("SELECT campaign.id FROM campaign LIMIT 1 campaign", "UNEXPECTED_INPUT"),
    ("SELECT campaign.id FROM campaign ORDER campaign.id", "EXPECTED_BY"),
    ("SELECT segments.date FROM campaign", "EXPECTED_FILTERS_ON_DATE_RANGE"),
    (
        "SELECT campaign.id FROM campaign WHERE segments.hour = 3",
        "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
    ),
    (
        "SELECT campaign.id FROM campaign WHERE segments.date DURING LAST_9_DAYS",
        "INVALID_VALUE_WITH_DURING_OPERATOR",
    ),
    ("SELECT campaign.id FROM campaign WHERE segments.date = '2026-13-01'", "INVALID_DATE_FORMAT"),
    ("SELECT metrics.unique_users FROM campaign", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
    ("SELECT metrics.clicks FROM campaign_budget", "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE"),
    (
        "SELECT segments.conversion_action_name, metrics.clicks FROM campaign",
        "PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE",
    ),
    ("SELECT campaign.id FROM campaign WHERE campaign.primary_status_reasons = 'X'", "OPERATOR_FIELD_MISMATCH"),
    ("SELECT campaign.id FROM campaign WHERE campaign.name CONTAINS ANY ('X')", "OPERATOR_FIELD_MISMATCH"),
]


@pytest.mark.parametrize(("query", "code"), REFUSED, ids=[r[1] + "-" + r[0][:40] for r in REFUSED])
def test_a_query_that_google_would_refuse_is_refused(google, query, code):
    answer = google.query(query)
    assert answer.status_code == 400
    assert codes(answer) == [f"queryError.{code}"]


def test_a_manager_has_no_metrics(google):
    assert codes(google.query("SELECT metrics.clicks FROM customer", MANAGER)) == [
        "queryError.REQUESTED_METRICS_FOR_MANAGER"
    ]


def test_a_page_size_and_a_missing_query_are_refused(google):
    answer = google.query("SELECT campaign.id FROM campaign", pageSize=5)
    assert codes(answer) == ["requestError.PAGE_SIZE_NOT_SUPPORTED"]
    nothing = google.request("POST", f"customers/{CUSTOMER}/googleAds:search", {})
    assert codes(nothing) == ["requestError.REQUIRED_FIELD_MISSING"]


@pytest.mark.usefixtures("three")
def test_pages_follow_one_another_and_a_token_serves_its_query_only(sandbox, google):
    query = "SELECT campaign.name FROM campaign"
    sandbox.fault("google_ads", "truncated_page", "googleAds:search$")
    first = google.query(query, searchSettings={"returnTotalResultsCount": True}).json()
    assert len(first["results"]) == 1
    assert first["totalResultsCount"] == "3"
    rest = google.query(query, pageToken=first["nextPageToken"]).json()
    assert len(rest["results"]) == 2
    assert "nextPageToken" not in rest
    other = google.query("SELECT campaign.id FROM campaign", pageToken=first["nextPageToken"])
    assert codes(other) == ["requestError.INVALID_PAGE_TOKEN"]


@pytest.mark.usefixtures("three")
def test_the_stream_gives_all_rows_in_batches_and_may_break_off(sandbox, google):
    path, body = f"customers/{CUSTOMER}/googleAds:searchStream", {"query": "SELECT campaign.name FROM campaign"}
    batches = google.request("POST", path, body).json()
    assert sum(len(batch["results"]) for batch in batches) == 3
    assert batches[0]["requestId"]
    sandbox.fault("google_ads", "truncated_page", "searchStream")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        google.request("POST", path, body).json()


def test_removed_objects_are_listed_until_they_are_filtered_out(google, three):
    google.one("campaigns", {"remove": three[0][1]})
    assert len(google.rows("SELECT campaign.id FROM campaign")) == 3
    assert len(google.rows("SELECT campaign.id FROM campaign WHERE campaign.status != 'REMOVED'")) == 2
