"""The client meets each kind of refusal and throttle. Prints the class that it raised, and the fields it gave.
Names are the kinds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import requests
import speak
from tree import ad, biddable

Said = Mapping[str, Any]
M = speak.models("campaign")
Calls = Mapping[str, Callable[[], Any]]


def main(said: Said) -> Mapping[str, Any]:
    """Every refusal by its name."""
    api, account = speak.campaigns(said), said["login"]["account_id"]
    campaign = _campaign(api, account, "Refused")
    group = _group(api, campaign)
    told = {name: speak.met(call) for name, call in _faults(said, api, account).items()}
    told |= {name: speak.met(call) for name, call in _items(api, account, campaign, group).items()}
    told |= _twins(api, account, campaign, group)
    told |= _elsewhere(said)
    return told | _on_demand(said, api, account)


def _campaign(api: Any, account: str, name: str) -> str:
    made = M.Campaign(
        Name=name, CampaignType="Search", BudgetType="DailyBudgetStandard", DailyBudget=5.0, Languages=["All"]
    )
    found: str = api.AddCampaigns(M.AddCampaignsRequest(AccountId=account, Campaigns=[made])).CampaignIds[0]
    return found


def _group(api: Any, campaign: str) -> str:
    asked = M.AddAdGroupsRequest(CampaignId=campaign, AdGroups=[M.AdGroup(Name="One")])
    group: str = api.AddAdGroups(asked).AdGroupIds[0]
    api.AddAds(M.AddAdsRequest(AdGroupId=group, Ads=[ad("First")]))
    word = M.Keyword(Text="shoes", MatchType="Exact")
    api.AddKeywords(M.AddKeywordsRequest(AdGroupId=group, Keywords=[word]))
    place = biddable(campaign, M.LocationCriterion(LocationId="190"))
    api.AddCampaignCriterions(M.AddCampaignCriterionsRequest(CriterionType="Targets", CampaignCriterions=[place]))
    return group


def _listing(account: str) -> Any:
    return M.GetCampaignsByAccountIdRequest(AccountId=account, CampaignType="Search")


def _faults(said: Said, api: Any, account: str) -> Calls:
    """Requests that are refused as a whole."""

    def as_other(**changes: Any) -> Callable[[], Any]:
        return lambda: speak.campaigns(said, **changes).GetCampaignsByAccountId(_listing(account))

    return {
        "unknown_token": as_other(access_token="nobody's"),
        "unknown_developer": as_other(developer_token="nobody's"),
        "other_customer": as_other(customer_id="7"),
        "other_account_in_header": as_other(account_id="7"),
        "other_account_in_body": lambda: api.GetCampaignsByAccountId(_listing("7")),
        "no_items": lambda: api.AddCampaigns(M.AddCampaignsRequest(AccountId=account, Campaigns=[])),
        "no_ids": lambda: api.DeleteCampaigns(M.DeleteCampaignsRequest(AccountId=account, CampaignIds=[])),
        "no_parent": lambda: api.AddAdGroups(M.AddAdGroupsRequest(CampaignId="7", AdGroups=[M.AdGroup(Name="x")])),
    }


def _items(api: Any, account: str, campaign: str, group: str) -> Calls:
    """Items that are refused one by one, in answers that hold no ids."""
    target = biddable(campaign, M.LocationCriterion(LocationId="190"), identity="7")
    below = M.Campaign(Id=campaign, DailyBudget=0.01)
    long = M.Campaign(Id=campaign, Name="x" * 129)
    gone = M.AdGroup(Id="7", Name="x")
    negative = M.EntityNegativeKeyword(
        EntityId=group, EntityType="AdGroup", NegativeKeywords=[M.NegativeKeyword(Id="7")]
    )
    return {
        "budget_below": lambda: api.UpdateCampaigns(M.UpdateCampaignsRequest(AccountId=account, Campaigns=[below])),
        "name_too_long": lambda: api.UpdateCampaigns(M.UpdateCampaignsRequest(AccountId=account, Campaigns=[long])),
        "gone_group": lambda: api.UpdateAdGroups(M.UpdateAdGroupsRequest(CampaignId=campaign, AdGroups=[gone])),
        "gone_keyword": lambda: api.DeleteKeywords(M.DeleteKeywordsRequest(AdGroupId=group, KeywordIds=["7"])),
        "gone_target": lambda: api.UpdateCampaignCriterions(
            M.UpdateCampaignCriterionsRequest(CriterionType="Targets", CampaignCriterions=[target])
        ),
        "gone_negative": lambda: api.DeleteNegativeKeywordsFromEntities(
            M.DeleteNegativeKeywordsFromEntitiesRequest(EntityNegativeKeywords=[negative])
        ),
    }


def _twins(api: Any, account: str, campaign: str, group: str) -> Mapping[str, Any]:
    """Twins of what stands: the client trips over the null id of the answer, whose errors its models still read."""
    same = M.Campaign(Name="refused", CampaignType="Search", BudgetType="DailyBudgetStandard", DailyBudget=5.0)
    place = biddable(campaign, M.LocationCriterion(LocationId="190"))
    word = M.Keyword(Text="Shoes", MatchType="Exact")
    asked: Mapping[str, tuple[str, Any]] = {
        "campaign": ("add_campaigns", M.AddCampaignsRequest(AccountId=account, Campaigns=[same])),
        "group": ("add_ad_groups", M.AddAdGroupsRequest(CampaignId=campaign, AdGroups=[M.AdGroup(Name="ONE")])),
        "ad": ("add_ads", M.AddAdsRequest(AdGroupId=group, Ads=[ad("First")])),
        "keyword": ("add_keywords", M.AddKeywordsRequest(AdGroupId=group, Keywords=[word])),
        "target": (
            "add_campaign_criterions",
            M.AddCampaignCriterionsRequest(CriterionType="Targets", CampaignCriterions=[place]),
        ),
    }
    return {f"twin_{name}": _twin(api, operation, body) for name, (operation, body) in asked.items()}


def _twin(api: Any, operation: str, body: Any) -> Mapping[str, Any]:
    met = speak.met(lambda: getattr(api, operation)(body))
    raw = json.loads(getattr(api, f"{operation}_without_preload_content")(body).data)
    errors = [M.BatchError.from_dict(each) for each in raw.get("PartialErrors") or ()]
    nested = [M.BatchErrorCollection.from_dict(each) for each in raw.get("NestedPartialErrors") or ()]
    return {**met, "errors": [speak.plain(each) for each in (*errors, *nested)]}


def _elsewhere(said: Said) -> Mapping[str, Any]:
    """Refusals of the other two services."""
    theirs, numbers = speak.models("customer"), speak.models("reporting")
    customers = speak.customers(said)
    reports = speak.service(said, "Reporting", "microsoft-reporting")
    field = theirs.Predicate(Field="Nonsense", Operator="Equals", Value="1")
    wrong = theirs.SearchAccountsRequest(Predicates=[field], PageInfo=theirs.Paging(Index=0, Size=10))
    empty = numbers.SubmitGenerateReportRequest(ReportRequest=None)
    return {
        "customers_field": speak.met(lambda: customers.SearchAccounts(wrong), of="customer"),
        "no_report": speak.met(lambda: reports.SubmitGenerateReport(empty), of="reporting"),
        "no_such_report": speak.met(
            lambda: reports.PollGenerateReport(numbers.PollGenerateReportRequest(ReportRequestId="7")), of="reporting"
        ),
    }


def _on_demand(said: Said, api: Any, account: str) -> Mapping[str, Any]:
    """What the platform does when it is too much for it, or the token has lapsed."""
    numbers = speak.models("reporting")
    reports = speak.service(said, "Reporting", "microsoft-reporting")
    empty = numbers.SubmitGenerateReportRequest(ReportRequest=None)
    told = {}
    for fault in ("throttle", "server_error", "token_expired"):
        _plan(said, fault)
        told[fault] = speak.met(lambda: api.GetCampaignsByAccountId(_listing(account)))
    _plan(said, "throttle")
    told["throttle_of_reports"] = speak.met(lambda: reports.SubmitGenerateReport(empty), of="reporting")
    return told


def _plan(said: Said, fault: str) -> None:
    plan = {"platform": "microsoft_ads", "match": "", "fault": fault, "times": 1}
    headers = {"X-Sandbox-Key": said["control_key"]}
    requests.post(f"{said['base']}/_sandbox/faults", json=plan, headers=headers, timeout=30).raise_for_status()


if __name__ == "__main__":
    speak.say(main(speak.given()))
