"""The correlations table and the clip table beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from features.description import DESCRIPTION_COLUMNS, READING_COLUMNS, ClipDescription
from features.formats import (
    INDEX,
    REAL,
    TEXT,
    WHOLE,
    check_suffix,
    list_some,
    make_schema,
    open_writer,
    read_column_names,
    read_columns,
    to_arrow,
)
from features.labels import Label, label_from_name, video_of_clip
from features.manifest import find_label
from features.motion_trace import TRACE_COLUMN
from features.movement import MOVEMENT_COLUMNS
from features.quality import VISIBILITY_COLUMNS, VOICED_COLUMN
from features.signature import PairSet, find_pair_set
from features.spellings import unite_clip_labels
from ground.descriptions import list_default_cells
from ground.errors import TableError
from ground.files import replace_when_complete, to_path
from ground.names import key_of_file
from ground.text import count

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# Column of the clip table -> type; in CSV an empty cell is a missing value.
CLIP_COLUMNS: Final = {
    INDEX: TEXT,
    "video": TEXT,
    "sha256": TEXT,
    "start_s": REAL,
    "end_s": REAL,
    "frames": WHOLE,
    "face_frames": WHOLE,
    "body_frames": WHOLE,
    "subject": TEXT,
    "group": TEXT,
    "session": TEXT,
    "driver": TEXT,
    **{name: {float: REAL, int: WHOLE, str: TEXT}[kind] for name, kind in DESCRIPTION_COLUMNS.items()},
    "face_share": REAL,
    "body_share": REAL,
    "pairs_missing": REAL,
    "constant_features": TEXT,
    "scene_cuts": WHOLE,
    **dict.fromkeys(VISIBILITY_COLUMNS, REAL),
    **dict.fromkeys(MOVEMENT_COLUMNS, REAL),
    TRACE_COLUMN: TEXT,
    VOICED_COLUMN: REAL,
}

# Older published tables hold the label in a column of this name; the clip name says the same.
_OLD_LABEL_COLUMN: Final = "pristine"
# Rounding may carry a correlation of 1 this far beyond it.
_BEYOND_ONE: Final = 1e-6


def clip_table_path(correlations: Path) -> Path:
    """Return where the clip table of a correlations table lies.

    In the same folder and format, with "clips" for "correlations" in the name: `correlations_20s.csv` has
    `clips_20s.csv`. A name without that word gets ``_clips`` at its end: `mine.csv` has `mine_clips.csv`.
    """
    stem = correlations.stem
    if "correlations" in stem:
        return correlations.with_name(stem.replace("correlations", "clips") + correlations.suffix)
    return correlations.with_name(f"{stem}_clips{correlations.suffix}")


@contextmanager
def open_tables(path: Path, pair_set: PairSet) -> Iterator[Callable[[pd.DataFrame, pd.DataFrame], None]]:
    """Write a correlations table and its clip table in blocks, so that memory does not grow with them.

    Parameters
    ----------
    path
        Of the correlations table, ``.csv`` or ``.parquet``; `clip_table_path` gives that of the clip table.
        Both appear when the block ends without an error.
    pair_set
        The columns.

    Yields
    ------
    callable
        ``write(correlations, clips)`` appends a block of rows to both. Both are indexed by clip name; values
        are written with all their digits, missing ones as empty cells.

    Raises
    ------
    InputError
        When the file ending is another one or the folder cannot be written to.
    """
    check_suffix(path)
    pair_schema = make_schema({INDEX: TEXT, **dict.fromkeys(pair_set.columns, REAL)})
    clip_schema = make_schema(CLIP_COLUMNS)
    with ExitStack() as stack:
        # Left in reverse: the correlations table appears last, when its clip table is there.
        partial = stack.enter_context(replace_when_complete(path))
        clip_partial = stack.enter_context(replace_when_complete(clip_table_path(path)))
        write_pairs = stack.enter_context(open_writer(partial, pair_schema))
        write_clips = stack.enter_context(open_writer(clip_partial, clip_schema))

        def write(correlations: pd.DataFrame, clips: pd.DataFrame) -> None:
            write_pairs(to_arrow(correlations, pair_schema))
            write_clips(to_arrow(clips, clip_schema))

        yield write


def read_correlations(path: Path) -> pd.DataFrame:
    """Read a correlations table, ours or one that was made elsewhere.

    Parameters
    ----------
    path
        CSV or Parquet by its ending, with the column `clip_name` and those of one
        `features.signature.PairSet`, which is told by their names. A column `pristine` is left out.

    Returns
    -------
    DataFrame
        Indexed by `clip_name`, float64, the columns in the order of the set. Values read back equal to what
        was written.

    Raises
    ------
    TableError
        When the file cannot be read, has missing, extra or reordered columns or no row, names a clip twice
        or not at all, or holds a value that is no correlation.
    """
    names = read_column_names(path)
    pair_columns = [name for name in names if name not in (INDEX, _OLD_LABEL_COLUMN)]
    problems = [] if INDEX in names else [f"no column {INDEX}"]
    problems += _describe_column_problems(pair_columns)
    if problems:
        raise TableError(f"{path} is not a correlations table: {'; '.join(problems)}.")
    table = read_columns(path, {INDEX: TEXT, **dict.fromkeys(pair_columns, REAL)})
    largest = float(np.nanmax(np.abs(table.to_numpy()), initial=0.0))
    if largest > 1 + _BEYOND_ONE:
        raise TableError(
            f"{path} holds a value of size {largest:g}, but correlations lie between -1 and 1. Give a "
            "correlations table."
        )
    return table


def read_clips(path: Path) -> pd.DataFrame:
    """Read a clip table.

    Returns
    -------
    DataFrame
        Indexed by `clip_name`, with the other columns of `CLIP_COLUMNS` in their order; other columns of
        the file are left out. A missing text is NaN, and a column of whole numbers with missing ones is
        float64.

    Raises
    ------
    TableError
        When the file cannot be read, lacks columns (but for those of drivers, movement, motion traces and
        voice, which older tables lack, and for columns of choices that were added when all that was made
        before was made in one way) or rows, names a clip twice or not at all, or gives an infinite time, a
        count of frames that cannot be, or a share that is none.
    """
    names = read_column_names(path)
    defaults = {
        **list_default_cells(ClipDescription),
        **dict.fromkeys(("driver", *MOVEMENT_COLUMNS, TRACE_COLUMN, VOICED_COLUMN), np.nan),
    }
    missing = [name for name in CLIP_COLUMNS if name not in names and name not in defaults]
    if missing:
        raise TableError(
            f"{path} is not a clip table: missing columns {', '.join(missing)}."
            " Write it again with `motionsig correlate`."
        )
    present = {name: kind for name, kind in CLIP_COLUMNS.items() if name in names}
    clips = read_columns(path, present, missing=[""])  # "NA" may be somebody's name
    lacking = {name: cell for name, cell in defaults.items() if name not in names}
    if lacking:
        is_said = any(clips[name].notna().any() for name in READING_COLUMNS if name in names)
        clips = clips.assign(**(lacking if is_said else dict.fromkeys(lacking, np.nan)))
    clips = clips[[name for name in CLIP_COLUMNS if name != INDEX]]
    endless = clips.index[
        np.isinf(clips[["start_s", "end_s"]].to_numpy(dtype=np.float64)).any(axis=1)
    ].tolist()
    if endless:
        raise TableError(
            f"{path} has clips whose start or end is not a finite time ({list_some(endless)}). Write it "
            "again with `motionsig correlate`."
        )
    if impossible := _list_impossible(clips):
        raise TableError(
            f"{path} holds impossible numbers in {', '.join(impossible)}. Write it again with "
            "`motionsig correlate`."
        )
    return clips


def _list_impossible(clips: pd.DataFrame) -> list[str]:
    """Return the columns with counts below 0 or above that of all frames, and shares that are none."""
    tops: dict[str, float | NDArray[np.float64]] = {
        "frames": np.inf,
        "scene_cuts": np.inf,
        "face_share": 1.0,
        "body_share": 1.0,
        "pairs_missing": 1.0,
        "observed_share": 1.0,
        VOICED_COLUMN: 1.0,
        "face_motion": np.inf,
        "body_motion": np.inf,
    }
    for name in ("face_frames", "body_frames"):
        tops[name] = clips["frames"].to_numpy(dtype=np.float64)
    columns = {name: clips[name].to_numpy(dtype=np.float64) for name in tops}
    return [name for name, values in columns.items() if ((values < 0) | (values > tops[name])).any()]


def read_labelled_table(
    path: str | Path,
    manifest: Mapping[str, Label] | None = None,
    *,
    on_warning: Callable[[str], None] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read a correlations table and who is in each of its clips.

    Labels stand in the clip table beside it when there is one, and otherwise in the clips' names.

    Parameters
    ----------
    path
        The correlations table.
    manifest
        Labels by video name without suffix, see `features.manifest.read_manifest`; they come before all
        others.
    on_warning
        Called with a sentence about spellings of one name, see `features.spellings.unite_labels`.

    Returns
    -------
    correlations : DataFrame
        As of `read_correlations`.
    clips : DataFrame
        The same index. Always with `video` (the source), `subject`, `group`, `session` (NaN where nobody
        said), each name in its first spelling, and `feature_set`; with `driver` (whose motion a
        fake shows) when there is a clip table or a manifest, and with the other columns of `CLIP_COLUMNS`
        when there is a clip table.

    Raises
    ------
    TableError
        When a table breaks its contract, the two tables are not of the same clips, clips are not named
        ``<video>_clip_<k>`` where that is all there is to tell, or the manifest lacks a video.
    """
    path = to_path(path)
    correlations = read_correlations(path)
    clips_path = clip_table_path(path)
    if clips_path.exists():
        clips = _name_clips_alike(read_clips(clips_path), correlations)
        _check_clips_match(path, correlations, clips_path, clips)
        clips = clips.loc[correlations.index]
    else:
        clips = _tell_clips_by_name(path, correlations)
    if manifest is not None:
        clips = _label_by_manifest(clips, manifest)
    return correlations, unite_clip_labels(clips, on_warning)


def _describe_column_problems(names: Sequence[str]) -> list[str]:
    """Compare the names of a table's pairs with those of the set that they come nearest to."""
    expected = find_pair_set(names).columns
    given, known = set(names), set(expected)
    missing = [name for name in expected if name not in given]
    extra = [name for name in names if name not in known]
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    problems = []
    if missing:
        problems.append(f"{len(missing)} of the {len(expected)} pairs missing ({list_some(missing)})")
    if extra:
        problems.append(f"{count(len(extra), 'unknown column')} ({list_some(extra)})")
    if repeated:
        problems.append(f"{count(len(repeated), 'column')} more than once ({list_some(repeated)})")
    if not problems and tuple(names) != expected:
        place = next(i for i, (name, right) in enumerate(zip(names, expected, strict=True)) if name != right)
        problems.append(
            f"the pairs are in another order: number {place + 1} is {names[place]}, not {expected[place]}"
        )
    return problems


def _check_clips_match(path: Path, correlations: pd.DataFrame, clips_path: Path, clips: pd.DataFrame) -> None:
    undescribed = correlations.index.difference(clips.index).tolist()
    superfluous = clips.index.difference(correlations.index).tolist()
    found = find_pair_set(list(correlations.columns)).label
    others = clips["feature_set"][clips["feature_set"] != found]
    problems = []
    if undescribed:
        problems.append(
            f"{clips_path.name} lacks {count(len(undescribed), 'clip')} ({list_some(undescribed)})"
        )
    if superfluous:
        problems.append(f"{path.name} lacks {count(len(superfluous), 'clip')} ({list_some(superfluous)})")
    if len(others):
        problems.append(f"{path.name} holds the feature set {found}, {clips_path.name} says {others.iloc[0]}")
    if problems:
        raise TableError(
            f"{path} and {clips_path} do not belong together: {'; '.join(problems)}. If the clip table "
            "belongs to another table, move it away."
        )


def _name_clips_alike(clips: pd.DataFrame, correlations: pd.DataFrame) -> pd.DataFrame:
    """Spell the names of clips as the correlations table does, where another program composed the letters."""
    if clips.index.isin(correlations.index).all():
        return clips
    spelling_of = {key_of_file(name): name for name in correlations.index}
    return clips.rename(index=lambda name: spelling_of.get(key_of_file(name), name))


def _tell_clips_by_name(path: Path, correlations: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    videos = [video_of_clip(name) for name in correlations.index]
    unnamed = [name for name, video in zip(correlations.index, videos, strict=True) if video is None]
    if unnamed:
        raise TableError(
            f"{path} has no clip table beside it, and {len(unnamed)} of its clips are not named "
            f"<video>_clip_<number> ({list_some(unnamed)}). So their videos are unknown. Put the clip table "
            "beside it, or rename the clips."
        )
    labels = [label_from_name(str(video)) for video in videos]
    return pd.DataFrame(
        {
            "video": videos,
            "subject": [label.subject if label else None for label in labels],
            "group": [label.group if label else None for label in labels],
            "session": videos,
            "feature_set": find_pair_set(list(correlations.columns)).label,
        },
        index=correlations.index,
    )


def _label_by_manifest(clips: pd.DataFrame, manifest: Mapping[str, Label]) -> pd.DataFrame:
    import pandas as pd

    stems = [video_of_clip(name) or "" for name in clips.index]
    label_of = {stem: find_label(manifest, stem) for stem in set(stems)}
    unknown = sorted(stem for stem, label in label_of.items() if label is None)
    if unknown:
        raise TableError(
            f"The manifest does not list {count(len(unknown), 'video')} of the table: {list_some(unknown)}. "
            "Add them."
        )
    labels = [label for label in map(label_of.get, stems) if label]
    return clips.assign(
        subject=[label.subject for label in labels],
        group=[label.group for label in labels],
        session=[label.session for label in labels],
        driver=pd.Series([label.driver for label in labels], index=clips.index, dtype=object),
    )
