"""Interviews: videos of several shots and several people, with the truth about who is where in every frame.

`simulate.script` says what each shot shows. Everybody moves by their own signature, and goes on moving from
shot to shot, whether they are in the picture or not.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from ground.files import replace_when_complete
from simulate.controls import CONTROL_NAMES
from simulate.fields import Array
from simulate.painting import Image, paint_over
from simulate.placing import Place, Window
from simulate.render import Renderer
from simulate.scenery import paint_landscape, paint_room
from simulate.script import Appearance, Script, Shot
from simulate.signature import draw_session
from simulate.video import write_video

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy.typing as npt
    import pandas as pd

    from simulate.looks import Look
    from simulate.portrait import Portrait

TRUTH_SUFFIX: Final = ".truth.csv"
STILL: Final = "still"  # what the columns of photographs begin with
BOX: Final = ("left", "top", "width", "height")
# How far shoulders and elbows stand out beyond the head on each side, in widths of it.
_TRUNK_ASIDE: Final = 0.7
_SIDES_BLUR_PX: Final = 18.0
_FRAME_RGB: Final = (46, 40, 36)  # around posters and insets
_FRAME_PX: Final = 4


class Interview:
    """An interview to be rendered, and the truth about it.

    Parameters
    ----------
    script
        What it shows.

    Raises
    ------
    InputError
        When it is shorter than a second.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        starts = np.cumsum([0, *(shot.frames for shot in script.shots)])
        self._starts: list[int] = [int(start) for start in starts]
        # Which frame of their session everybody shows, where the session goes on at jump cuts.
        self._ahead = np.cumsum([shot.skip for shot in script.shots])
        seconds = (script.frames + int(self._ahead[-1])) / script.fps
        self._people = {person.name: person for person in script.people}
        self._sessions = {
            person.name: person.liveliness
            * draw_session(person.signature, seconds, script.fps, script.seed)[list(CONTROL_NAMES)].to_numpy()
            for person in script.people
        }

    def render(self) -> Iterator[Image]:
        """Yield the frames, RGB, uint8; each one is the caller's to keep."""
        for number, shot in enumerate(self.script.shots):
            for frame in range(shot.frames):
                picture = self._paint(number, frame)
                if frame < shot.dissolve:
                    before = self.script.shots[number - 1].frames + frame  # it goes on while it fades
                    weight = (frame + 1) / (shot.dissolve + 1)
                    opacity = np.full(picture.shape[:2], 1 - weight, np.float32)
                    paint_over(picture, self._paint(number - 1, before), opacity)
                yield picture

    def tabulate(self) -> pd.DataFrame:
        """Return the truth, one row a frame.

        Returns
        -------
        DataFrame
            ``frame``, ``time_s``; ``shot``, from 0, and its ``kind``; ``dissolve``, whether the shot before
            is seen too, whose people the row leaves out. For each person ``<name>_left``, ``_top``,
            ``_width``, ``_height``: the box of the head with hair and hat, px, where they are in the picture
            in the flesh, missing elsewhere; ``<name>_visible``, whether it lies wholly inside the picture and
            nobody stands in front of it; and ``<name>_<control>`` (`CONTROL_NAMES`), whether visible or not.
            ``still_left`` and so on: the box of the head on a photograph that is in view.
        """
        import pandas as pd

        script = self.script
        lengths = [shot.frames for shot in script.shots]
        shots = np.repeat(np.arange(len(lengths)), lengths)
        within = np.arange(script.frames) - np.array(self._starts)[shots]
        columns: dict[str, object] = {
            "frame": np.arange(script.frames),
            "time_s": np.arange(script.frames) / script.fps,
            "shot": shots,
            "kind": np.array([shot.kind for shot in script.shots])[shots],
            "dissolve": within < np.array([shot.dissolve for shot in script.shots])[shots],
        }
        boxes, visible = self._find_heads()
        for name, box in boxes.items():
            columns |= {f"{name}_{side}": box[:, k] for k, side in enumerate(BOX)}
        columns |= {f"{name}_visible": seen for name, seen in visible.items()}
        rows = np.arange(script.frames) + self._ahead[shots]
        for name, session in self._sessions.items():
            columns |= {f"{name}_{control}": session[rows, k] for k, control in enumerate(CONTROL_NAMES)}
        return pd.DataFrame(columns)

    def _find_heads(self) -> tuple[dict[str, Array], dict[str, npt.NDArray[np.bool_]]]:
        """Return the boxes of heads, (frames, 4), of each person and of photographs, and who is visible."""
        names = [person.name for person in self.script.people]
        missing = np.full((self.script.frames, len(BOX)), np.nan)
        boxes = {name: missing.copy() for name in (*names, STILL)}
        visible = {name: np.zeros(self.script.frames, np.bool_) for name in names}
        for number, shot in enumerate(self.script.shots):
            rows = slice(self._starts[number], self._starts[number + 1])
            in_front: list[Array] = []
            for one in reversed(shot.appearances):
                head = self._find_head(number, one)
                boxes[STILL if one.still else one.name][rows] = np.hstack(
                    [head[:, :2], head[:, 2:] - head[:, :2]]
                )
                if not one.still:
                    free = self._lies_inside(head)
                    for covering in in_front:
                        free &= ~_overlap(head, covering)
                    visible[one.name][rows] = free
                in_front.append(self._find_outline(head, one))
        return boxes, visible

    def _find_head(self, number: int, one: Appearance) -> Array:
        """Return the corners of somebody's head in a shot, (frames, 4), missing outside the picture."""
        frames = self.script.shots[number].frames
        rows = np.arange(frames) + self._starts[number] + self._ahead[number]
        heads = self._open_renderer(one.name).find_heads(self._sessions[one.name][rows] * (not one.still))
        places = [one.move(frame) for frame in range(frames)]
        shown = np.array(
            [place.show(head.reshape(2, 2)).ravel() for place, head in zip(places, heads, strict=True)]
        )
        width, height = self.script.size
        outside = (shown[:, 2] <= 0) | (shown[:, 0] >= width) | (shown[:, 3] <= 0) | (shown[:, 1] >= height)
        shown[outside] = np.nan
        return shown

    def _lies_inside(self, head: Array) -> npt.NDArray[np.bool_]:
        # Hair may be cut off at the top, as it often is.
        width, height = self.script.size
        hair = (head[:, 3] - head[:, 1]) / 4
        return np.asarray(
            (head[:, 0] >= 0) & (head[:, 1] + hair >= 0) & (head[:, 2] <= width) & (head[:, 3] <= height)
        )

    def _find_outline(self, head: Array, one: Appearance) -> Array:
        """Return a box, (frames, 4), that holds head and trunk of somebody: what they hide of others."""
        if one.inside is not None:
            return np.tile(np.array(one.inside.corners, np.float64), (len(head), 1))
        aside = (head[:, 2] - head[:, 0]) * _TRUNK_ASIDE
        bottom = np.full(len(head), self.script.size[1])
        return np.stack([head[:, 0] - aside, head[:, 1], head[:, 2] + aside, bottom], axis=-1)

    def _open_renderer(self, name: str) -> Renderer:
        person = self._people[name]
        return _open_renderer(person.look, person.portrait)

    def _paint(self, number: int, frame: int) -> Image:
        """Return the picture of a shot; frames beyond its end show how it goes on."""
        shot, (width, height) = self.script.shots[number], self.script.size
        if not shot.appearances:
            return paint_landscape(width, height, shot.scenery, frame)
        picture = paint_room(width, height, shot.scenery).copy()
        row = self._starts[number] + int(self._ahead[number]) + frame
        for one in shot.appearances:
            self._draw(picture, shot, one, frame, row)
        return _set_upright(picture, shot.upright) if shot.upright else picture

    def _draw(self, picture: Image, shot: Shot, one: Appearance, frame: int, row: int) -> None:
        session = self._sessions[one.name]
        # A dissolve may outlast the session by as long as a shot goes on.
        values = session[min(row, len(session) - 1)] * (not one.still)
        renderer, place = self._open_renderer(one.name), one.move(frame)
        if one.inside is None:
            renderer.draw(picture, values, place)
            return
        left, top, right, bottom = one.inside.corners
        around = Window(left - _FRAME_PX, top - _FRAME_PX, right + _FRAME_PX, bottom + _FRAME_PX)
        picture[around.slices] = _FRAME_RGB
        view = picture[one.inside.slices]
        view[:] = paint_room(*one.inside.size, shot.scenery + 1)
        within = Place(place.scale, place.left - left, place.top - top)
        renderer.draw(view, values, within)


@lru_cache(maxsize=8)
def _open_renderer(look: Look | None, portrait: Portrait) -> Renderer:
    return Renderer(look, portrait)


def _overlap(first: Array, second: Array) -> npt.NDArray[np.bool_]:
    """Return which boxes of corners, (frames, 4), overlap; missing ones do not."""
    return np.asarray(
        (first[:, 0] < second[:, 2])
        & (second[:, 0] < first[:, 2])
        & (first[:, 1] < second[:, 3])
        & (second[:, 1] < first[:, 3])
    )


def _set_upright(picture: Image, width: int) -> Image:
    """Return the middle of a picture over a blurred copy of it that fills the frame."""
    import cv2

    height, full = picture.shape[:2]
    left = (full - width) // 2
    middle = picture[:, left : left + width]
    small_height = round(width * height / full)
    top = (height - small_height) // 2
    part = middle[top : top + small_height]
    small = cv2.resize(part, (full // 8, height // 8), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), _SIDES_BLUR_PX / 8)
    behind = np.asarray(cv2.resize(blurred, (full, height), interpolation=cv2.INTER_LINEAR), np.uint8)
    behind[:, left : left + width] = middle
    return behind


def render_interview(
    script: Script,
    path: Path,
    *,
    on_frame: Callable[[], None] | None = None,
    growing_in: Path | None = None,
) -> Path:
    """Render an interview as a video, and write the truth beside it.

    Parameters
    ----------
    script
        What it shows.
    path
        Where the video goes, ending in ``.mp4``.
    on_frame
        Called after each frame.
    growing_in
        As for `ground.files.replace_when_complete`.

    Returns
    -------
    Path
        ``<stem>.truth.csv`` beside the video (`Interview.tabulate`).

    Raises
    ------
    InputError
        When the interview is too short or a file cannot be written.
    DependencyError
        When a portrait is missing.
    """
    interview = Interview(script)
    truth = path.with_name(path.stem + TRUTH_SUFFIX)
    write_video(path, interview.render(), script.fps, on_frame=on_frame, growing_in=growing_in)
    with replace_when_complete(truth, growing_in=growing_in) as partial:
        interview.tabulate().to_csv(partial, index=False)
    return truth
