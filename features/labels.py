"""Who is in a video, and what its name and those of its clips say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

GROUPS: Final = ("pristine", "celeb", "fake")

_VIDEO_NAME: Final = re.compile(rf"\d+_(?P<person>id\d+)_(?P<group>{'|'.join(GROUPS)})")
_CLIP_NAME: Final = re.compile(r"(?P<video>.+)_clip_(?P<number>\d+)", re.DOTALL)


@dataclass(frozen=True)
class Label:
    """Who a video claims to show, and where it comes from.

    Attributes
    ----------
    subject
        Name of the person whom the video shows or, when it is a fake, claims to show.
    group
        ``pristine``, ``celeb`` or ``fake``. A video is authentic footage of its subject unless it is fake.
    session
        Recording that the video belongs to; videos of one session must not be split between training and
        test. Of a fake the method that made it. The video's own name where nothing more is known.
    collection
        The collection of footage that the video comes from: recordings of one have cameras and editing in
        common, which are not the person's. None where nobody says.
    driver
        Of a fake: whose motion it shows, where somebody says it. None of authentic footage, which shows its
        subject's own.
    driver_session
        Of a fake whose driver is known: the session in which the driver was filmed, where somebody says it.
        Fakes that were made of one film show one occasion.
    """

    subject: str
    group: str
    session: str
    collection: str | None = None
    driver: str | None = None
    driver_session: str | None = None


def label_from_name(video_stem: str) -> Label | None:
    """Read a video's label from a name such as ``16_id0_fake``; None when it follows no such convention.

    The published data set names videos ``<n>_id<k>_<group>`` and counts its people within each group, so
    ``celeb`` id0 is another person than ``pristine`` id0; a fake carries the id of the pristine person whom
    it shows. So the subject is ``id0`` in the groups pristine and fake, and ``celeb_id0`` in the group celeb.
    """
    match = _VIDEO_NAME.fullmatch(video_stem)
    if match is None:
        return None
    subject = f"celeb_{match['person']}" if match["group"] == "celeb" else match["person"]
    return Label(subject, match["group"], session=video_stem)


def video_of_clip(clip_name: str) -> str | None:
    """Return ``16_id0_fake`` for ``16_id0_fake_clip_8``; None when it is not the name of a clip."""
    match = _CLIP_NAME.fullmatch(clip_name)
    return match["video"] if match else None


def name_clip(video_stem: str, number: int) -> str:
    """Return the name of a video's clip, counted from 0."""
    return f"{video_stem}_clip_{number}"
