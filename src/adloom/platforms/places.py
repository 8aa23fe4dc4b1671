"""Where a person finds a campaign in the platform's own pages, to do by hand what could not be done from here. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from adloom.platforms.types import Platform


def page_of(platform: Platform, *, account: str | None, attributes: Mapping[str, str], campaign_id: str | None) -> str:
    """The address of the page that lists the campaign, as close to it as the platform's addresses and what we know go.

    Google documents no address of one campaign: the list of campaigns opens for whoever is signed in. Microsoft's
    takes the customer beside the account (docs.amperity.com/datagrid/destination_microsoft_ads.html), Meta's and
    TikTok's are those that their adapters keep with each object.
    """
    match platform:
        case Platform.GOOGLE_ADS:
            return "https://ads.google.com/aw/campaigns"
        case Platform.FACEBOOK_ADS:
            act = (account or "").removeprefix("act_")
            page = "https://adsmanager.facebook.com/adsmanager/manage/campaigns"
            return _with(page, act=act, selected_campaign_ids=campaign_id)
        case Platform.MICROSOFT_ADS:
            page = "https://ui.ads.microsoft.com/campaign/Campaigns.m"
            return _with(page, cid=attributes.get("customer_id"), aid=account)
        case Platform.TIKTOK_ADS:
            return _with("https://ads.tiktok.com/i18n/perf/campaign", aadvid=account, campaign_id=campaign_id)


def _with(page: str, **known: str | None) -> str:
    query = urlencode({name: value for name, value in known.items() if value})
    return f"{page}?{query}" if query else page
