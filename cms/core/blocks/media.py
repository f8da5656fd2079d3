"""Images, videos and maps. Nothing is asked of another host before the reader agrees."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from cms.core.blocks.choosers import PictureChooserBlock
from cms.core.blocks.fixed import FixedCharBlock
from cms.core.richtext import TEXT_FEATURES

VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{6,20}", re.ASCII)


class ImageStructValue(blocks.StructValue):
    """An image with its words."""

    @property
    def alt_text(self) -> str:
        """The text for people who can't see the image; empty if it is decoration."""
        return "" if self["is_decorative"] else self["alt"]


class ImageBlock(blocks.StructBlock):
    """An image that is either described or marked as decoration."""

    image = PictureChooserBlock(label=_("Image"))
    alt = blocks.CharBlock(
        label=_("Description"),
        max_length=300,
        required=False,
        help_text=_("What the image shows, for people who can't see it."),
    )
    is_decorative = blocks.BooleanBlock(
        label=_("Decoration only"), required=False, help_text=_("The image says nothing that the text doesn't say.")
    )
    caption = blocks.CharBlock(label=_("Caption"), max_length=300, required=False)
    credit = blocks.CharBlock(label=_("Credit"), max_length=200, required=False)

    class Meta:
        label = _("Image")
        icon = "image"
        description = _("An image with description, caption and credit.")
        template = "cms_core/blocks/image.html"
        value_class = ImageStructValue
        label_format = "{caption}"
        preview_template = "cms_core/blocks/previews/image.html"
        preview_value = {"image": None, "alt": "A courtroom", "is_decorative": False, "caption": "", "credit": ""}

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        cleaned = super().clean(value)
        if not cleaned["alt"] and not cleaned["is_decorative"]:
            message = _("Describe the image, or mark it as decoration.")
            raise StructBlockValidationError(block_errors={"alt": ValidationError(message)})
        return cleaned


class VideoStructValue(blocks.StructValue):
    """A video of one of the providers that we know. The address is ours to build: the host is never an editor's."""

    @property
    def provider_name(self) -> str:
        return {"youtube": "YouTube", "vimeo": "Vimeo"}[self["provider"]]

    @property
    def consent_key(self) -> str:
        """What the reader's choice is remembered under."""
        return str(self["provider"])

    @property
    def embed_url(self) -> str:
        """The player, loaded after consent only."""
        if self["provider"] == "youtube":
            return f"https://www.youtube-nocookie.com/embed/{self['video_id']}"
        return f"https://player.vimeo.com/video/{self['video_id']}?dnt=1"

    @property
    def watch_url(self) -> str:
        """The video's page at the provider, for a plain link."""
        if self["provider"] == "youtube":
            return f"https://www.youtube.com/watch?v={self['video_id']}"
        return f"https://vimeo.com/{self['video_id']}"


def video_id_of(provider: str, text: str) -> str | None:
    """The video's id from its id or its address at ``provider``; None if it is neither."""
    text = text.strip()
    parts = urlsplit(text)
    if parts.scheme in {"http", "https"}:
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
        hosts = {
            "youtube": {"youtube.com", "youtu.be", "youtube-nocookie.com"},
            "vimeo": {"vimeo.com", "player.vimeo.com"},
        }
        if host not in hosts[provider]:
            return None
        text = parse_qs(parts.query).get("v", [parts.path.rstrip("/").rsplit("/", 1)[-1]])[0]
    if provider == "vimeo" and not text.isdigit():
        return None
    return text if VIDEO_ID.fullmatch(text) else None


class VideoBlock(blocks.StructBlock):
    """A video behind consent."""

    provider = blocks.ChoiceBlock(
        label=_("Provider"), choices=[("youtube", "YouTube"), ("vimeo", "Vimeo")], default="youtube", search_index=False
    )
    video_id = FixedCharBlock(
        label=_("Video"),
        max_length=200,
        search_index=False,
        help_text=_("The address of the video, or its id at the provider."),
    )
    title = blocks.CharBlock(label=_("Title"), max_length=200)
    description = blocks.CharBlock(
        label=_("Description"), max_length=300, required=False, help_text=_("Length, spoken language, subtitles.")
    )
    poster = PictureChooserBlock(
        label=_("Poster"), required=False, help_text=_("Shown before the reader agrees. Your own image.")
    )
    transcript = blocks.RichTextBlock(
        label=_("Transcript"),
        features=TEXT_FEATURES,
        required=False,
        help_text=_("For people who can't hear or don't want to load the video."),
    )

    class Meta:
        label = _("Video")
        icon = "media"
        description = _("A video of YouTube or Vimeo. Nothing is loaded before the reader agrees.")
        template = "cms_core/blocks/video.html"
        value_class = VideoStructValue
        label_format = "{title}"
        preview_value = {
            "provider": "youtube",
            "video_id": "dQw4w9WgXcQ",
            "title": "What survivors ask of a court",
            "description": "",
            "poster": None,
            "transcript": "",
        }

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        cleaned = super().clean(value)
        video_id = video_id_of(cleaned["provider"], cleaned["video_id"])
        if video_id is None:
            message = _("This is no address or id of a video at this provider.")
            raise StructBlockValidationError(block_errors={"video_id": ValidationError(message)})
        cleaned["video_id"] = video_id
        return cleaned


class MapPoint:
    """A point on a map of OpenStreetMap, for templates: of a map block or of a page's place."""

    provider_name = "OpenStreetMap"
    consent_key = "openstreetmap"

    def __init__(self, title: str, description: str, latitude: float, longitude: float, zoom: int) -> None:
        self.title, self.description = title, description
        self.latitude, self.longitude, self.zoom = latitude, longitude, zoom

    @property
    def embed_url(self) -> str:
        """The map, loaded after consent only. The box shown is 360° wide at zoom 0 and halves with each step."""
        half = 180 / 2**self.zoom
        box = (
            max(self.longitude - half, -180),
            max(self.latitude - half / 2, -90),
            min(self.longitude + half, 180),
            min(self.latitude + half / 2, 90),
        )
        query = {
            "bbox": ",".join(f"{value:.5f}" for value in box),
            "layer": "mapnik",
            "marker": f"{self.latitude:.5f},{self.longitude:.5f}",
        }
        return f"https://www.openstreetmap.org/export/embed.html?{urlencode(query)}"

    @property
    def watch_url(self) -> str:
        """The same place at the provider, for a plain link."""
        point = f"{self.latitude:.5f}/{self.longitude:.5f}"
        return (
            f"https://www.openstreetmap.org/?mlat={self.latitude:.5f}&mlon={self.longitude:.5f}#map={self.zoom}/{point}"
        )


class MapStructValue(blocks.StructValue):
    """A map block's value with the addresses of its point."""

    @property
    def point(self) -> MapPoint:
        return MapPoint(
            self["title"], self["description"], float(self["latitude"]), float(self["longitude"]), int(self["zoom"])
        )

    def __getattr__(self, name: str) -> Any:
        if name in {"provider_name", "consent_key", "embed_url", "watch_url"}:
            return getattr(self.point, name)
        raise AttributeError(name)


class MapBlock(blocks.StructBlock):
    """A map behind consent, with its content in words."""

    title = blocks.CharBlock(label=_("Title"), max_length=200)
    description = blocks.TextBlock(
        label=_("Description"), rows=3, help_text=_("What the map shows, for people who don't load it.")
    )
    latitude = blocks.DecimalBlock(label=_("Latitude"), min_value=-90, max_value=90, max_digits=8, decimal_places=5)
    longitude = blocks.DecimalBlock(label=_("Longitude"), min_value=-180, max_value=180, max_digits=8, decimal_places=5)
    zoom = blocks.IntegerBlock(
        label=_("Zoom"), min_value=1, max_value=17, default=6, help_text=_("1 is the world, 6 a country, 12 a city.")
    )

    class Meta:
        label = _("Map")
        icon = "site"
        description = _("A map of OpenStreetMap. Nothing is loaded before the reader agrees.")
        template = "cms_core/blocks/map.html"
        value_class = MapStructValue
        label_format = "{title}"
        preview_value = {
            "title": "Brussels",
            "description": "The seat of the initiative.",
            "latitude": 50.8503,
            "longitude": 4.3517,
            "zoom": 10,
        }
