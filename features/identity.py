"""What a correlations table was made with: only tables made alike can be compared."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from ground.errors import TableError

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class TableIdentity:
    """How the numbers of a correlations table came about; None where the table does not say.

    Attributes
    ----------
    body_backend, face_backend
        Readers of body and face, as ``name version``.
    signal
        ``position``, ``velocity`` or ``highpass``.
    body_coordinates
        ``signing`` or ``raw``.
    clip_s
        Length of a full clip in seconds.
    step_s, step_frames
        Distance of one clip's start to the next, in seconds or in frames; the other is None.
    feature_set
        Label of a `features.signature.PairSet`.
    sample_fps
        How many frames of a second were read; 0 for all. What changes from frame to frame changes with it.
    max_height
        Height that higher pictures were made smaller to before reading, px; 0 for none.
    """

    body_backend: str | None
    face_backend: str | None
    signal: str | None
    body_coordinates: str | None
    clip_s: float | None
    step_s: float | None
    step_frames: int | None
    feature_set: str | None
    sample_fps: float | None = None
    max_height: int | None = None

    def describe_differences(self, other: TableIdentity) -> list[str]:
        """Return a phrase for each difference to `other`, such as ``signal velocity, not position``.

        The value of `other` stands first. What one of both does not record is not compared.
        """
        ours, theirs = self._in_words(), other._in_words()
        return [
            f"{what} {theirs[what]}, not {ours[what]}"
            for what in ours
            if None not in (ours[what], theirs[what]) and ours[what] != theirs[what]
        ]

    def list_uncompared(self, other: TableIdentity) -> list[str]:
        """Return in words what `describe_differences` does not compare, because one of both lacks it."""
        ours, theirs = self._in_words(), other._in_words()
        return [what for what in ours if None in (ours[what], theirs[what])]

    def _in_words(self) -> dict[str, str | None]:
        step = None if self.step_s is None else f"{self.step_s:g} s"
        return {
            "body reader": self.body_backend,
            "face reader": self.face_backend,
            "signal": self.signal,
            "body coordinates": self.body_coordinates,
            "clip length": None if self.clip_s is None else f"{self.clip_s:g} s",
            "clip step": step if self.step_frames is None else f"{self.step_frames} frames",
            "feature set": self.feature_set,
            "frames read": _describe_rate(self.sample_fps),
            "pictures": _describe_height(self.max_height),
        }


def _describe_rate(sample_fps: float | None) -> str | None:
    if sample_fps is None:
        return None
    return f"{sample_fps:g} a second" if sample_fps else "all"


def _describe_height(max_height: int | None) -> str | None:
    if max_height is None:
        return None
    return f"at most {max_height} px high" if max_height else "as they are"


IDENTITY_COLUMNS: Final = tuple(field.name for field in fields(TableIdentity))


def read_identity(clips: pd.DataFrame) -> TableIdentity:
    """Read what all rows of a clip table agree on.

    Parameters
    ----------
    clips
        A clip table; columns of `IDENTITY_COLUMNS` that it lacks are not recorded.

    Raises
    ------
    TableError
        When rows disagree: tables made in different ways were put together.
    """
    values: dict[str, Any] = {}
    problems = []
    for name in IDENTITY_COLUMNS:
        if name not in clips.columns:
            values[name] = None
            continue
        known = clips[name].dropna().unique().tolist()
        partly = bool(known) and bool(clips[name].isna().any())
        if len(known) > 1 or partly:
            problems.append(f"{name} ({', '.join(map(str, known))}{' or none' if partly else ''})")
        values[name] = known[0] if known else None
    if problems:
        raise TableError(
            f"The clips were not all made in one way, they differ in {'; '.join(problems)}."
            " Correlate their frame tables again, with the same options."
        )
    for whole in ("step_frames", "max_height"):
        if values[whole] is not None:
            values[whole] = int(values[whole])
    return TableIdentity(**values)
