"""What would have been measured had the picture been mirrored, left for right."""

from __future__ import annotations

import re
from typing import Final

from extract.frame_table import FrameTable

_SIDE: Final = re.compile(r"left|right")
# Towards one side of the picture, or of the person, whichever part of the body they belong to.
_SIDEWAYS: Final = re.compile(r"pose_R[yz]|chin_x|nose_front_x|.*gaze_x")
_ACROSS_THE_PICTURE: Final = re.compile(r"(left|right)(Shoulder|Elbow|Wrist|Eye)_x|nose_x")


def mirror(table: FrameTable) -> FrameTable:
    """Return the frame table of the mirrored video.

    Left and right change places, in the joints and in the one-sided measures of the face. The head's yaw and
    roll, the gaze, and how far chin and nose are to the left change their signs; joints are as far from the
    right border of the picture as they were from the left one. Action units, pitch and mouth stay, because
    they take both sides of the face together. Mirroring twice gives the same table again, but for rounding.

    Parameters
    ----------
    table
        The frame table; it stays as it is.

    Returns
    -------
    FrameTable
        The same columns and rows, with the metadata of the table, for that is the file that was read.
    """
    width = float(table.metadata.source.width)
    columns = {}
    for name in table.frames.columns:
        values = table.frames[_SIDE.sub(lambda side: _OTHER[side.group()], name, count=1)]
        if _SIDEWAYS.fullmatch(name):
            values = -values
        elif _ACROSS_THE_PICTURE.fullmatch(name):
            values = width - values
        columns[name] = values.to_numpy()
    return FrameTable(type(table.frames)(columns, index=table.frames.index), table.metadata)


_OTHER: Final = {"left": "right", "right": "left"}
