"""The redactor: what is known to be harmless stays, everything else is hidden."""

from __future__ import annotations

import pytest

from adloom.core import redact


@pytest.mark.parametrize(
    "name",
    [
        "access_token",
        "refresh_token",
        "client_secret",
        "Authorization",
        "Access-Token",
        "DeveloperToken",
        "appsecret_proof",
        "password",
        "sig",
        "a_field_nobody_thought_of",
    ],
)
def test_a_field_that_is_not_known_is_hidden(name: str) -> None:
    assert redact.fields({name: "value", "list": [{name: 7}]}) == {
        name: redact.HIDDEN,
        "list": [{name: redact.HIDDEN}],
    }


def test_harmless_fields_stay_whatever_their_spelling() -> None:
    data = {"campaign_id": "7", "CampaignId": "7", "campaignId": "7", "status": "PAUSED", "is_on": True, "x": None}
    assert redact.fields(data) == data


def test_a_code_is_an_errors_number_and_never_an_authorisation_code() -> None:
    assert redact.fields({"code": 190}) == {"code": 190}
    assert redact.fields({"code": "40105"}) == {"code": "40105"}
    assert redact.fields({"code": "4/0AX4XfWh"}) == {"code": redact.HIDDEN}


@pytest.mark.parametrize(
    "sentence",
    [
        "Error validating access_token=SECRETSECRET: expired",
        "Bearer SECRETSECRET was refused",
        'The body was {"refresh_token": "SECRETSECRET"}',
        "GET https://graph.example/x?access_token=SECRETSECRET&fields=id failed",
        "token ya29.SECRETSECRET is no good",
    ],
)
def test_a_token_in_a_sentence_is_hidden(sentence: str) -> None:
    assert "SECRETSECRET" not in redact.text(sentence)
    assert redact.HIDDEN in redact.text(sentence)


def test_an_ordinary_sentence_stays_as_it_is() -> None:
    sentence = "Headline 2 is 34 columns wide, and 30 are the most."
    assert redact.text(sentence) == sentence
