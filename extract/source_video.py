"""What is known of the video file that a frame table was made from."""

from __future__ import annotations

from typing import Any

import pydantic

from extract.time_repairs import TimeRepairs
from ground.records import Record


class SourceVideo(Record):
    """What is known of the video file that a frame table was made from.

    `width` and `height` (px) are those of the upright picture, after `rotation_deg` (counter-clockwise, as
    the container states it) was applied, and a mirrored picture was mirrored back. `duration_s` and
    `frames_promised` are the container's claims and None where it makes none; `frames_decoded` was counted,
    and `decode_errors` counts the packets that could not be read. Tables of older versions lack the
    `frames_discarded` whose time stamp was not after that of the frame before; now it is 0. `start_s` is the
    presentation time, on the container's clock, of the first decoded frame, whose `time_s` is 0.
    `time_repairs` says how times differ from the time stamps; where they do not, it is None and not stored.
    `frames_hidden` are promised but not to be shown: those before the start of an MP4 that was cut without
    encoding it again, and the empty slots of an AVI file; 0 is not stored.
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

    @pydantic.model_serializer(mode="wrap")
    def _leave_out_what_is_not_there(self, write: pydantic.SerializerFunctionWrapHandler) -> dict[str, Any]:
        rare = {"time_repairs", "frames_hidden"}  # tables of files without them are the same bytes as before
        return {name: value for name, value in write(self).items() if value or name not in rare}
