"""A plain client of Microsoft Advertising's REST protocol for the sandbox's tests: it builds bodies that are
right as they stand, so that a test changes the one thing that it is about. It knows nothing of how the sandbox
answers.
"""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx

CAMPAIGN, REPORTING, CUSTOMER = (
    "microsoft-campaign/CampaignManagement",
    "microsoft-reporting/Reporting",
    "microsoft-customer/CustomerManagement",
)
COLUMNS = [
    "TimePeriod", "CampaignId", "CurrencyCode", "Impressions", "Clicks", "Spend", "ConversionsQualified", "Revenue",
]  # fmt: skip


@dataclass
class Microsoft:
    """One person with a token. `call` returns the response; the other methods its JSON, once it is HTTP 200."""

    sandbox: Any

    @property
    def line(self) -> dict[str, Any]:
        """The platform's object of the first line."""
        found: dict[str, Any] = self.sandbox.line["microsoft_ads"]
        return found

    @property
    def account(self) -> str:
        """The account's id."""
        found: str = self.line["account_id"]
        return found

    def headers(self, **changes: str) -> dict[str, str]:
        """The headers that every call needs; a value "" leaves one out."""
        found = {
            "Authorization": f"Bearer {self.line['access_token']}",
            "DeveloperToken": self.line["developer_token"],
            "CustomerId": self.line["customer_id"],
            "CustomerAccountId": self.account,
            **changes,
        }
        return {name: value for name, value in found.items() if value}

    def call(self, method: str, path: str, body: Any, *, service: str = CAMPAIGN, **headers: str) -> httpx.Response:
        """One operation of a service."""
        return self.sandbox.http.request(method, f"/{service}/v13/{path}", json=body, headers=self.headers(**headers))

    def do(self, method: str, path: str, body: Any, *, service: str = CAMPAIGN) -> Any:
        """The same; its JSON."""
        answer = self.call(method, path, body, service=service)
        assert answer.status_code == 200, answer.text
        return answer.json()

    # bodies that are right

    def campaign(self, **changes: Any) -> dict[str, Any]:
        """A Search campaign with 50 a day."""
        return {
            "Name": "Spring",
            "Status": "Paused",
            "CampaignType": "Search",
            "BudgetType": "DailyBudgetStandard",
            "DailyBudget": 50.0,
            "TimeZone": "PacificTimeUSCanadaTijuana",
            "Languages": ["English"],
            "BiddingScheme": {"Type": "MaxClicksBiddingScheme"},
            "IsPolitical": False,
            "AudienceAdsBidAdjustment": -100,
            "MultimediaAdsBidAdjustment": -100,
            **changes,
        }

    def ad_group(self, **changes: Any) -> dict[str, Any]:
        """An ad group without end."""
        return {"Name": "Everybody", "Network": "OwnedAndOperatedOnly", "CpcBid": {"Amount": 1.5}, **changes}

    def ad(self, **changes: Any) -> dict[str, Any]:
        """A responsive search ad."""
        return {
            "Type": "ResponsiveSearch",
            "Status": "Paused",
            "FinalUrls": ["https://example.com/spring"],
            "Path1": "shoes",
            "Headlines": links("Spring Sale", "Run Faster", "Free Shipping"),
            "Descriptions": links("Save 20% on all shoes.", "Order today, ships today."),
            **changes,
        }

    def keyword(self, **changes: Any) -> dict[str, Any]:
        """A keyword."""
        return {"Text": "running shoes", "MatchType": "Phrase", **changes}

    def place(self, campaign: str, **changes: Any) -> dict[str, Any]:
        """A location criterion: the United States."""
        return {
            "Type": "BiddableCampaignCriterion",
            "CampaignId": campaign,
            "Criterion": {"Type": "LocationCriterion", "LocationId": "190"},
            "CriterionBid": {"Type": "BidMultiplier", "Multiplier": 0},
            **changes,
        }

    def report(self, **changes: Any) -> dict[str, Any]:
        """A daily campaign report of the account's days from November to today, the last that may be asked for."""
        now = datetime.fromisoformat(self.sandbox.control("clock")["now"])
        today = now.astimezone(ZoneInfo("America/Los_Angeles")).date()
        return {
            "Type": "CampaignPerformanceReportRequest",
            "ReportName": "r",
            "Format": "Csv",
            "FormatVersion": "2.0",
            "ReturnOnlyCompleteData": False,
            "ExcludeReportHeader": True,
            "ExcludeReportFooter": True,
            "ExcludeColumnHeaders": False,
            "Aggregation": "Daily",
            "Scope": {"AccountIds": [self.account]},
            "Time": {
                "CustomDateRangeStart": {"Day": 1, "Month": 11, "Year": 2026},
                "CustomDateRangeEnd": {"Day": today.day, "Month": today.month, "Year": today.year},
                "ReportTimeZone": "PacificTimeUSCanadaTijuana",
            },
            "Columns": COLUMNS,
            **changes,
        }

    # adding and reading

    def add(self, plural: str, parent: str | None, *items: Any) -> dict[str, Any]:
        """POST some items below a parent; the whole answer."""
        above = {"AdGroups": "CampaignId", "Ads": "AdGroupId", "Keywords": "AdGroupId"}.get(plural, "AccountId")
        found: dict[str, Any] = self.do("POST", plural, {above: parent or self.account, plural: list(items)})
        return found

    def added(self, plural: str, parent: str | None, item: Any) -> str:
        """POST one item; its id."""
        answer = self.add(plural, parent, item)
        assert answer["PartialErrors"] == [], answer
        id_: str = answer[f"{plural.removesuffix('s')}Ids"][0]
        return id_

    def put(self, plural: str, parent: str | None, *items: Any) -> list[Any]:
        """PUT some items; the partial errors."""
        above = {"AdGroups": "CampaignId", "Ads": "AdGroupId", "Keywords": "AdGroupId"}.get(plural, "AccountId")
        found: list[Any] = self.do("PUT", plural, {above: parent or self.account, plural: list(items)})["PartialErrors"]
        return found

    def tree(self, *, live: bool = True, ad: Any = None, dates: Any = None, **campaign: Any) -> tuple[str, str, str]:
        """Campaign, ad group, keyword and ad, set live from below when asked; ids of the three that show."""
        made = self.added("Campaigns", None, self.campaign(**campaign))
        group = self.added("AdGroups", made, self.ad_group(**(dates or {})))
        self.added("Keywords", group, self.keyword())
        one = self.added("Ads", group, self.ad(**(ad or {})))
        if live:
            assert self.put("Ads", group, {"Id": one, "Type": "ResponsiveSearch", "Status": "Active"}) == []
            assert self.put("AdGroups", made, {"Id": group, "Status": "Active"}) == []
            assert self.put("Campaigns", None, {"Id": made, "Status": "Active"}) == []
        return made, group, one

    def ads(self, group: str) -> list[dict[str, Any]]:
        """The ads of an ad group."""
        body = {"AdGroupId": group, "AdTypes": ["ResponsiveSearch"]}
        found: list[dict[str, Any]] = self.do("POST", "Ads/QueryByAdGroupId", body)["Ads"]
        return found

    def campaigns(self, **more: Any) -> list[dict[str, Any]]:
        """The account's campaigns."""
        body = {"AccountId": self.account, "CampaignType": "Search", **more}
        found: list[dict[str, Any]] = self.do("POST", "Campaigns/QueryByAccountId", body)["Campaigns"]
        return found

    def submit(self, **changes: Any) -> str:
        """Submit a report; its id."""
        body = {"ReportRequest": self.report(**changes)}
        id_: str = self.do("POST", "GenerateReport/Submit", body, service=REPORTING)["ReportRequestId"]
        return id_

    def poll(self, id_: str) -> dict[str, Any]:
        """The status of a report."""
        answer = self.do("POST", "GenerateReport/Poll", {"ReportRequestId": id_}, service=REPORTING)
        found: dict[str, Any] = answer["ReportRequestStatus"]
        return found

    def file(self, **changes: Any) -> str:
        """The text of a report's one CSV, as it came (with its byte order mark)."""
        id_ = self.submit(**changes)
        self.sandbox.advance("PT2S")
        url = self.poll(id_)["ReportDownloadUrl"]
        assert url is not None
        with zipfile.ZipFile(io.BytesIO(self.sandbox.http.get(url).content)) as archive:
            assert len(archive.namelist()) == 1
            return archive.read(archive.namelist()[0]).decode()

    def rows(self, **changes: Any) -> list[dict[str, str]]:
        """The rows of a report by column."""
        return list(csv.DictReader(io.StringIO(self.file(**changes).lstrip("\ufeff"))))


def links(*texts: str) -> list[dict[str, Any]]:
    """Asset links of texts."""
    return [{"Asset": {"Type": "TextAsset", "Text": text}} for text in texts]


def codes(errors: list[Any]) -> list[tuple[int, int]]:
    """Index and code of partial errors."""
    return [(one["Index"], one["Code"]) for one in errors]
