"""Where a person finds a campaign in the platform's own pages, to do by hand what could not be done from here. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from adloom.platforms.types import Platform


def page_of(platform: Platform, *, account: str, attributes: Mapping[str, str], campaign_id: str | None) -> str:
    """The address of the page that lists the campaign, as close to it as the platform's addresses allow.

    Google documents no address of one campaign: the list of campaigns opens for whoever is signed in. Microsoft's
    takes the customer beside the account (docs.amperity.com/datagrid/destination_microsoft_ads.html), Meta's and
    TikTok's are those that their adapters keep with each object.
    """
    match platform:
        case Platform.GOOGLE_ADS:
            return "https://ads.google.com/aw/campaigns"
        case Platform.FACEBOOK_ADS:
            chosen = f"&selected_campaign_ids={campaign_id}" if campaign_id else ""
            act = account.removeprefix("act_")
            return f"https://adsmanager.facebook.com/adsmanager/manage/campaigns?act={act}{chosen}"
        case Platform.MICROSOFT_ADS:
            customer = f"cid={attributes['customer_id']}&" if attributes.get("customer_id") else ""
            return f"https://ui.ads.microsoft.com/campaign/Campaigns.m?{customer}aid={account}"
        case Platform.TIKTOK_ADS:
            chosen = f"&campaign_id={campaign_id}" if campaign_id else ""
            return f"https://ads.tiktok.com/i18n/perf/campaign?aadvid={account}{chosen}"
