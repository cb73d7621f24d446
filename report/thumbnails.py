"""Small pictures of a suspect."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from extract.container import open_video
from extract.still import read_stills
from ground.errors import MotionsigError
from ground.files import find_stored, hash_file

HEIGHT_PX: Final = 120
_QUALITY: Final = 70
# Key frames do for long videos, where every frame decoded costs time; x264 puts them 250 apart at most.
_REACH: Final = 250
_MOST_EXACT: Final = 12


@dataclass(frozen=True)
class Thumbnail:
    """A picture of a moment: JPEG bytes of `width` x `height` px, which was shown at `time_s`."""

    time_s: float
    width: int
    height: int
    jpeg: bytes


def take_thumbnails(video: Path, times_s: list[float], reach: int = 0) -> list[Thumbnail]:
    """Return the pictures at or shortly before some times, each once, in order.

    Parameters
    ----------
    video
        The file.
    times_s
        Seconds from its beginning, rising.
    reach
        As for `read_stills`.

    Raises
    ------
    MotionsigError
        When the file cannot be read.
    """
    import cv2

    taken: dict[float, Thumbnail] = {}
    with open_video(video) as opened:
        for found in read_stills(opened, times_s, reach=reach):
            if found is None or found[0] in taken:
                continue
            time_s, image = found
            width = max(1, round(image.shape[1] * HEIGHT_PX / image.shape[0]))
            small = cv2.resize(image, (width, HEIGHT_PX), interpolation=cv2.INTER_AREA)
            done, jpeg = cv2.imencode(
                ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY]
            )
            if done:
                taken[time_s] = Thumbnail(time_s, width, HEIGHT_PX, jpeg.tobytes())
    return [taken[time_s] for time_s in sorted(taken)]


def explain_missing(path: str | None, sha256: str | None) -> str | None:
    """Return why no thumbnails of a video can be taken, in a sentence; None when they can.

    Parameters
    ----------
    path
        Where the video lay when it was judged; None where there was none.
    sha256
        Of the file that was judged.
    """
    if path is None:
        return "There are no pictures, because a table was judged and not a video."
    video = find_stored(path)
    try:
        if not video.is_file():
            return "There are no pictures, because the video is no longer at the place where it was judged."
        if sha256 is not None and hash_file(video) != sha256:
            return "There are no pictures, because another file now has the video's name."
    except OSError as error:
        return f"There are no pictures, because the video cannot be read ({error.strerror})."
    return None


def try_thumbnails(
    path: str | None, sha256: str | None, times_s: list[float], jump_s: float = math.inf
) -> tuple[list[Thumbnail], str | None]:
    """Return thumbnails, and the sentence that says why there are none, or none after the clock jumps.

    Parameters
    ----------
    path, sha256
        As for `explain_missing`.
    times_s
        As for `take_thumbnails`.
    jump_s
        When the clock of the video first jumps, seconds; what comes after cannot be found by its time.
    """
    why = explain_missing(path, sha256)
    if why is not None or path is None:
        return [], why
    sure_s = [time_s for time_s in times_s if time_s < jump_s]
    if len(sure_s) < len(times_s):
        why = f"There are no pictures after {jump_s:.1f} s, because the clock of the video jumps there."
    try:
        return take_thumbnails(find_stored(path), sure_s, _REACH if len(times_s) <= _MOST_EXACT else 0), why
    except MotionsigError:
        return [], "There are no pictures, because the video cannot be read any more."
