"""What is heard on the wire to Google: every body that the adapter sent, and every answer that came, by message."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from adloom.platforms import http as wire
from adloom.platforms.http import Answer, Http, Request

#: A message below `google.ads.googleads.v26`, or `error`, and its JSON.
Heard = tuple[str, Any]

_SERVICES = "services.types.google_ads_service"
_NAMES = {
    "googleAds:mutate": (f"{_SERVICES}.MutateGoogleAdsRequest", f"{_SERVICES}.MutateGoogleAdsResponse"),
    "googleAds:search": (f"{_SERVICES}.SearchGoogleAdsRequest", f"{_SERVICES}.SearchGoogleAdsResponse"),
    "googleAds:searchStream": (
        f"{_SERVICES}.SearchGoogleAdsStreamRequest",
        f"{_SERVICES}.SearchGoogleAdsStreamResponse",
    ),
    "customers:listAccessibleCustomers": (
        "services.types.customer_service.ListAccessibleCustomersRequest",
        "services.types.customer_service.ListAccessibleCustomersResponse",
    ),
    "geoTargetConstants:suggest": (
        "services.types.geo_target_constant_service.SuggestGeoTargetConstantsRequest",
        "services.types.geo_target_constant_service.SuggestGeoTargetConstantsResponse",
    ),
    **{
        f"{plural}:mutate": (
            f"services.types.{word}_service.Mutate{many}Request",
            f"services.types.{word}_service.Mutate{many}Response",
        )
        for plural, word, many in (
            ("campaignBudgets", "campaign_budget", "CampaignBudgets"),
            ("campaigns", "campaign", "Campaigns"),
            ("campaignCriteria", "campaign_criterion", "CampaignCriteria"),
            ("adGroups", "ad_group", "AdGroups"),
            ("adGroupCriteria", "ad_group_criterion", "AdGroupCriteria"),
            ("adGroupAds", "ad_group_ad", "AdGroupAds"),
            ("ads", "ad", "Ads"),
            ("assets", "asset", "Assets"),
            ("customConversionGoals", "custom_conversion_goal", "CustomConversionGoals"),
            ("conversionGoalCampaignConfigs", "conversion_goal_campaign_config", "ConversionGoalCampaignConfigs"),
            ("campaignConversionGoals", "campaign_conversion_goal", "CampaignConversionGoals"),
        )
    },
}


class Listening(Http):
    """The product's own client; it keeps what goes over the wire, as it goes there."""

    heard: list[Heard]
    queries: list[str]

    def listen(self) -> Listening:
        """Begins with nothing heard."""
        self.heard, self.queries = [], []
        return self

    def send(self, request: Request) -> Answer:
        if request.url.split("/")[-1] not in _NAMES:  # the login's own host speaks no messages
            return super().send(request)
        body = None if request.json is None else json.loads(wire.dumps(request.json))
        self.heard += asked(request.url, body)
        if body and "query" in body:
            self.queries.append(body["query"])
        answer = super().send(request)
        self.heard += answered(request.url, answer.status, json.loads(answer.body))
        return answer


def asked(url: str, body: Any) -> Iterable[Heard]:
    """The message that a request's body is."""
    return [] if body is None else [(_NAMES[url.split("/")[-1]][0], body)]


def answered(url: str, status: int, body: Any) -> Iterable[Heard]:
    """The messages that an answer is: a stream's answer is a list of them."""
    if status >= 400:
        return [("error", one) for one in (body if isinstance(body, list) else [body])]
    name = _NAMES[url.split("/")[-1]][1]
    return [(name, one) for one in (body if isinstance(body, list) else [body])]
