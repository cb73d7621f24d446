"""Jump cuts: a part of a shot is left out, and the person is in another pose at once.

The background stays, so the picture as a whole is much as before. But whoever moves, moves through several
frames: a place of the picture changes about as much as it, or its neighbours, changed in the frames before
and will change in the next one. At a jump cut many places change far more than that.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[np.float32]

# Changes are means over so many pixels each way.
_PLACE: Final = 5
# A place leaps when it changes by more than this factor times what it and its neighbours did in the frames
# before and do in the next ones, and so many grey values more.
_FACTOR: Final = 2.0
_NOISE: Final = 6.0
# What is usual: so many frames before at least, and so many seconds, because a slow camera's pictures are
# often shown several times each; and so many seconds after.
_FRAMES_BEFORE: Final = 5
_BEFORE_S: Final = 0.35
_LEAST_BEFORE_S: Final = 0.15
_AFTER_S: Final = 0.1
# At a jump cut so large a share of the picture leaps. Frames of four speakers, at 10 to 30 a second: up to
# .011, where they blink or a hand comes up.
_LEAP: Final = 0.02
# And it is where something moved before, for the most part: places that changed by so much, or whose
# neighbours did, in such a share of the frames of the last seconds. Subtitles and coarse coding change the
# rest.
_MOVES: Final = 3.0
_OFTEN: Final = 0.1
_MEMORY_S: Final = 1.5
_WHERE_MOVED: Final = 0.5
# Subtitles over a moving picture are flatter than this: their standard deviation in height by that in width.
_FLATTEST: Final = 0.25
# A camera that was pushed, or set to another exposure: a shift of the whole picture, and other contrast,
# explain all but this share of what leaps.
_SHIFTED: Final = 0.5
_NEIGHBOURS: Final = np.ones((3, 3), np.uint8)
_CLOCK_S: Final = 1e-4


class _Leap(NamedTuple):
    """Many places changed at once in a frame; those that follow will show whether they go on changing."""

    time_s: float
    change: _Array
    usual: _Array
    moved: npt.NDArray[np.bool_]
    before: _Array
    after: _Array


class JumpCutRule:
    """Finds jump cuts in the small pictures of a video, given in order."""

    def __init__(self) -> None:
        self._before: _Array | None = None
        self._usual: deque[tuple[float, _Array]] = deque()
        self._motion: _Array | None = None
        self._leap: _Leap | None = None

    def restart(self, picture: _Array | None = None) -> None:
        """Forget what is usual: the frame that is given, if any, is the first one of another shot."""
        self._before = picture
        self._usual.clear()
        self._motion = self._leap = None

    def notice(self, picture: _Array, time_s: float) -> float | None:
        """Return the time of the frame that began another part of the shot, s, or None.

        It is known a tenth of a second later.

        Parameters
        ----------
        picture
            Grey values without slow differences of brightness, float32, the longer side 160 px.
        time_s
            Presentation time of the frame, seconds.
        """
        before, self._before = self._before, picture
        if before is None or before.shape != picture.shape:
            self.restart(picture)
            return None
        change = _measure_change(before, picture)
        spread = np.asarray(cv2.dilate(change, _NEIGHBOURS), np.float32)
        if self._leap is not None:
            self._leap = self._leap._replace(usual=np.maximum(self._leap.usual, spread))
            if time_s >= self._leap.time_s + _AFTER_S - _CLOCK_S:
                leap, self._leap = self._leap, None
                if _is_jump(leap):
                    return leap.time_s
        elif (
            len(self._usual) >= _FRAMES_BEFORE
            and self._motion is not None
            and time_s - self._usual[0][0] >= _LEAST_BEFORE_S - _CLOCK_S
        ):
            usual = np.stack([one for _, one in self._usual]).max(axis=0)
            if _find_leaping(change, usual).mean() > _LEAP:
                self._leap = _Leap(time_s, change, usual, self._motion > _OFTEN, before, picture)
        self._remember(spread, time_s)
        return None

    def _remember(self, spread: _Array, time_s: float) -> None:
        moves = (spread > _MOVES).astype(np.float32)
        if self._motion is None:
            self._motion = moves
        else:
            old = np.float32(np.exp((self._usual[-1][0] - time_s) / _MEMORY_S))
            self._motion = old * self._motion + (1 - old) * moves
        self._usual.append((time_s, spread))
        while len(self._usual) > _FRAMES_BEFORE and self._usual[0][0] < time_s - _BEFORE_S:
            self._usual.popleft()


def _measure_change(before: _Array, picture: _Array) -> _Array:
    height, width = picture.shape
    places = max(1, width // _PLACE), max(1, height // _PLACE)
    difference = cv2.absdiff(before, picture)
    return np.asarray(cv2.resize(difference, places, interpolation=cv2.INTER_AREA), np.float32)


def _find_leaping(change: _Array, usual: _Array) -> npt.NDArray[np.bool_]:
    return change > _FACTOR * usual + _NOISE


def _is_jump(leap: _Leap) -> bool:
    leaping = _find_leaping(leap.change, leap.usual)
    if leaping.mean() <= _LEAP or leap.moved[leaping].mean() < _WHERE_MOVED:
        return False
    rows, columns = np.nonzero(leaping)
    if rows.std() < _FLATTEST * columns.std():
        return False
    shift, _ = cv2.phaseCorrelate(leap.before, leap.after)
    height, width = leap.before.shape
    matrix = np.array([[1, 0, shift[0]], [0, 1, shift[1]]])
    moved = np.asarray(
        cv2.warpAffine(leap.before, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.float32
    )
    contrast = (moved * leap.after).sum() / max(float((moved**2).sum()), 1.0)
    left = _find_leaping(_measure_change(moved * np.float32(contrast), leap.after), leap.usual)
    return float(left.mean()) > _SHIFTED * float(leaping.mean())
