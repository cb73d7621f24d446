"""One frame table to its clips."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Self, cast

from extract.description import ReadingDescription
from extract.frame_table import CUT, FrameTable
from extract.sound.voice_table import VoiceTable
from features.description import NO_VOICE, ClipDescription
from features.labels import Label
from features.rows import ClipBlock, iter_clip_rows, join_rows
from features.shots import ShortShots
from features.signals import Signal
from features.signature import PairSet
from features.signing_space import BodyCoordinates
from features.windows import ClipRule, lay_clips
from ground.errors import TableError

# To be raised when numbers or columns of correlations and clip tables change, and never otherwise: what
# `motionsig run` made before is made anew then.
CORRELATION_REVISION: Final = 4


@dataclass(frozen=True)
class CorrelationOptions:
    """What is correlated, over which clips.

    Attributes
    ----------
    clips
        Length and step of the clips.
    pairs
        Which pairs of features.
    signal
        ``position``, ``velocity`` or ``highpass``, see `features.signals.compute_signal`.
    body
        ``signing`` or ``raw``, see `features.signing_space.compute_body_positions`.
    """

    clips: ClipRule = field(default_factory=ClipRule)
    pairs: PairSet = field(default_factory=PairSet)
    signal: Signal = "position"
    body: BodyCoordinates = "signing"

    def describe(self, reading: ReadingDescription, voice: VoiceTable | None = None) -> ClipDescription:
        """Return how these options describe the clips of a frame table whose frames were read so.

        `voice` is what lies beside it, for a set that needs the voice.
        """
        return ClipDescription(
            reading=reading,
            signal=self.signal,
            body_coordinates=self.body,
            clip_s=self.clips.length_s,
            step_s=self.clips.step_s,
            step_frames=self.clips.step_frames,
            feature_set=self.pairs.label,
            voice=voice.metadata.reader if voice is not None and self.pairs.has_voice else NO_VOICE,
        )

    @classmethod
    def from_description(cls, clips: ClipDescription) -> Self:
        """Return the options that a table was made with, to correlate another video alike.

        It is the inverse of `describe`, but for a partial clip at the end, which is never kept.

        Raises
        ------
        TableError
            When the table does not record them, because it was made elsewhere.
        """
        needed = (clips.signal, clips.body_coordinates, clips.clip_s, clips.feature_set)
        if None in needed or (clips.step_s is None and clips.step_frames is None):
            raise TableError(
                "The table does not record how its clips were made, so another video cannot be correlated "
                "in the same way. Use a table that `motionsig correlate` wrote, with its clip table beside "
                "it."
            )
        return cls(
            ClipRule(cast(float, clips.clip_s), clips.step_s, clips.step_frames),
            PairSet.from_label(cast(str, clips.feature_set)),
            cast(Signal, clips.signal),
            cast(BodyCoordinates, clips.body_coordinates),
        )


@dataclass(frozen=True)
class VideoClips:
    """All clips of one video, and how much of it they cover.

    Attributes
    ----------
    block
        The rows; none when every shot of the video is shorter than one clip.
    duration_s, uncovered_s
        As in `features.windows.Clips`.
    short_shots
        What of it lies in shots that are shorter than a clip; None for nothing.
    """

    block: ClipBlock
    duration_s: float
    uncovered_s: float
    short_shots: ShortShots | None


def correlate_frame_table(
    table: FrameTable,
    options: CorrelationOptions | None = None,
    label: Label | None = None,
    voice: VoiceTable | None = None,
) -> VideoClips:
    """Correlate the features of one video over its clips.

    Parameters
    ----------
    table
        The frame table.
    options
        What to correlate; the published way by default.
    label
        Who is in the video; by default what its name says, see `features.labels.label_from_name`.
    voice
        Its voice table, which sets with the voice need, and the share of voiced frames; None where it has
        none. See `extract.sound.voice_table.read_voice_of`.

    Returns
    -------
    VideoClips
        Rows in order of time.

    Raises
    ------
    TableError
        When presentation times go backwards or repeat, or mouth distances or voice are asked for and there
        are none.
    """
    options = options or CorrelationOptions()
    clips = lay_clips(table.frames["time_s"], options.clips, table.frames[CUT])
    rows = iter_clip_rows(table, clips, options, label, voice)
    block = join_rows(list(rows), options.pairs)
    return VideoClips(block, clips.duration_s, clips.uncovered_s, ShortShots.find(clips, options.clips))
