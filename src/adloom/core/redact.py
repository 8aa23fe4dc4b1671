"""The one redactor: keeps the values of fields that are known to be harmless, and hides every other one.

An allow-list, so that a field nobody thought of is hidden, not shown. Used for recordings, logs, and whatever
a platform answered that is stored.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

HIDDEN = "[hidden]"

_ALLOWED_TEXT = """
accept account account_id accountid accountids action actions ad_format ad_group ad_group_ad ad_group_id
ad_id ad_ids ad_name ad_text adgroup_id adgroup_ids adgroup_name adgroupad adgroupid adgroupids adid adids
adset_id advertiser_id advertiser_ids advertising_channel_type advertisingchanneltype age_groups aggregation
alias amount amount_micros appealstatus approvalstatus asset at attributes audienceadsbidadjustment bid
bid_amount bid_modifier bid_strategy bid_type biddingscheme billing_event brand budget budget_mode
budget_type budgettype bytes call_to_action call_to_action_type campaign campaign_budget campaign_id
campaign_ids campaign_name campaign_type campaignbudget campaignid campaignids campaigntype category clicks
codes columns content_length content_type contentlength contenttype conversion conversions cost_micros count
countries country country_code created_at created_time creative_id criterion criterion_id criterionbid
criteriontype currency currency_code currencycode customer customer_id customeraccountid customerid
daily_budget dailybudget data_level date date_start date_stop day day_of_week daypart days delivery_method
delivery_status description descriptions detail details dimensions disapprovedtext display_name duration
edge_url editorialstatus effective_status end_date end_date_time end_time enddate endpoint endtime entity
error error_code error_data error_description error_message error_subcode error_type error_user_msg
error_user_title errorcode errors event event_type expires_in fbtrace_id field field_mask field_path
field_path_elements fieldname fieldpath fields filename filtering final_url_suffix finalurls finalurlsuffix
first format formatversion fromhour gender genders geo_locations geo_target_constant grant_type headline
headlines headlinesasset height host hour id identity_type ids image_hash image_id image_ids impressions
index interval is_transient ispolitical keyword keywords kind label landing_page_url language
language_constant languages languagesids last learning_stage level lifetime_budget limit link list location
locationid locations login_customer_id match match_type matchtype max_age maxcpc message method metrics
micros min_age minute mode month multimediaadsbidadjustment multiplier name names negative negative_keywords
network network_settings next_page_token nextpagetoken object_story_spec objective objective_type offset
operation operation_status operations operator optimization_goal order order_type page page_id page_info
page_size page_token pagesize partial_errors partialerrors partialfailure path path1 path2 period pixel_id
placement placement_type placements platform policy_topic_entries position primary_status
primary_status_reasons primarystatus primarystatusreasons publisher_platforms publishercountries
publishercountry query rate_name rate_scope ratename ratescope reason reason_code reasons report_name
report_type reportname reportrequestid reportrequeststatus request_id requestid resource_name resource_names
resourcename resourcenames response response_content_type responsecontenttype result results retry_after
retry_delay retryafter retrydelay review_status rule schedule schedule_end_time schedule_start_time
schedule_type scope secondary_status seconds segments server servererror serving_status since size sort
special_ad_categories spend start_date start_date_time start_time startdate starttime startwithmonth
stat_time_day statement status statuses string_value sub_code subcode summary target targetcpa targeting
targetroas task_id term text tier time time_increment time_range time_zone timeperiod timestamp timezone
timezone_name title to tohour topic total_count total_number total_page total_rows tracking_id trackingid
transfer_encoding trigger type unit until update_mask updatemask url_tags usage used user_agent useragent
validateonly value values version video_id video_ids width words x_ad_account_usage x_app_usage
x_business_use_case_usage x_fb_trace_id year
"""


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


ALLOWED = frozenset(_plain(name) for name in _ALLOWED_TEXT.split())

#: Secrets that a platform may repeat inside a sentence or a link.
_SECRETS = (
    re.compile(r"(?i)\b(bearer|oauth)\s+[\w.~+/=-]{8,}"),
    re.compile(
        r"(?i)\b(access_token|refresh_token|client_secret|appsecret_proof|code|sig|signature|token"
        r"|password|secret)"
        r"(\"?\s*[=:]\s*\"?)[^\s&\"',}]{4,}"
    ),
    re.compile(r"\b(EAA[A-Za-z0-9]{16,}|ya29\.[\w-]{8,}|1//[\w-]{20,}|eyJ[\w-]{10,}\.[\w-]{5,}\.[\w-]*)"),
)


def fields(data: Any) -> Any:
    """The same structure, every scalar hidden whose field name is not allowed. Booleans and None stay."""
    if isinstance(data, Mapping):
        return {str(name): value(str(name), item) for name, item in data.items()}
    if isinstance(data, (list, tuple)):
        return [fields(item) for item in data]
    return _scalar(data, is_allowed=False)


def value(name: str, item: Any) -> Any:
    """One field's value: hidden unless its name is allowed; containers are looked into."""
    if isinstance(item, Mapping):
        return fields(item)
    if isinstance(item, (list, tuple)):
        return [value(name, part) for part in item]
    plain = _plain(name)
    return _scalar(item, is_allowed=plain in ALLOWED or (plain == "code" and _is_error_code(item)))


def text(sentence: str) -> str:
    """A sentence without the tokens that may stand in it; queries of links are cut by the same list."""
    sentence = re.sub(r"https?://[^\s\"'<>]+", lambda match: _link(match[0]), sentence)
    for pattern in _SECRETS:
        sentence = pattern.sub(_keep_label, sentence)
    return sentence


def _is_error_code(item: Any) -> bool:
    """`code` is an error's number, or OAuth's authorisation code, which is as good as a password."""
    return isinstance(item, int) or bool(re.fullmatch(r"\d{1,7}", str(item)))


def _keep_label(match: re.Match[str]) -> str:
    groups = match.groups()
    return f"{groups[0]}{groups[1]}{HIDDEN}" if len(groups) == 2 else HIDDEN


def _scalar(item: Any, *, is_allowed: bool) -> Any:
    if item is None or isinstance(item, bool):
        return item
    if not is_allowed:
        return HIDDEN
    return text(item) if isinstance(item, str) else item


def _link(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return HIDDEN
    query = "&".join(f"{name}={value(name, item)}" for name, item in parse_qsl(parts.query))
    return urlunsplit((parts.scheme, parts.netloc.rsplit("@", 1)[-1], parts.path, query, ""))
