"""Scripts drawn by chance: a guest and a host, framed as such videos frame them, and who else comes by."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from simulate.looks import STRANGER_LOOK
from simulate.officer import OFFICER
from simulate.placing import Place, Window
from simulate.portrait import ANCHORS, WIDTH
from simulate.script import DEFAULT_FPS, Appearance, Kind, Person, Script, Shot
from simulate.signature import Signature

GUEST, HOST, PASSER = "guest", "host", "passer"

# How often each kind of shot is drawn.
_KINDS: Final[dict[Kind, float]] = {
    "single": 0.4, "two-shot": 0.2, "inset": 0.1, "insert": 0.07, "passer-by": 0.08, "upright": 0.07,
    "poster": 0.08,
}  # fmt: skip
_GUEST_SHARE: Final = 0.7  # of the shots of one person
_SHOT_S: Final = (6.0, 32.0)
_INSERT_S: Final = (2.0, 6.0)
_JUMP_SHARE, _DISSOLVE_SHARE = 0.2, 0.2
_DISSOLVE_S: Final = (0.4, 1.2)
_JUMP_S: Final = 3.0
_WALK_S: Final = (3.0, 7.0)
_UPRIGHT_SHAPE: Final = 9 / 16
_SCENERY: Final = {GUEST: 1, HOST: 2}

# Px of the portrait above and below the middle of the head that are in the picture.
_ABOVE_HEAD_PX, _BELOW_HEAD_PX = 190, 660
# Of a picture of 1280 x 720 px: an inset, and how far it is from the edge.
_INSET_PX: Final = (250, 290)
_EDGE_PX: Final = 26
_ANCHORS: Final = {GUEST: ANCHORS, HOST: OFFICER.anchors, PASSER: ANCHORS}


def cast(seed: int = 0) -> tuple[Person, ...]:
    """Return guest, host and passer-by, who move by signatures that follow from a seed."""
    first = 3 * seed
    return (
        Person(GUEST, Signature(first)),
        Person(HOST, Signature(first + 1), OFFICER),
        Person(PASSER, Signature(first + 2), look=STRANGER_LOOK),
    )


def draw_script(
    seconds: float,
    *,
    seed: int = 0,
    fps: float = DEFAULT_FPS,
    size: tuple[int, int] = (1280, 720),
    kinds: dict[Kind, float] | None = None,
) -> Script:
    """Draw an interview of guest and host.

    Parameters
    ----------
    seconds
        Length; the last shot is cut off there.
    seed
        Which interview, and whose motion, at least 0.
    fps
        Frames a second, above 5.
    size
        Width and height of the picture, px, even numbers.
    kinds
        How often each kind of shot is drawn; None for all kinds.
    """
    director = _Director(np.random.default_rng(seed), fps, size)
    chosen = kinds or _KINDS
    left, shots = round(seconds * fps), list[Shot]()
    while left > 0:
        kind = director.choose(chosen)
        shot = director.direct(kind, shots[-1] if shots else None)
        frames = min(shot.frames, left)
        shots.append(_shorten(shot, frames))
        left -= frames
    return Script(cast(seed), tuple(shots), fps, seed, size)


class _Director:
    """Draws shots."""

    def __init__(self, rng: np.random.Generator, fps: float, size: tuple[int, int]) -> None:
        self._rng, self._fps = rng, fps
        self._width, self._height = size
        self._px = size[1] / 720  # what numbers below are given for

    def choose(self, kinds: dict[Kind, float]) -> Kind:
        weights = np.array(list(kinds.values()))
        return list(kinds)[self._rng.choice(len(kinds), p=weights / weights.sum())]

    def direct(self, kind: Kind, before: Shot | None) -> Shot:
        """Return a shot of a kind; where that and the one before are of one person, maybe a jump cut."""
        if before and before.kind == kind == "single" and self._rng.random() < _JUMP_SHARE:
            return self._jump(before)
        frames = self._draw_frames(_INSERT_S if kind == "insert" else _SHOT_S)
        dissolves = before is not None and self._rng.random() < _DISSOLVE_SHARE
        speaker, other = self._cast_speaker()
        return Shot(
            kind,
            frames,
            self._frame(kind, speaker, other, frames),
            scenery=int(self._rng.integers(1000)) if kind == "insert" else _SCENERY[speaker],
            dissolve=min(self._draw_frames(_DISSOLVE_S), frames - 1) if dissolves else 0,
            upright=2 * round(self._height * _UPRIGHT_SHAPE / 2) if kind == "upright" else 0,
        )

    def _frame(self, kind: Kind, speaker: str, other: str, frames: int) -> tuple[Appearance, ...]:
        """Return who is in a shot, those behind first."""
        left, right = (0.22, 0.3), (0.7, 0.78)
        if self._rng.random() < 0.5:
            left, right = right, left
        match kind:
            case "insert":
                seen = []
            case "single":
                seen = [self._show(speaker, (0.45, 1.15), (0.3, 0.7))]
            case "upright":
                # To one side, so that the blurred copy's face is seen beside the middle.
                aside = (0.43, 0.45) if left[0] < right[0] else (0.55, 0.57)
                seen = [self._show(speaker, (0.42, 0.55), aside)]
            case "passer-by":
                seen = [self._walk(frames), self._show(speaker, (0.6, 0.9), (0.4, 0.6))]
                if self._rng.random() < 0.5:
                    seen.reverse()
            case "two-shot":
                scales = (0.42, 0.75)
                seen = [self._show(speaker, scales, left), self._show(other, scales, right)]
            case "inset":
                # Not far to the side: people make room for an interpreter.
                aside = (0.4, 0.48) if left[0] < right[0] else (0.52, 0.6)
                seen = [self._show(speaker, (0.6, 1.0), aside), self._insert(other, right, still=False)]
            case "poster":
                shown = other if self._rng.random() < 0.5 else speaker
                seen = [self._insert(shown, right, still=True), self._show(speaker, (0.45, 0.7), left)]
        return tuple(seen)

    def _show(self, name: str, scales: tuple[float, float], across: tuple[float, float]) -> Appearance:
        """Return somebody who fills the picture down to its lower edge, with the whole head in it."""
        scale = self._rng.uniform(*scales) * self._px
        y = max(
            self._rng.uniform(0.3, 0.4) * self._height,
            self._height - _BELOW_HEAD_PX * scale,
            _ABOVE_HEAD_PX * scale,
        )
        return Appearance(name, self._place(name, scale, self._rng.uniform(*across) * self._width, y))

    def _walk(self, frames: int) -> Appearance:
        """Return the passer-by, who crosses the picture from the left to the right, once."""
        seen = self._show(PASSER, (0.5, 1.0), (0, 0))
        steps = min(self._draw_frames(_WALK_S), frames)
        outside = WIDTH / 2 * seen.place.scale
        walk_px = (self._width + 2 * outside) / steps
        wait = self._rng.integers(0, frames - steps + 1)
        start = Place(seen.place.scale, seen.place.left - outside - walk_px * wait, seen.place.top)
        return replace(seen, place=start, walk_px=walk_px)

    def _insert(self, name: str, across: tuple[float, float], *, still: bool) -> Appearance:
        """Return somebody in a small picture, at the bottom if they are live, else on the wall."""
        width, height = round(_INSET_PX[0] * self._px), round(_INSET_PX[1] * self._px)
        edge = round(_EDGE_PX * self._px)
        on_right = across[0] > 0.5
        left = self._width - width - edge if on_right else edge
        top = edge if still else self._height - height - edge
        scale = self._rng.uniform(0.27, 0.36) * self._px
        place = self._place(name, scale, width / 2, 0.44 * height)
        return Appearance(name, place, inside=Window(left, top, left + width, top + height), still=still)

    def _jump(self, before: Shot) -> Shot:
        """Return the shot before, a little nearer or further away, some time later."""
        (one,) = before.appearances
        nearer = self._rng.uniform(1.0, 1.12)
        x, y = (0.5 * self._width, 0.4 * self._height)
        place = Place(
            one.place.scale * nearer, x + (one.place.left - x) * nearer, y + (one.place.top - y) * nearer
        )
        skip = round(_JUMP_S * self._fps)
        return replace(
            before,
            frames=self._draw_frames(_SHOT_S),
            appearances=(replace(one, place=place),),
            skip=skip,
            dissolve=0,
        )

    def _cast_speaker(self) -> tuple[str, str]:
        return (GUEST, HOST) if self._rng.random() < _GUEST_SHARE else (HOST, GUEST)

    def _draw_frames(self, seconds: tuple[float, float]) -> int:
        return max(round(self._rng.uniform(*seconds) * self._fps), 2)

    def _place(self, name: str, scale: float, x: float, y: float) -> Place:
        return Place.of_head(_ANCHORS[name], scale, x, y)


def _shorten(shot: Shot, frames: int) -> Shot:
    return replace(shot, frames=frames, dissolve=min(shot.dissolve, frames - 1))
