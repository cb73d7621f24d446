"""One frame table to a recording described by numbers: what backgrounds and enrolments are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.description import ReadingDescription
from extract.frame_table import CUT, SIDES, FrameTable
from features.descriptors.descriptor import Descriptor
from features.descriptors.missing import LEAST_SHARE
from features.descriptors.registry import find_descriptor
from features.descriptors.resampling import LONGEST_GAP_S
from features.frame_signals import FrameSignals, compute_frame_signals
from features.labels import Label, label_from_name
from features.motion_trace import Trace, trace_motion
from features.movement import LONGEST_GAP_S as LONGEST_GAPS_S
from features.movement import Movement, MovementMeter
from features.quality import describe_footage, has_face
from features.shots import ShortShots, describe_too_short
from features.signature import FEATURES
from features.windows import ClipRule, Clips, lay_clips
from ground.errors import InputError, TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Shorter than the published 10 s, so that a recording of 8 s counts: across recordings 4 to 8 s carry alike.
SIGNATURE_CLIPS: Final = ClipRule(8.0, 4.0)


class ShortRecordingError(InputError):
    """A video of which no shot is as long as one clip."""


class MissingSidesError(TableError):
    """A frame table without the one-sided measures of the face that a descriptor needs."""


@dataclass(frozen=True)
class Recording:
    """A recording as descriptors see it.

    Attributes
    ----------
    video, sha256
        Name and hash of the video file.
    subject
        Who is in it; None where nobody says.
    session
        The recording that it belongs to: videos of one session count as one source.
    collection
        The collection of footage that it comes from; None where nobody says.
    reading
        How its frames were read.
    seconds
        How long a face was measured in its clips, overlaps counted once. Clips that are missing do not count.
    start_s, end_s
        float64, shape (clips,): of each clip, seconds.
    face_share, body_share
        float64, shape (clips,): in which share of the clip's frames a face, and a body, was found.
    movement
        How much movement each clip shows, and how often it was looked at.
    numbers
        By the name of a descriptor: float64, shape (clips, numbers), NaN where missing. All numbers
        of a clip are missing when fewer than half of its frames have a face.
    trace
        How head and mouth move over the whole video, by which copies of one recording are recognised.
    """

    video: str
    sha256: str
    subject: str | None
    session: str
    collection: str | None
    reading: ReadingDescription
    seconds: float
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    face_share: NDArray[np.float64]
    body_share: NDArray[np.float64]
    movement: Movement
    numbers: Mapping[str, NDArray[np.float64]]
    trace: Trace


def describe_recording(
    table: FrameTable,
    descriptors: Sequence[str],
    label: Label | None = None,
    rule: ClipRule = SIGNATURE_CLIPS,
) -> Recording:
    """Describe a recording by numbers.

    Parameters
    ----------
    table
        The frame table.
    descriptors
        Names of descriptors, see `features.descriptors.registry.DESCRIPTORS`.
    label
        Who is in the video; by default what its name says, see `features.labels.label_from_name`.
    rule
        Length and step of the clips.

    Returns
    -------
    Recording
        Clips in order of time, at least one.

    Raises
    ------
    ShortRecordingError
        When the video, or each of its shots, is shorter than one clip.
    MissingSidesError
        When a descriptor is left without any number because the table has no one-sided measures of the face.
    InputError
        When there is no descriptor of a name.
    TableError
        When presentation times go backwards or repeat.
    """
    chosen = [find_descriptor(name) for name in descriptors]
    source = table.metadata.source
    clips = lay_clips(table.frames["time_s"], rule, table.frames[CUT])
    if len(clips) == 0:
        short_shots = ShortShots.find(clips, rule)
        why = describe_too_short(source.name, clips.duration_s, short_shots, rule.length_s)
        use = "a longer recording" if short_shots is None else "a recording with a longer shot"
        raise ShortRecordingError(f"{why}, so its motion cannot be described. Use {use}.")
    footage = describe_footage(table.frames, clips)
    face_share, body_share = (footage[name].astype(np.float64) for name in ("face_share", "body_share"))
    described = face_share >= LEAST_SHARE
    signals = compute_frame_signals(table)
    meter = MovementMeter(
        signals.time_s,
        signals.select(FEATURES),
        table.frames["face_px"].to_numpy(dtype=np.float64),
        table.metadata.reading,
        LONGEST_GAPS_S["position"],
    )
    numbers = {
        descriptor.name: _describe_clips(descriptor, signals, clips, described) for descriptor in chosen
    }
    if described.any():
        _check_sides(chosen, signals, numbers, source.name)
    stem = Path(source.name).stem
    label = label or label_from_name(stem)
    return Recording(
        video=source.name,
        sha256=source.sha256,
        subject=label.subject if label else None,
        session=label.session if label else stem,
        collection=label.collection if label else None,
        reading=table.metadata.reading,
        seconds=_measure_seconds(signals.time_s, has_face(table.frames), clips, described),
        start_s=clips.start_s,
        end_s=clips.end_s,
        face_share=face_share,
        body_share=body_share,
        movement=meter.measure(clips),
        numbers=numbers,
        trace=trace_motion(table.frames),
    )


def _describe_clips(
    descriptor: Descriptor, signals: FrameSignals, clips: Clips, described: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the numbers of each clip, shape (clips, numbers)."""
    values = signals.select(descriptor.signals)
    numbers = np.full((len(clips), len(descriptor.numbers)), np.nan)
    for clip in np.flatnonzero(described):
        inside = slice(clips.first[clip], clips.stop[clip])
        numbers[clip] = descriptor.describe(signals.time_s[inside], values[inside])
    return numbers


def _check_sides(
    descriptors: Sequence[Descriptor],
    signals: FrameSignals,
    numbers: Mapping[str, NDArray[np.float64]],
    video: str,
) -> None:
    """Raise MissingSidesError when a descriptor has no number and needs sides that were never measured."""
    for descriptor in descriptors:
        sides = [signal for signal in descriptor.signals if signal in SIDES]
        if sides and np.isnan(numbers[descriptor.name]).all() and np.isnan(signals.select(sides)).all():
            raise MissingSidesError(
                f"The frame table of {video} lacks the one-sided measures of the face that the descriptor "
                f"'{descriptor.name}' needs. Extract the video again with `--face mesh`, into another folder."
            )


def _measure_seconds(
    time_s: NDArray[np.float64], face: NDArray[np.bool_], clips: Clips, described: NDArray[np.bool_]
) -> float:
    """Return how long the frames with a face last that lie in a described clip.

    A frame lasts until the next one, the last as long as frames usually do. One before a gap lasts 0.2 s, or
    as long as frames usually do where that is longer: what happened in the gap was not measured.
    """
    usual_s = float(np.median(np.diff(time_s)))
    lasting_s = np.minimum(np.diff(time_s, append=time_s[-1] + usual_s), max(LONGEST_GAP_S, usual_s))
    covered = np.zeros(len(time_s), dtype=np.bool_)
    for first, stop in zip(clips.first[described], clips.stop[described], strict=True):
        covered[first:stop] = True
    return float(lasting_s[face & covered].sum())
