"""How Google suggests places: by names in English, within a country, and what it refuses."""

import pytest


def _suggest(sandbox, body):
    token = sandbox.line["google_ads"]["access_token"]
    return sandbox.http.post(
        "/google/v26/geoTargetConstants:suggest", json=body, headers={"Authorization": f"Bearer {token}"}
    )


def _names(sandbox, *names, **more):
    found = _suggest(sandbox, {"locationNames": {"names": list(names)}, **more}).json()["geoTargetConstantSuggestions"]
    return [each["geoTargetConstant"]["canonicalName"] for each in found]


def test_a_name_finds_all_that_begins_with_it_and_what_follows_a_comma_narrows_it(sandbox):
    assert len(_names(sandbox, "springfield")) == 3
    assert _names(sandbox, "Springfield, Missouri") == ["Springfield,Missouri,United States"]
    assert _names(sandbox, "Berlin", countryCode="US") == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "REQUEST_PARAMETERS_UNSET"),
        ({"locationNames": {"names": ["a"] * 26}}, "LOCATION_NAME_LIMIT"),
        ({"locationNames": {"names": ["a" * 301]}}, "LOCATION_NAME_SIZE_LIMIT"),
        ({"locationNames": {"names": ["a"]}, "countryCode": "USA"}, "INVALID_COUNTRY_CODE"),
    ],
)
def test_what_is_no_question_is_refused(sandbox, body, code):
    (detail,) = _suggest(sandbox, body).json()["error"]["details"]
    assert detail["errors"][0]["errorCode"] == {"geoTargetConstantSuggestionError": code}
