"""Ad creatives: what may be created. Sources: Marketing API, Ad Creative and Object Story Spec references."""

from typing import Any

from adsandbox.accounts import Account
from adsandbox.meta import errors
from adsandbox.meta.graph import NAME, Graph
from adsandbox.store import Entity

_DATA = ("link_data", "video_data", "photo_data")


def create(graph: Graph, account: Account, fields: dict[str, Any]) -> Entity:
    """A new creative from fields that fit `tables.CREATIVE`."""
    _source(fields)
    _identity(graph, fields)
    story = fields.get("object_story_spec") or {}
    for image in _hashes(fields):
        _image(graph, account, image)
    for video in _videos(fields):
        _video(graph, account, video)
    _video_cover(story.get("video_data"))
    kept = {name: value for name, value in fields.items() if name not in ("name", "execution_options")}
    return graph.world.store.add(
        NAME,
        "adcreative",
        graph.new_id("adcreative"),
        account_id=account.id,
        name=fields.get("name"),
        status="ACTIVE",
        fields=kept,
    )


def texts(creative: Entity) -> list[str]:
    """Everything that a reviewer reads of a creative."""
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk([creative.fields.get("object_story_spec"), creative.fields.get("asset_feed_spec")])
    return found


def is_video(creative: Entity) -> bool:
    """Whether the creative shows a video."""
    return bool(_videos(creative.fields))


def _source(fields: dict[str, Any]) -> None:
    story, feed = fields.get("object_story_spec"), fields.get("asset_feed_spec")
    if story is None and "object_story_id" not in fields:
        raise errors.invalid(
            "A creative needs an object_story_spec with a Page, or an object_story_id.",
            field="object_story_spec",
            title="The creative is incomplete",
        )
    given = [name for name in _DATA if name in (story or {})]
    if story is not None and len(given) != (0 if feed else 1):
        raise errors.invalid(
            "object_story_spec holds exactly one of link_data, video_data, photo_data (none with an asset_feed_spec).",
            field="object_story_spec",
        )
    if feed is not None:
        _feed(feed)


def _feed(feed: dict[str, Any]) -> None:
    for name in ("bodies", "titles", "link_urls", "ad_formats"):
        if not feed.get(name):
            raise errors.invalid(f"asset_feed_spec needs {name}.", field=("asset_feed_spec", name))
    if not feed.get("images") and not feed.get("videos"):
        raise errors.invalid("asset_feed_spec needs images or videos.", field=("asset_feed_spec", "images"))
    lists = (value for value in feed.values() if isinstance(value, list))
    if sum(len(one) for one in lists) > 30:
        raise errors.invalid("An asset feed holds at most 30 assets.", field="asset_feed_spec")


def _identity(graph: Graph, fields: dict[str, Any]) -> None:
    story = fields.get("object_story_spec") or {}
    if "page_id" in story and graph.standing("page", story["page_id"]) is None:
        raise errors.invalid(
            f"The Page {story['page_id']} does not exist or you may not advertise for it.",
            field=("object_story_spec", "page_id"),
            title="No permission for this Page",
        )
    for spec in (story, fields):
        instagram = spec.get("instagram_user_id")
        if instagram is not None and graph.standing("instagram", instagram) is None:
            raise errors.invalid(
                f"The Instagram account {instagram} does not exist or is not connected to your Page.",
                field=("object_story_spec", "instagram_user_id"),
            )


def _hashes(fields: dict[str, Any]) -> list[str]:
    story, feed = fields.get("object_story_spec") or {}, fields.get("asset_feed_spec") or {}
    found = [story[name].get("image_hash") for name in _DATA if name in story]
    found += [one.get("hash") for one in feed.get("images", ())]
    found += [one.get("thumbnail_hash") for one in feed.get("videos", ())]
    return [one for one in found if one]


def _videos(fields: dict[str, Any]) -> list[str]:
    story, feed = fields.get("object_story_spec") or {}, fields.get("asset_feed_spec") or {}
    found = [story["video_data"]["video_id"]] if "video_data" in story else []
    return found + [one["video_id"] for one in feed.get("videos", ())]


def _image(graph: Graph, account: Account, image: str) -> None:
    found = graph.get("adimage", f"{account.id.removeprefix('act_')}:{image}")
    if found is None or found.deleted_at is not None:
        raise errors.invalid(
            f"The image hash {image} does not belong to this ad account.",
            field="image_hash",
            title="Image not found",
        )


def _video(graph: Graph, account: Account, video_id: str) -> None:
    found = graph.get("advideo", video_id)
    if found is None or found.deleted_at is not None or found.account_id != account.id:
        raise errors.missing("get", video_id)
    if not found.fields["complete"] or graph.now < found.private["ready_at"]:
        raise errors.invalid(
            "The video is still being processed. Wait until it is ready.",
            field=("object_story_spec", "video_data", "video_id"),
            title="Video not ready for use in an ad",
            subcode=1885252,
        )


def _video_cover(video: dict[str, Any] | None) -> None:
    if video is not None and not video.get("image_hash") and not video.get("image_url"):
        raise errors.invalid(
            "Please specify one of image_hash or image_url in the video_data field of object_story_spec.",
            field=("object_story_spec", "video_data"),
            title="Your video needs a thumbnail",
            subcode=1443226,
        )
