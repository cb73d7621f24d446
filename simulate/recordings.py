"""Made-up people at the level of frame tables: several recordings of each, from several collections.

What a background learns from can be tested on them for what it should be, because nobody has to guess how
much of a person, of a session and of a camera is in the numbers. No video is rendered: a recording takes
milliseconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.description import Backend, Chunking, ReadingDescription
from extract.frame_table import (
    ACTION_UNITS,
    COLUMNS,
    CUT,
    HEAD_ROTATION,
    JOINTS,
    MOUTH,
    SIDES,
    Counts,
    FrameTable,
    FrameTableMetadata,
)
from extract.source_video import SourceVideo
from ground.errors import InputError
from ground.provenance import motionsig_version
from simulate.signature import NOISE_SHARE, check_seed, draw_band_limited, weigh_latents

_READER: Final = Backend(name="simulated", version="1")
SIMULATED: Final = ReadingDescription(body=_READER, face=_READER)

_LATENTS: Final = 6
_USUAL_WEIGHT: Final = np.sqrt((1 - NOISE_SHARE) / _LATENTS)
# Moments change below this frequency, or once in a recording that is shorter than its period.
_MOMENTS_HZ: Final = 0.1
_LEAST_S: Final = 2.0
_LEAST_FPS: Final = 10.0

# Keep the random streams apart.
_EVERYBODY, _COLLECTION, _PERSON, _SESSION = range(4)

_WIDTH, _HEIGHT = 640, 480
# Where the joints are at rest, (x, y), and how far they go (standard deviation), px.
_JOINTS: Final = {
    "leftShoulder": (420.0, 300.0, 5.0), "rightShoulder": (220.0, 300.0, 5.0),
    "leftElbow": (470.0, 430.0, 12.0), "rightElbow": (170.0, 430.0, 12.0),
    "leftWrist": (400.0, 450.0, 25.0), "rightWrist": (240.0, 450.0, 25.0),
    "leftEye": (345.0, 140.0, 6.0), "rightEye": (295.0, 140.0, 6.0), "nose": (320.0, 165.0, 6.0),
}  # fmt: skip
# Level and standard deviation of everything that moves, by column.
_MOVING: Final[dict[str, tuple[float, float]]] = {
    **{
        f"{name}_{axis}": (at, swing)
        for name, (x, y, swing) in _JOINTS.items()
        for axis, at in (("x", x), ("y", y))
    },
    **dict.fromkeys(ACTION_UNITS, (0.3, 0.05)),
    **dict.fromkeys(HEAD_ROTATION, (0.0, 0.06)),
    **dict(zip(MOUTH, ((0.55, 0.02), (0.1, 0.03)), strict=True)),
    **dict.fromkeys(SIDES, (0.0, 0.03)),
}
# What does not move: everybody is found in every frame, and nothing is cut.
_STILL: Final = {**{f"{joint}_visibility": 0.9 for joint in JOINTS}, "face_px": 120.0, CUT: 0.0}

_MEASURED: Final = [name for name in (*COLUMNS, *SIDES) if name not in ("frame", "time_s")]
_PLACES: Final = [_MEASURED.index(name) for name in _MOVING]
_AT_REST: Final = np.array([_MOVING[name][0] if name in _MOVING else _STILL[name] for name in _MEASURED])
_SIZES: Final = np.array([size for _, size in _MOVING.values()])

Directions = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RecordingSpread:
    """How far ways of moving lie apart.

    Everybody shares a mixing of latent signals into all measurements, whose weights have standard deviation 1
    before each measurement is brought to its own size. To the weights, and to the logarithms of the sizes, a
    person adds their own with these standard deviations, a collection (a camera, a studio) its own, and a
    session its own; to the weights a moment adds its own, which changes within seconds. A collection also has
    white noise of measurement, between half and one and a half times its spread, in units of the usual size.
    """

    person: float = 0.2
    collection: float = 0.1
    session: float = 0.35
    moment: float = 0.2


# Nobody differs from anybody: whatever tells people apart tells recordings apart.
NULL: Final = RecordingSpread(person=0.0)
# Recordings of a person are told from those of others about as those of real people: with an AUC of .82 by
# the 153 face pairs as they are, of .90 by pairs of one-sided measures, of .94 by a background of 20 people.
REAL: Final = RecordingSpread()
SEPARABLE: Final = RecordingSpread(person=1.0, session=0.1)


@dataclass(frozen=True)
class RecordingPlan:
    """Who is filmed, how often, where and for how long.

    Attributes
    ----------
    people, sessions
        How many people, and of how many sessions each; a session is one recording.
    collections
        How many collections of footage there are; each recording is from one of them, drawn by chance.
    seconds, fps
        Length of each recording, at least 2 s, and frames a second, at least 10.
    spread
        How far everything lies apart.

    Raises
    ------
    InputError
        When a number lies outside its range.
    """

    people: int = 40
    sessions: int = 3
    collections: int = 2
    seconds: float = 24.0
    fps: float = 30.0
    spread: RecordingSpread = field(default_factory=RecordingSpread)

    def __post_init__(self) -> None:
        if min(self.people, self.sessions, self.collections) < 1:
            raise InputError("People, sessions and collections must be 1 or more each.")
        if not (np.isfinite(self.seconds) and self.seconds >= _LEAST_S):
            raise InputError(f"A recording must be at least {_LEAST_S:g} s long, not {self.seconds:g} s.")
        if not (np.isfinite(self.fps) and self.fps >= _LEAST_FPS):
            raise InputError(f"A recording must have at least {_LEAST_FPS:g} frames/s, not {self.fps:g}.")

    @property
    def names(self) -> tuple[str, ...]:
        """What the recordings are called, in their order: ``<n>_id<k>_pristine``, as published ones are."""
        return tuple(self.name(who, which) for who in range(self.people) for which in range(self.sessions))

    def name(self, who: int, which: int) -> str:
        """Return what a session of a person is called, both counted from 0."""
        return f"{who * self.sessions + which}_id{who}_pristine"


@dataclass(frozen=True)
class SimulatedRecording:
    """A recording of a made-up person.

    Attributes
    ----------
    subject, group, session, collection
        As in a manifest.
    table
        Its frame table, with the columns `COLUMNS` and `SIDES`; the video that it names does not exist, and
        the hash is that of the numbers.
    """

    subject: str
    group: str
    session: str
    collection: str
    table: FrameTable


@dataclass(frozen=True)
class _Way:
    """A way of moving, or what is added to one: directions, (moving, latents), and log sizes, (moving,)."""

    directions: Directions
    log_sizes: npt.NDArray[np.float64]

    def __add__(self, other: _Way) -> _Way:
        return _Way(self.directions + other.directions, self.log_sizes + other.log_sizes)


def simulate_recordings(plan: RecordingPlan, seed: int = 0) -> Iterator[SimulatedRecording]:
    """Yield the recordings of made-up people, person by person and session by session.

    Parameters
    ----------
    plan
        The people, and how much there is of each.
    seed
        The same seed gives the same people, however many there are and however often they are filmed; at
        least 0.

    Raises
    ------
    InputError
        When the seed is below 0.
    """
    check_seed(seed)
    spread, version = plan.spread, motionsig_version()
    everybody = np.random.default_rng((_EVERYBODY, seed)).normal(size=(len(_MOVING), _LATENTS))
    cameras = [_draw_way(spread.collection, _COLLECTION, seed, k) for k in range(plan.collections)]
    noises = [
        spread.collection * np.random.default_rng((_COLLECTION, seed, k, 1)).uniform(0.5, 1.5)
        for k in range(plan.collections)
    ]
    for who in range(plan.people):
        person = _Way(everybody, np.zeros(len(_MOVING))) + _draw_way(spread.person, _PERSON, seed, who)
        for which in range(plan.sessions):
            rng = np.random.default_rng((_SESSION, seed, who, which))
            place = int(rng.integers(plan.collections))
            way = person + cameras[place] + _draw_way(spread.session, _SESSION, seed, who, which, 1)
            moving = _move(rng, way, plan)
            moving += noises[place] * rng.normal(size=moving.shape)
            name = plan.name(who, which)
            yield SimulatedRecording(
                f"id{who}",
                "pristine",
                name,
                f"collection {place}",
                _tabulate(moving, plan.fps, name, version),
            )


def _draw_way(spread: float, *stream: int) -> _Way:
    rng = np.random.default_rng(stream)
    return _Way(rng.normal(0.0, spread, (len(_MOVING), _LATENTS)), rng.normal(0.0, spread, len(_MOVING)))


def _move(rng: np.random.Generator, way: _Way, plan: RecordingPlan) -> npt.NDArray[np.float64]:
    """Return what moves, (frames, moving), in units of each one's usual size."""
    n_frames = round(plan.seconds * plan.fps)
    latents = draw_band_limited(rng, n_frames, plan.fps, _LATENTS)
    noise = draw_band_limited(rng, n_frames, plan.fps, len(_MOVING))
    band_hz = (0.0, max(_MOMENTS_HZ, plan.fps / n_frames))
    moment = draw_band_limited(rng, n_frames, plan.fps, 1, band_hz)
    added = rng.normal(0.0, plan.spread.moment * _USUAL_WEIGHT, way.directions.shape)
    shared = latents @ weigh_latents(way.directions).T + moment * (latents @ added.T)
    return np.asarray(np.exp(way.log_sizes) * (shared + np.sqrt(NOISE_SHARE) * noise))


def _tabulate(moving: npt.NDArray[np.float64], fps: float, name: str, version: str) -> FrameTable:
    import pandas as pd

    n_frames = len(moving)
    values = np.tile(_AT_REST, (n_frames, 1))
    values[:, _PLACES] += _SIZES * moving
    frames = pd.DataFrame(values, columns=_MEASURED)
    frames.insert(0, "frame", np.arange(n_frames))
    frames.insert(1, "time_s", np.arange(n_frames) / fps)
    metadata = FrameTableMetadata(
        motionsig_version=version,
        source=SourceVideo(
            name=f"{name}.mp4", sha256=hashlib.sha256(moving.tobytes()).hexdigest(), bytes=0,
            width=_WIDTH, height=_HEIGHT, rotation_deg=0, mirrored=False, codec="simulated",
            container_fps=fps, duration_s=n_frames / fps, frames_promised=n_frames,
            frames_decoded=n_frames, frames_discarded=0, decode_errors=0, start_s=0.0,
        ),
        reading=SIMULATED,
        chunks=Chunking(chunk_s=n_frames / fps, warm_up_frames=0),
        further_columns=SIDES,
        counts=Counts(frames=n_frames, body_frames=n_frames, face_frames=n_frames, read_s=0.0),
    )  # fmt: skip
    return FrameTable(frames, metadata)
