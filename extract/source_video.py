"""What is known of the video file that a frame table was made from."""

from __future__ import annotations

from typing import Any, Final, Self

import pydantic

from extract.time_repairs import TimeRepairs
from ground.records import Record

# Left out of the metadata where there is nothing to say, so that most tables are the same bytes as before.
_RARE: Final = ("time_repairs", "frames_hidden", "track", "other_tracks")


class SourceVideo(Record):
    """What is known of the video file that a frame table was made from.

    `width` and `height` (px) are those of the first upright picture, after `rotation_deg` (counter-clockwise,
    as the container states it) was applied, and a mirrored picture was mirrored back; all pixels of the frame
    table are of a picture of that height, also where the video changes its size. `duration_s` and
    `frames_promised` are the container's claims and None where it makes none; `frames_decoded` was counted,
    and `decode_errors` counts the packets that could not be read. Tables of older versions lack the
    `frames_discarded` whose time stamp was not after that of the frame before; now it is 0. `start_s` is the
    presentation time, on the container's clock, of the first decoded frame, whose `time_s` is 0.

    The rest is stored only where there is something to say. `time_repairs` says how times differ from the
    time stamps. `frames_hidden` are promised but not to be shown: those before the start of an MP4 that was
    cut without encoding it again, and the empty slots of an AVI file. Of a file with several video tracks,
    `track` says which one was read, and `other_tracks` which were not.
    """

    name: str
    sha256: str
    bytes: int
    width: int
    height: int
    rotation_deg: int
    mirrored: bool
    codec: str
    container_fps: float | None
    duration_s: float | None
    frames_promised: int | None
    frames_decoded: int
    frames_discarded: int
    decode_errors: int
    start_s: float
    time_repairs: TimeRepairs | None = None
    frames_hidden: int = pydantic.Field(default=0, ge=0)
    track: str | None = None
    other_tracks: tuple[str, ...] = ()

    @pydantic.model_validator(mode="after")
    def _check_tracks(self) -> Self:
        if bool(self.other_tracks) != (self.track is not None):
            raise ValueError("other tracks come with the one that was read")
        return self

    @pydantic.model_serializer(mode="wrap")
    def _leave_out_what_is_not_there(self, write: pydantic.SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value or name not in _RARE}
