"""Frames to readings: every frame is looked at once, for the body, and at its head for the face."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from extract.face import MESH_WIDTH, FaceTracker
from extract.frame_table import FACE_COLUMNS, JOINT_COLUMNS, Counts
from extract.head import HeadTracker, HeadView, shows_face
from extract.person_body import PersonBody
from extract.picture import Frame

if TYPE_CHECKING:
    import pandas as pd

_Row = tuple[int, float, npt.NDArray[np.float64], tuple[float, float], float, tuple[float, ...]]

_NO_BODY: Final = np.full(len(JOINT_COLUMNS), np.nan)
_NO_HEAD: Final = (np.nan,) * 3


@dataclass(frozen=True)
class FrameReadings:
    """What was read of successive frames.

    Attributes
    ----------
    indices
        int64, shape (frames,): 0-based index of each decoded frame.
    times_s
        float64, shape (frames,): seconds since the first decoded frame.
    joints
        float64, shape (frames, 27), as `JOINT_COLUMNS`, in pixels of the pictures that were read; NaN rows
        where no body was found.
    scale
        float64, shape (frames, 2): how wide and high the pixels of the pictures that were read are, as of
        `extract.picture.Frame`.
    since_s
        float64, shape (frames,): where the frame begins another shot, the time from which on the frames
        before it belong to neither shot (`extract.shots.ShotStart`); NaN elsewhere.
    heads
        float64, shape (frames, 3): x and y of the body's nose and the width of its head, in pixels of the
        pictures that were read; NaN rows where no body was found.
    labels
        int8, shape (frames,): 1 where the body is that of the person who is measured, 0 where that is not
        known, -1 where it is not or nobody was read.
    face
        Shape (frames, width of the face reader), NaN rows where no face was found.
    mesh
        float16, shape (frames, 1434), the mesh points of the face, x, y and z of each one after the other, as
        `extract.mesh_table` describes them; shape (frames, 0) where they are not kept.
    """

    indices: npt.NDArray[np.int64]
    times_s: npt.NDArray[np.float64]
    joints: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    since_s: npt.NDArray[np.float64]
    heads: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int8]
    face: npt.NDArray[np.floating[Any]]
    mesh: npt.NDArray[np.float16]

    @property
    def cuts(self) -> npt.NDArray[np.bool_]:
        """bool, shape (frames,): whether the frame begins another shot."""
        return np.isfinite(self.since_s)

    def count(self) -> Counts:
        """Return what was found; of at least one frame."""
        return Counts(
            frames=len(self.indices),
            body_frames=self.count_bodies(),
            face_frames=self.count_faces(),
            read_s=measure_seconds(self.times_s),
        )

    def count_bodies(self) -> int:
        """Return in how many frames a body was found."""
        return int(np.isfinite(self.joints[:, 0]).sum())

    def count_faces(self) -> int:
        """Return in how many frames a face was found."""
        return int((~np.isnan(self.face).all(axis=1)).sum())

    def take(self, rows: slice) -> FrameReadings:
        """Return some of the readings."""
        return FrameReadings(*(getattr(self, field.name)[rows] for field in fields(self)))

    def without(self, rows: npt.NDArray[np.bool_]) -> FrameReadings:
        """Return the readings with body and face missing in some rows."""
        if not rows.any():
            return self
        blank = ("joints", "heads", "face", "mesh")
        emptied = {name: np.where(rows[:, None], np.nan, getattr(self, name)) for name in blank}
        kept = {name: emptied[name].astype(getattr(self, name).dtype) for name in blank}
        return replace(self, **kept)

    def without_transitions(self) -> FrameReadings:
        """Return the readings with the frames that belong to neither of two shots labelled as nobody's."""
        labels = self.labels.copy()
        for row in np.flatnonzero(self.cuts):
            labels[np.searchsorted(self.times_s, self.since_s[row]) : row] = -1  # two pictures at once
        return replace(self, labels=labels)

    @staticmethod
    def join(parts: Sequence[FrameReadings]) -> FrameReadings:
        """Return parts of one video, given in order, as one."""
        return FrameReadings(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(FrameReadings)
            )
        )


def measure_seconds(times_s: npt.NDArray[np.float64]) -> float:
    """Return the seconds that frames cover, the last one shown as long as the average one."""
    frames = len(times_s)
    return float(times_s[-1]) * frames / (frames - 1) if frames > 1 else 0.0


def count_rows(rows: pd.DataFrame) -> Counts:
    """Return what was found, of the rows of a frame table, at least one."""
    return Counts(
        frames=len(rows),
        body_frames=int(rows["nose_x"].notna().sum()),
        face_frames=int(rows[list(FACE_COLUMNS)].notna().any(axis=1).sum()),
        read_s=measure_seconds(rows["time_s"].to_numpy()),
    )


def read_frames(
    frames: Iterable[Frame],
    person: PersonBody,
    face: FaceTracker,
    batch_size: int,
    *,
    keep_mesh: bool = False,
) -> Iterator[FrameReadings]:
    """Read successive frames and yield what was read, `batch_size` frames at a time.

    Parameters
    ----------
    frames
        Frames of one video, in order.
    person
        Reads the body of whoever is measured. Whose each row is, it can say only when all frames are read
        (`PersonBody.label_rows`); until then all are labelled as not known.
    face
        A tracker that has seen the frames before these, or none.
    batch_size
        How many heads the face tracker is given at once; only the heads are kept for so long.
    keep_mesh
        Whether the face tracker's rows end with the mesh.
    """
    tracker = HeadTracker()
    rows: list[_Row] = []
    heads: list[HeadView | None] = []
    for frame in frames:
        body, place, since_s = person.read(frame)
        if since_s is not None:
            # So that a shot is read as if it were a video of its own.
            if rows:
                yield _assemble(rows, face.read(heads), keep_mesh)
            rows, heads, tracker = [], [], HeadTracker()
            face.restart()
        box = tracker.locate(place, frame.image)
        joints, head, view = _NO_BODY, _NO_HEAD, None
        if body is not None and place is not None:
            joints, head = body.joint_values(), (*place.nose, place.width)
            if box is not None and shows_face(body, place):
                view = box.cut_from(frame.image, place)
        heads.append(view)
        rows.append(
            (frame.index, frame.time_s, joints, frame.scale, np.nan if since_s is None else since_s, head)
        )
        if len(rows) == batch_size:
            yield _assemble(rows, face.read(heads), keep_mesh)
            rows, heads = [], []
    if rows:
        yield _assemble(rows, face.read(heads), keep_mesh)


def _assemble(rows: list[_Row], face: npt.NDArray[np.floating[Any]], keep_mesh: bool) -> FrameReadings:
    indices, times_s, joints, scale, since_s, heads = zip(*rows, strict=True)
    width = face.shape[1] - (MESH_WIDTH if keep_mesh else 0)
    return FrameReadings(
        np.array(indices),
        np.array(times_s),
        np.stack(joints),
        np.array(scale),
        np.array(since_s, np.float64),
        np.array(heads),
        np.zeros(len(rows), np.int8),
        face[:, :width],
        face[:, width:].astype(np.float16),
    )
