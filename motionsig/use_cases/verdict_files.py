"""The verdict as files: `verdict.json`, whole, `verdict.csv`, a row a clip, `evidence.json` beside them."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Final

from classify.verdict import VERDICT_SCHEMA, ClipVerdict, Verdict, VideoVerdict
from ground.errors import InputError
from ground.files import refuse_special_file, replace_when_complete, to_path
from ground.rows import write_rows
from motionsig.use_cases.inputs import refuse_overwriting

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS: Final = (
    "video",
    "person",
    "clip_name",
    "start_s",
    "end_s",
    "score",
    "log10_lr",
    "label",
    "reason",
    "words",
    "missing_share",
    "lip_sync",
)


def discard_verdict(folder: Path, keep: Collection[Path], pages: Collection[Path] = ()) -> None:
    """Remove the files of an earlier run, which must not be taken for the result of one that fails.

    Parameters
    ----------
    folder
        Of the verdict.
    keep
        What is read.
    pages
        What else the run is to write: a report, an overlay.

    Raises
    ------
    InputError
        When one of them is among the files to `keep`: it is read, and would be written over; or cannot be
        removed.
    """
    verdict, table = _name_files(folder)
    outputs = (verdict, table, evidence_path(verdict), *pages)
    refuse_overwriting(outputs, keep)
    for path in outputs:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(f"{path} cannot be replaced: {error.strerror}. Choose another place.") from error


def write_verdict(verdict: Verdict, folder: Path) -> tuple[Path, Path]:
    """Write a verdict into a folder and return the paths of the JSON and the CSV file.

    The CSV has a row a clip; ``reason`` is the code and ``words`` what was said of it.
    """
    json_path, csv_path = _name_files(folder)
    with replace_when_complete(json_path) as partial:
        partial.write_text(verdict.model_dump_json(indent=2) + "\n", encoding="utf-8")
    write_rows(csv_path, _COLUMNS, _list_rows(verdict))
    return json_path, csv_path


def tabulate_clips(verdict: Verdict) -> pd.DataFrame:
    """Return a verdict as a table, a row a clip; the columns are those of ``verdict.csv``.

    Returns
    -------
    DataFrame
        `video`, `person`, `clip_name`, `start_s`, `end_s`, `score`, `log10_lr`, `label`, `reason` (the code),
        `words` (what was said of it), `missing_share`, and `lip_sync` (whether the mouth fits the sound); NaN
        where there is none.
    """
    import pandas as pd

    return pd.DataFrame(_list_rows(verdict), columns=list(_COLUMNS))


def _list_rows(verdict: Verdict) -> list[tuple[object, ...]]:
    return [
        (video.video, verdict.person, *_list_cells(clip), _find_lip_sync(video, clip))
        for video in verdict.videos
        for clip in video.clips
    ]


def _list_cells(clip: ClipVerdict) -> tuple[object, ...]:
    start_s, end_s = (clip.span.start_s, clip.span.end_s) if clip.span else (None, None)
    return (
        clip.clip_name,
        start_s,
        end_s,
        clip.score,
        clip.log10_lr,
        clip.label,
        clip.reason.code.value,
        clip.words,
        clip.missing_share,
    )


def _find_lip_sync(video: VideoVerdict, clip: ClipVerdict) -> str | None:
    """Return what is said of mouth and sound in a clip; None where nothing is."""
    said = video.lip_sync.clips if video.lip_sync else ()
    return next((one.label for one in said if one.span == clip.span), None)


def evidence_path(verdict: Path) -> Path:
    """Return where the evidence of a verdict lies: ``evidence.json`` for ``verdict.json``."""
    return verdict.with_name("evidence.json")


def read_verdict(path: str | Path) -> Verdict:
    """Read a verdict.

    Raises
    ------
    InputError
        When there is no such file, it is no verdict, or of another version of the schema.
    """
    path = to_path(path)
    refuse_special_file(path, InputError)
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path} is not a verdict. Give the verdict.json that `motionsig classify` wrote."
        ) from error
    version = content.get("schema_version") if isinstance(content, dict) else None
    if not isinstance(version, int):
        raise InputError(f"{path} is not a verdict. Give the verdict.json that `motionsig classify` wrote.")
    if version != VERDICT_SCHEMA:
        whose = "an older" if version < VERDICT_SCHEMA else "a newer"
        remedy = "Classify the suspect again" if version < VERDICT_SCHEMA else "Update motionsig"
        raise InputError(
            f"{path} was written by {whose} version of motionsig (verdict schema {version}; this version "
            f"reads {VERDICT_SCHEMA}). {remedy}."
        )
    try:
        verdict = Verdict.model_validate(content)
        verdict.model_dump_json()  # hyperparameters nest as whoever wrote them liked, and go into a page
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path} is damaged or was changed by hand. Classify the suspect again.") from error
    return verdict


def _name_files(folder: Path) -> tuple[Path, Path]:
    return folder / "verdict.json", folder / "verdict.csv"
