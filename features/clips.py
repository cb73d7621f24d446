"""One frame table to the rows of a correlations table and of its clip table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, cast

import numpy as np

from extract.errors import TableError
from extract.frame_table import Backend, FrameTable
from features.correlation import correlate_clips
from features.formats import INDEX
from features.identity import TableIdentity
from features.labels import Label, label_from_name, name_clip
from features.quality import describe_footage
from features.signals import Signal, compute_positions, compute_signal
from features.signature import PairSet
from features.signing_space import BodyCoordinates
from features.tables import CLIP_COLUMNS
from features.windows import ClipRule, Clips, lay_clips

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# Clips that are correlated at once: at 435 pairs a block of them takes 4 MB.
_BLOCK_CLIPS: Final = 1024


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

    @classmethod
    def from_identity(cls, identity: TableIdentity) -> Self:
        """Return the options that a table was made with, to correlate another video alike.

        Raises
        ------
        TableError
            When the table does not record them, because it was made elsewhere.
        """
        needed = (identity.signal, identity.body_coordinates, identity.clip_s, identity.feature_set)
        if None in needed or (identity.step_s is None and identity.step_frames is None):
            raise TableError(
                "The table does not record how its clips were made, so no other video can be correlated"
                " alike. Use a table that `motionsig correlate` wrote, with its clip table beside it."
            )
        return cls(
            ClipRule(cast(float, identity.clip_s), identity.step_s, identity.step_frames),
            PairSet.from_label(cast(str, identity.feature_set)),
            cast(Signal, identity.signal),
            cast(BodyCoordinates, identity.body_coordinates),
        )

    def identify(self, table: FrameTable) -> TableIdentity:
        """Return the identity of the rows that these options give for a frame table."""
        return TableIdentity(
            body_backend=name_backend(table.metadata.body),
            face_backend=name_backend(table.metadata.face),
            signal=self.signal,
            body_coordinates=self.body,
            clip_s=float(self.clips.length_s),
            step_s=self.clips.step_s,
            step_frames=self.clips.step_frames,
            feature_set=self.pairs.label,
        )


@dataclass(frozen=True)
class ClipBlock:
    """Consecutive clips of one video.

    Attributes
    ----------
    correlations : DataFrame
        Indexed by clip name, the columns of the chosen `PairSet`; float64, NaN by the rules of
        `features.correlation.correlate_clips`.
    clips : DataFrame
        The same index, the columns `features.tables.CLIP_COLUMNS`.
    """

    correlations: pd.DataFrame
    clips: pd.DataFrame


@dataclass(frozen=True)
class VideoClips:
    """All clips of one video, and how much of it they cover.

    Attributes
    ----------
    block
        The rows; none when the video is shorter than one clip.
    duration_s, uncovered_s
        As in `features.windows.Clips`.
    """

    block: ClipBlock
    duration_s: float
    uncovered_s: float


def correlate_frame_table(
    table: FrameTable, options: CorrelationOptions | None = None, label: Label | None = None
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

    Returns
    -------
    VideoClips
        Rows in order of time.

    Raises
    ------
    TableError
        When presentation times go backwards or repeat.
    """
    import pandas as pd

    options = options or CorrelationOptions()
    clips = lay_clips(table.frames["time_s"], options.clips)
    blocks = list(iter_clip_blocks(table, clips, options, label))
    whole = ClipBlock(
        pd.concat([block.correlations for block in blocks]), pd.concat([block.clips for block in blocks])
    )
    return VideoClips(whole, clips.duration_s, clips.uncovered_s)


def iter_clip_blocks(
    table: FrameTable, clips: Clips, options: CorrelationOptions, label: Label | None = None
) -> Iterator[ClipBlock]:
    """Yield the rows of a video's clips in blocks, in order; one block without rows when there is no clip.

    So memory does not grow with the number of clips, which dense stepping makes large. Parameters as for
    `correlate_frame_table`; `clips` were laid over the table's times by `options.clips`.
    """
    import pandas as pd

    # Without `frame`, the one column of integers, pandas need not copy the table to hand out columns.
    frames = table.frames.select_dtypes("float64")
    positions = compute_positions(frames, mouth=options.pairs.mouth, coordinates=options.body)
    signals = compute_signal(positions, frames["time_s"].to_numpy(), options.signal)
    stem = Path(table.metadata.source.name).stem
    facts = _describe_video(table, options, label or label_from_name(stem))
    footage = describe_footage(frames, clips)
    for begin in range(0, max(len(clips), 1), _BLOCK_CLIPS):
        part = slice(begin, begin + _BLOCK_CLIPS)
        laid = clips.select(part)
        correlations, constant = _correlate(signals, laid, options.pairs)
        rows = {
            **facts,
            **{name: values[part] for name, values in footage.items()},
            "start_s": laid.start_s,
            "end_s": laid.end_s,
            "pairs_missing": np.isnan(correlations).mean(axis=1),
            "constant_features": constant,
        }
        names = pd.Index([name_clip(stem, begin + k) for k in range(len(laid))], name=INDEX, dtype=object)
        yield ClipBlock(
            pd.DataFrame(correlations, index=names, columns=options.pairs.columns),
            pd.DataFrame({name: rows[name] for name in CLIP_COLUMNS if name != INDEX}, index=names),
        )


def _correlate(
    signals: NDArray[np.float64], clips: Clips, pair_set: PairSet
) -> tuple[NDArray[np.float64], list[str | None]]:
    """Return the correlations of each clip, and the names of the features that are constant in it."""
    place = {name: column for column, name in enumerate(pair_set.features)}
    pairs = [(place[first], place[second]) for first, second in pair_set.pairs]
    # A feature correlates with itself unless it is constant or mostly missing: that tells the reason.
    used = sorted({column for pair in pairs for column in pair})
    with_itself = [(column, column) for column in used]
    values = correlate_clips(signals, clips.first, clips.stop, pairs + with_itself)
    correlations, itself = values[:, : len(pairs)], values[:, len(pairs) :]
    names = [pair_set.features[column] for column in used]
    return correlations, _name_constant(np.isnan(itself), signals[:, used], clips, names)


def _name_constant(
    undefined: NDArray[np.bool_], signals: NDArray[np.float64], clips: Clips, features: list[str]
) -> list[str | None]:
    """Name, clip by clip, the features that are in half of the frames and do not vary; None for none."""
    names: list[str | None] = []
    if not undefined.any():
        return [None] * len(clips)
    for row, first, stop in zip(undefined, clips.first, clips.stop, strict=True):
        candidates = np.flatnonzero(row)
        present = np.isfinite(signals[first:stop, candidates]).sum(axis=0)
        constant = candidates[(2 * present >= stop - first) & (stop > first)]
        names.append(" ".join(features[column] for column in constant) or None)
    return names


def _describe_video(table: FrameTable, options: CorrelationOptions, label: Label | None) -> dict[str, Any]:
    source = table.metadata.source
    identity = options.identify(table)
    return {
        "video": source.name,
        "sha256": source.sha256,
        "subject": label.subject if label else None,
        "group": label.group if label else None,
        "session": label.session if label else Path(source.name).stem,
        **{name: getattr(identity, name) for name in identity.__dataclass_fields__},
    }


def name_backend(backend: Backend) -> str:
    """Return a reader as clip tables name it, ``name version``."""
    return f"{backend.name} {backend.version}"
