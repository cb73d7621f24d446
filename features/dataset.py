"""Many frame tables to correlations tables, one for each clip length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.frame_table import CUT, FrameTable, FrameTableMetadata, read_frame_table, read_metadata
from extract.sound.voice_table import VoiceTable, read_voice_of
from features.clips import CorrelationOptions
from features.description import describe_other_readings
from features.formats import check_suffix, list_some
from features.labels import Label
from features.manifest import find_label
from features.notes import ClipNotes
from features.quality import MISSING_LIMIT
from features.rows import ClipRows, iter_clip_rows, join_rows
from features.shots import ShortShots, describe_too_short
from features.tables import open_tables
from features.voices import describe_other_voices, list_missing_voice, read_needed_voice
from features.windows import ClipRule, lay_clips
from ground.errors import InputError, TableError
from ground.text import count

if TYPE_CHECKING:
    import pandas as pd

# Making a table costs the same few milliseconds however few rows it has.
_ROWS_AT_ONCE: Final = 1024


@dataclass(frozen=True)
class DataSetOptions:
    """How frame tables become correlations tables.

    Attributes
    ----------
    correlation
        What is correlated; its `clips` give way to `rules`.
    rules
        Clips of which lengths, each to a table of its own.
    manifest
        Labels by video name without suffix; None to take them from the names.
    """

    correlation: CorrelationOptions
    rules: Sequence[ClipRule] = (ClipRule(),)
    manifest: Mapping[str, Label] | None = None


@dataclass(frozen=True)
class VideoOutcome:
    """What came of one video.

    Attributes
    ----------
    video
        Its name.
    clips
        How many clips it gave.
    duration_s, uncovered_s
        As in `features.windows.Clips`.
    short_shots
        What of it lies in shots that are shorter than a clip; None for nothing.
    """

    video: str
    clips: int
    duration_s: float
    uncovered_s: float
    short_shots: ShortShots | None


@dataclass(frozen=True)
class TableOutcome:
    """What came of one clip length.

    Attributes
    ----------
    path
        The correlations table; None when no video is as long as one clip, so that none was written.
    rule
        Its clips.
    videos
        Every video, with or without clips.
    clips_above_limit
        How many clips have more than 7 % of their pairs missing.
    """

    path: Path | None
    rule: ClipRule
    videos: tuple[VideoOutcome, ...]
    clips_above_limit: int

    @property
    def clips(self) -> int:
        """Number of rows."""
        return sum(video.clips for video in self.videos)


def write_correlations(
    tables: Sequence[Path],
    path: Path,
    options: DataSetOptions,
    *,
    on_video: Callable[[], None] | None = None,
    on_warning: Callable[[str], None] | None = None,
) -> list[TableOutcome]:
    """Correlate many frame tables and write the results as they come.

    Parameters
    ----------
    tables
        Frame tables, at least one.
    path
        The correlations table; with several rules the length is added to its name, see `table_paths`.
    options
        What to do.
    on_video
        Called after each video.
    on_warning
        Called with a sentence about each thing that a person should know.

    Returns
    -------
    list of TableOutcome
        One for each rule.

    Raises
    ------
    InputError
        When no video is as long as one clip, or a file cannot be written; nothing is written then.
    TableError
        When a frame table or the set of them breaks its contract, or the tables were read in different ways.
    """
    warn = on_warning or (lambda sentence: None)
    paths = table_paths(path, options.rules)
    _check_together(tables, options)
    collectors = [
        _Collector(target, replace(options.correlation, clips=rule))
        for target, rule in zip(paths, options.rules, strict=True)
    ]
    with ExitStack() as stack:
        for file in tables:
            table = _read_video(file, warn)
            voice = read_voice_of(file, table.metadata)
            if options.correlation.pairs.has_voice and voice is not None:
                for sentence in list_missing_voice(table.metadata.source.name, voice):
                    warn(sentence)
            label = find_label(options.manifest or {}, _stem(table.metadata))
            for collector in collectors:
                collector.add(table, voice, label, stack, warn)
            if on_video:
                on_video()
        if not any(collector.clips_written for collector in collectors):
            raise InputError(_explain_no_clip(collectors))
        for collector in collectors:
            collector.write_waiting()
    return [collector.outcome() for collector in collectors]


def table_paths(path: Path, rules: Sequence[ClipRule]) -> list[Path]:
    """Return the correlations table of each rule: `path`, or with several rules ``<stem>_<length>s``."""
    check_suffix(path)
    if len(rules) == 1:
        return [path]
    return [path.with_name(f"{path.stem}_{rule.length_s:g}s{path.suffix}") for rule in rules]


class _Collector:
    """Writes the clips of one rule, video by video; its files are made when the first clip comes."""

    def __init__(self, path: Path, options: CorrelationOptions) -> None:
        self._path = path
        self._options = options
        self._write: Callable[[pd.DataFrame, pd.DataFrame], None] | None = None
        self._waiting: list[ClipRows] = []
        self._above_limit = 0
        self.videos: list[VideoOutcome] = []

    @property
    def clips_written(self) -> int:
        return sum(video.clips for video in self.videos)

    @property
    def rule(self) -> ClipRule:
        return self._options.clips

    def add(
        self,
        table: FrameTable,
        voice: VoiceTable | None,
        label: Label | None,
        stack: ExitStack,
        warn: Callable[[str], None],
    ) -> None:
        video = table.metadata.source.name
        clips = lay_clips(table.frames["time_s"], self.rule, table.frames[CUT])
        self.videos.append(
            VideoOutcome(
                video=video,
                clips=len(clips),
                duration_s=clips.duration_s,
                uncovered_s=clips.uncovered_s,
                short_shots=ShortShots.find(clips, self.rule),
            )
        )
        if len(clips) == 0:
            warn(f"{_describe_short(self.videos[-1], self.rule)}, so it gives no clip.")
            return
        if self._write is None:
            self._write = stack.enter_context(open_tables(self._path, self._options.pairs))
        notes = ClipNotes(voice if self._options.pairs.has_voice else None)
        for rows in iter_clip_rows(table, clips, self._options, label, voice):
            self._waiting.append(rows)
            if sum(map(len, self._waiting)) >= _ROWS_AT_ONCE:
                self.write_waiting()
            self._above_limit += int((rows.clips["pairs_missing"] > MISSING_LIMIT).sum())
            notes.add(rows)
        for sentence in notes.describe(video, len(clips)):
            warn(sentence)

    def write_waiting(self) -> None:
        if self._write is not None and self._waiting:
            block = join_rows(self._waiting, self._options.pairs)
            self._write(block.correlations, block.clips)
            self._waiting.clear()

    def outcome(self) -> TableOutcome:
        return TableOutcome(
            self._path if self.clips_written else None, self.rule, tuple(self.videos), self._above_limit
        )


def _read_video(file: Path, warn: Callable[[str], None]) -> FrameTable:
    table = read_frame_table(file)
    infinite = int(np.isinf(table.frames.to_numpy(dtype=np.float64)).sum())
    if infinite:
        warn(
            f"{table.metadata.source.name} has {count(infinite, 'infinite value')} in its measurements. "
            "Infinite values count as missing."
        )
    return table


def _check_together(tables: Sequence[Path], options: DataSetOptions) -> None:
    """Raise TableError, with all reasons, when the videos cannot stand in one table."""
    by_stem, by_hash, readings = defaultdict(list), defaultdict(list), []
    voices = []
    for file in tables:
        metadata = read_metadata(file)
        by_stem[_stem(metadata)].append(str(file))
        by_hash[metadata.source.sha256].append(str(file))
        readings.append((file, metadata.reading))
        if options.correlation.pairs.has_voice:
            voices.append((file, read_needed_voice(file, metadata).metadata.reader))
    problems = [
        f"{' and '.join(files)} come from videos with the same name, {stem}, but clips are named after "
        "their video"
        for stem, files in by_stem.items()
        if len(files) > 1
    ]
    problems += [
        f"{' and '.join(files)} come from the same video, which would count twice"
        for files in by_hash.values()
        if len(files) > 1
    ]
    problems += describe_other_readings(readings)
    problems += describe_other_voices(voices)
    if options.manifest is not None:
        unlisted = [stem for stem in by_stem if find_label(options.manifest, stem) is None]
        if unlisted:
            problems.append(
                f"the manifest does not list {count(len(unlisted), 'video')}: {list_some(unlisted)}"
            )
    if problems:
        raise TableError("The frame tables cannot be put together:", problems)


def _explain_no_clip(collectors: Sequence[_Collector]) -> str:
    shortest = min(collectors, key=lambda collector: collector.rule.length_s)
    longest = max(shortest.videos, key=lambda video: video.duration_s)
    advice = "Use longer footage, or `motionsig correlate` with a shorter --clip or with --tail keep."
    if len(shortest.videos) == 1:
        return f"{_describe_short(longest, shortest.rule)}. {advice}"
    or_shots = ", or all their shots," if any(video.short_shots for video in shortest.videos) else ""
    return (
        f"All {len(shortest.videos)} videos{or_shots} are shorter than one clip of "
        f"{shortest.rule.length_s:g} s. The longest, {longest.video}, is {longest.duration_s:.1f} s long. "
        f"{advice}"
    )


def _describe_short(video: VideoOutcome, rule: ClipRule) -> str:
    return describe_too_short(video.video, video.duration_s, video.short_shots, rule.length_s)


def _stem(metadata: FrameTableMetadata) -> str:
    return Path(metadata.source.name).stem
