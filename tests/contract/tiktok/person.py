"""A person with TikTok's official SDK on a sandbox: its APIs, what refusals they raise, and the sandbox's controls.

For scripts of this folder, which run in an environment of their own and know nothing of adloom.
"""

import hashlib
import json
import re
import sys
import urllib.request

import business_api_client as tiktok
from business_api_client.tiktok_business.tiktok_exceptions import TiktokSDKError

GIVEN = json.load(sys.stdin)
LINE = GIVEN["line"]
ADVERTISER, TOKEN = LINE["account_id"], LINE["access_token"]

_settings = tiktok.Configuration()
_settings.host = GIVEN["base"] + "/tiktok"
_client = tiktok.ApiClient(_settings)

accounts = tiktok.AccountManagementApi(_client)
ads = tiktok.AdApi(_client)
campaigns = tiktok.CampaignCreationApi(_client)
files = tiktok.FileApi(_client)
groups = tiktok.AdgroupApi(_client)
identities = tiktok.IdentityApi(_client)
login = tiktok.AuthenticationApi(_client)
pixels = tiktok.MeasurementApi(_client)
reports = tiktok.ReportingApi(_client)
tools = tiktok.ToolApi(_client)


def data(answer):
    """The `data` of an answer that the SDK took for a success; its request id has to be there."""
    assert answer["request_id"], answer
    return answer["data"]


def refusal(call, *args, **kwargs):
    """The code in the text of the error that the SDK raises; it keeps the code nowhere else."""
    try:
        answer = call(*args, **kwargs)
    except TiktokSDKError as error:
        return _code(str(error))
    raise AssertionError(f"{call.__name__} was not refused: {answer}")


def _code(words):
    found = re.match(r"Error Code: (\d+), message: (.+), request_id: (\S+)$", words, re.DOTALL)
    assert found, words
    return int(found[1])


def control(path, body):
    """One call of the sandbox's own API."""
    request = urllib.request.Request(
        f"{GIVEN['base']}/_sandbox/{path}",
        data=json.dumps(body).encode(),
        headers={"X-Sandbox-Key": GIVEN["control_key"]},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def settle():
    """Puts the clock ten minutes into an hour, so that no hour ends while reports are compared."""
    minute = int(control("clock", {"advance": "PT1S"})["now"][14:16])
    control("clock", {"advance": f"PT{(70 - minute) % 60 or 60}M"})


def fault(kind, match=""):
    """The next matching request goes wrong."""
    control("faults", {"platform": "tiktok_ads", "fault": kind, "match": match, "times": 1})


def md5(path):
    """What TikTok wants as a file's signature."""
    with open(path, "rb") as file:
        return hashlib.md5(file.read(), usedforsecurity=False).hexdigest()


def upload_image():
    """The cover's id."""
    path = GIVEN["cover"]
    answer = files.ad_image_upload(
        TOKEN,
        advertiser_id=ADVERTISER,
        upload_type="UPLOAD_BY_FILE",
        image_file=path,
        image_signature=md5(path),
        file_name="cover",
    )
    return data(answer)["image_id"]


def upload_video():
    """The film's id, once it can be shown."""
    path = GIVEN["film"]
    answer = files.ad_video_upload(
        TOKEN,
        advertiser_id=ADVERTISER,
        upload_type="UPLOAD_BY_FILE",
        video_file=path,
        video_signature=md5(path),
        file_name="film",
    )
    (video,) = data(answer)
    control("clock", {"advance": "PT10S"})
    (ready,) = data(files.ad_video_info(ADVERTISER, [video["video_id"]], TOKEN))["list"]
    assert ready["displayable"] is True, ready
    return video["video_id"]


def say(found):
    """What the witness saw, for the test that called it."""
    sys.stdout.write(json.dumps(found) + "\n")
