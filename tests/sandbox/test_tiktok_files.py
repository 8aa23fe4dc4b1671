"""TikTok's images and videos: signed uploads, names, limits, transcoding."""

import pytest
from tests.sandbox.tiktok_client import API, TikTok, data, mp4, png


@pytest.fixture
def tiktok(sandbox):
    return TikTok(sandbox)


def jpeg(width, height):
    frame = b"\xff\xc0\x00\x0b\x08" + height.to_bytes(2) + width.to_bytes(2) + b"\x01\x01\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + frame + b"\xff\xd9" + b"\0" * 9


@pytest.mark.parametrize("content", [png(1080, 1920), jpeg(1080, 1920)])
def test_an_image_is_measured_by_its_bytes(tiktok, content):
    made = data(tiktok.upload("image", content))
    assert (made["width"], made["height"], made["size"]) == (1080, 1920, len(content))
    read = data(tiktok.get("file/image/ad/info", {"image_ids": [made["image_id"], "nothing"]}))["list"]
    assert [i["image_id"] for i in read] == [made["image_id"]]


def test_a_video_is_measured_and_each_upload_is_a_new_one(tiktok):
    content = mp4(1920, 1080, seconds=12)
    first, second = (data(tiktok.upload("video", content))[0] for _ in range(2))
    assert (first["width"], first["height"], first["duration"]) == (1920, 1080, 12.0)
    assert first["video_id"] != second["video_id"]
    found = data(tiktok.get("file/video/ad/search", {"filtering": {"width": 1920}}))["list"]
    assert [v["video_id"] for v in found] == [second["video_id"], first["video_id"]]


def test_a_video_is_transcoded_for_some_seconds_before_an_ad_can_use_it(sandbox, tiktok):
    cover = data(tiktok.upload("image", png(720, 1280)))["image_id"]
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    video = data(tiktok.upload("video", mp4(720, 1280)))[0]
    assert not video["displayable"]
    body = {
        "advertiser_id": tiktok.account,
        "adgroup_id": group,
        "creatives": [tiktok.creative(video["video_id"], cover)],
    }
    assert tiktok.post("ad/create", body)["code"] == 40901
    sandbox.advance("PT10S")
    ready = data(tiktok.get("file/video/ad/info", {"video_ids": [video["video_id"]]}))["list"][0]
    assert ready["displayable"]
    data(tiktok.post("ad/create", body))


REFUSED = [
    ("image", png(10, 10), {"image_signature": "0" * 32}, 40900),
    ("image", png(10, 10), {"image_signature": ""}, 40002),
    ("image", b"", {}, 40906),
    ("image", b"GIF89a" + b"\0" * 40, {}, 40908),
    ("image", mp4(720, 1280), {}, 40908),
    ("image", png(3600, 1256), {}, 40002),
    ("image", png(10, 10), {"file_name": "x" * 101}, 40002),
    ("image", png(10, 10), {"upload_type": "UPLOAD"}, 40002),
    ("image", png(10, 10), {"upload_type": "UPLOAD_BY_FILE_ID", "file_id": "1"}, 40905),
    ("image", png(10, 10), {"upload_type": "UPLOAD_BY_URL"}, 40002),
    ("image", png(10, 10), {"advertiser_id": "7000"}, 40300),
    ("image", png(10, 10), {"colour": "red"}, 40002),
    ("video", png(10, 10), {}, 40908),
    ("video", mp4(720, 1280), {"video_signature": "0" * 32}, 40900),
    ("video", mp4(500, 700), {}, 40002),
    ("video", mp4(720, 1280), {"upload_type": "UPLOAD_BY_VIDEO_ID"}, 40002),
    ("video", mp4(720, 1280), {"upload_type": "UPLOAD_BY_VIDEO_ID", "video_id": "v1"}, 40002),
    ("video", mp4(720, 1280), {"flaw_detect": "perhaps"}, 40002),
]


@pytest.mark.parametrize(("kind", "content", "form", "code"), REFUSED)
def test_a_file_that_is_not_right_is_refused(sandbox, tiktok, kind, content, form, code):
    assert tiktok.upload(kind, content, **form)["code"] == code
    assert not [o for o in sandbox.ledger(platform="tiktok_ads")["objects"] if o["type"] == kind]


def test_file_names_are_unique_per_account_and_kind(tiktok):
    data(tiktok.upload("image", png(10, 10), file_name="spring"))
    assert tiktok.upload("image", png(20, 20), file_name="spring")["code"] == 40911
    data(tiktok.upload("video", mp4(720, 1280), file_name="spring"))
    assert tiktok.upload("video", mp4(720, 1280), file_name="spring")["code"] == 40911


def test_a_file_named_by_url_is_accepted_and_not_fetched(sandbox, tiktok):
    body = {
        "advertiser_id": tiktok.account,
        "upload_type": "UPLOAD_BY_URL",
        "image_url": "https://127.0.0.1:1/a/cover.png",
    }
    assert data(tiktok.post("file/image/ad/upload", body))["file_name"] == "cover.png"
    body = {
        "advertiser_id": tiktok.account,
        "upload_type": "UPLOAD_BY_URL",
        "video_url": "https://127.0.0.1:1/a/clip.mp4",
    }
    video = data(tiktok.post("file/video/ad/upload", body))[0]
    by_id = {
        "advertiser_id": tiktok.account,
        "upload_type": "UPLOAD_BY_VIDEO_ID",
        "video_id": video["video_id"],
    }
    assert data(tiktok.post("file/video/ad/upload", by_id))[0]["video_id"] == video["video_id"]
    assert tiktok.post("file/video/ad/upload", body | {"video_url": "clip.mp4"})["code"] == 40002


def test_the_cover_has_the_videos_ratio(sandbox, tiktok):
    video, _ = tiktok.files()
    square = data(tiktok.upload("image", png(640, 640)))["image_id"]
    group = tiktok.new_group(tiktok.group(tiktok.new_campaign()))
    body = {
        "advertiser_id": tiktok.account,
        "adgroup_id": group,
        "creatives": [tiktok.creative(video, square)],
    }
    answer = tiktok.post("ad/create", body)
    assert (answer["code"], answer["message"][:21]) == (40002, "creatives.0.image_ids")


def test_an_upload_needs_a_token(sandbox):
    answer = sandbox.http.post(f"{API}/file/image/ad/upload/", data={"advertiser_id": "1"})
    assert answer.json()["code"] == 40104
