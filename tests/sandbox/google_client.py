"""A plain client of Google's protocol for the sandbox's tests: it builds requests that are right as they
stand, so that a test changes the one thing that it is about. It knows nothing of how the sandbox answers.
"""

import base64
import copy
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import httpx

CUSTOMER = "1234567890"
MANAGER = "9876543210"
BUDGET = f"customers/{CUSTOMER}/campaignBudgets/-1"
CAMPAIGN = f"customers/{CUSTOMER}/campaigns/-2"
GROUP = f"customers/{CUSTOMER}/adGroups/-3"

Operations = list[dict[str, Any]]


def create(word: str, **body: Any) -> dict[str, Any]:
    """One create operation of `googleAds:mutate`."""
    return {f"{word}Operation": {"create": body}}


def tree(name: str = "Spring") -> Operations:
    """Budget, campaign, place, language, ad group, keyword and ad: a Search campaign that can serve."""
    return [
        create("campaignBudget", resourceName=BUDGET, amountMicros="50000000", explicitlyShared=False),
        create(
            "campaign",
            resourceName=CAMPAIGN,
            name=name,
            status="ENABLED",
            advertisingChannelType="SEARCH",
            campaignBudget=BUDGET,
            targetSpend={},
            networkSettings={"targetGoogleSearch": True},
            containsEuPoliticalAdvertising="DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING",
        ),
        create("campaignCriterion", campaign=CAMPAIGN, location={"geoTargetConstant": "geoTargetConstants/2840"}),
        create("campaignCriterion", campaign=CAMPAIGN, language={"languageConstant": "languageConstants/1000"}),
        create(
            "adGroup",
            resourceName=GROUP,
            campaign=CAMPAIGN,
            name=f"{name} ag1",
            type="SEARCH_STANDARD",
            cpcBidMicros="1500000",
        ),
        create("adGroupCriterion", adGroup=GROUP, keyword={"text": "running shoes", "matchType": "PHRASE"}),
        create(
            "adGroupAd",
            adGroup=GROUP,
            ad={
                "finalUrls": ["https://example.com/spring"],
                "responsiveSearchAd": {
                    "headlines": [{"text": t} for t in ("Spring Sale", "Run Faster", "Free Shipping")],
                    "descriptions": [{"text": t} for t in ("Save 20% on all shoes.", "Order today.")],
                    "path1": "shoes",
                    "path2": "sale",
                },
            },
        ),
    ]


def changed(operations: Operations, path: str, value: Any = ...) -> Operations:
    """A copy with one thing changed, such as `1.create.name`; without a value it is left out."""
    found = copy.deepcopy(operations)
    index, *parts = path.split(".")
    at: Any = next(iter(found[int(index)].values()))
    for part in parts[:-1]:
        at = at[int(part)] if isinstance(at, list) else at[part]
    if value is ...:
        del at[parts[-1]]
    else:
        at[int(parts[-1]) if isinstance(at, list) else parts[-1]] = value
    return found


def codes(answer: httpx.Response) -> list[str]:
    """`family.CODE` of every error of a failure, in order."""
    body = answer.json()
    status = body["error"] if "error" in body else body["partialFailureError"]
    return [
        f"{family}.{code}"
        for detail in status["details"]
        for error in detail.get("errors", [])
        for family, code in error["errorCode"].items()
    ]


def path_of(answer: httpx.Response) -> str:
    """Where the first error is: `mutate_operations[1].campaign_operation.create.name`."""
    elements = answer.json()["error"]["details"][0]["errors"][0]["location"]["fieldPathElements"]
    return ".".join(e["fieldName"] + (f"[{e['index']}]" if "index" in e else "") for e in elements)


@dataclass
class Google:
    """One person with a token. Methods return the response as it came, unless they say otherwise."""

    sandbox: Any

    @property
    def line(self) -> dict[str, Any]:
        """The platform's object of the first line."""
        found: dict[str, Any] = self.sandbox.line["google_ads"]
        return found

    def request(self, verb: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Any call below `/google/v26`."""
        sent = {"Authorization": f"Bearer {self.line['access_token']}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        found: httpx.Response = self.sandbox.http.request(verb, f"/google/v26/{path}", json=body, headers=sent)
        return found

    def mutate(self, operations: Operations, **envelope: Any) -> httpx.Response:
        """`googleAds:mutate`."""
        body = {"mutateOperations": operations, **envelope}
        return self.request("POST", f"customers/{CUSTOMER}/googleAds:mutate", body)

    def one(self, collection: str, *operations: dict[str, Any], **envelope: Any) -> httpx.Response:
        """`campaigns:mutate` and its siblings."""
        body = {"operations": list(operations), **envelope}
        return self.request("POST", f"customers/{CUSTOMER}/{collection}:mutate", body)

    def made(self, operations: Operations) -> list[str]:
        """The resource names that a mutate made; it must succeed."""
        answer = self.mutate(operations)
        assert answer.status_code == 200, answer.text
        return [next(iter(r.values()))["resourceName"] for r in answer.json()["mutateOperationResponses"]]

    def query(self, query: str, customer: str = CUSTOMER, **envelope: Any) -> httpx.Response:
        """`googleAds:search`."""
        return self.request("POST", f"customers/{customer}/googleAds:search", {"query": query, **envelope})

    def rows(self, query: str, customer: str = CUSTOMER) -> list[dict[str, Any]]:
        """The rows of a query; it must succeed."""
        answer = self.query(query, customer)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json().get("results", [])
        return found

    def update(self, collection: str, name: str, **fields: Any) -> httpx.Response:
        """Set top-level fields of one object."""
        return self.one(collection, {"update": {"resourceName": name, **fields}, "updateMask": ",".join(fields)})

    def state(self, what: str, field: str) -> list[Any]:
        """The values of one field of all rows of a resource, such as `campaign`, `primary_status`."""
        head, *rest = field.split("_")
        camel = head + "".join(part.title() for part in rest)
        resource, *more = what.split("_")
        owner = resource + "".join(part.title() for part in more)
        return [row[owner].get(camel) for row in self.rows(f"SELECT {what}.{field} FROM {what}")]


def png(width: int, height: int, *, shade: int = 90) -> str:
    """A grey picture of that size as base64 of a PNG."""
    rows = (b"\0" + bytes([shade]) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + body).decode()


#: Images that a responsive display ad takes, and one of no shape that it takes.
PICTURES = {"landscape": (600, 314), "square": (300, 300), "logo": (512, 128), "round": (128, 128), "odd": (400, 300)}


def picture(google: Google, name: str) -> str:
    """The resource name of one of the images, uploaded."""
    width, height = PICTURES[name]
    answer = google.one("assets", {"create": {"name": name, "imageAsset": {"data": png(width, height)}}})
    assert answer.status_code == 200, answer.text
    found: str = answer.json()["results"][0]["resourceName"]
    return found


def display_tree(google: Google, name: str = "Banner") -> Operations:
    """Budget, campaign, place, ad group and responsive display ad: a Display campaign that can serve."""
    pictures = {each: [{"asset": picture(google, each)}] for each in ("landscape", "square", "logo", "round")}
    budget, campaign, place = tree(name)[:3]
    body = campaign["campaignOperation"]["create"]
    body |= {"advertisingChannelType": "DISPLAY", "networkSettings": {"targetContentNetwork": True}}
    ad = {
        "finalUrls": ["https://example.com/spring"],
        "responsiveDisplayAd": {
            "headlines": [{"text": "Spring Sale"}],
            "longHeadline": {"text": "All shoes at a lower price"},
            "descriptions": [{"text": "Order today."}],
            "businessName": "Acme",
            "callToActionText": "Shop now",
            "marketingImages": pictures["landscape"],
            "squareMarketingImages": pictures["square"],
            "logoImages": pictures["logo"],
            "squareLogoImages": pictures["round"],
            "controlSpec": {"enableAssetEnhancements": False, "enableAutogenVideo": False},
        },
    }
    group = create(
        "adGroup", resourceName=GROUP, campaign=CAMPAIGN, name="Banners", type="DISPLAY_STANDARD",
        optimizedTargetingEnabled=False,
    )  # fmt: skip
    return [budget, campaign, place, group, create("adGroupAd", adGroup=GROUP, ad=ad)]
