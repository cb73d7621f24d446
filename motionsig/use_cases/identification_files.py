"""What `motionsig identify` says as files: `identification.json`, whole, and `identification.csv`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from classify.identification import Candidate, Identification
from ground.files import replace_when_complete
from ground.rows import write_rows

_FIELDS: Final = tuple(name for name in Candidate.model_fields if name not in ("reason", "warnings"))


def write_identification(result: Identification, folder: Path) -> tuple[Path, Path]:
    """Write a result into a folder and return the paths of the JSON and the CSV file.

    The CSV has a row for each person and video, in order of rank. ``reason`` and ``warning_codes`` are codes,
    ``sentence`` and ``warnings`` the words that were said; several warnings stand in one cell.
    """
    json_path, csv_path = folder / "identification.json", folder / "identification.csv"
    with replace_when_complete(json_path) as partial:
        partial.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
    write_rows(
        csv_path,
        ("suspect", "video", "rank", *_FIELDS, "reason", "warning_codes", "warnings"),
        (
            (
                video.suspect,
                video.video,
                rank,
                *(getattr(candidate, name) for name in _FIELDS),
                candidate.reason.code.value,
                " ".join(warning.code for warning in candidate.warnings),
                " ".join(warning.words for warning in candidate.warnings),
            )
            for video in result.videos
            for rank, candidate in enumerate(video.candidates, start=1)
        ),
    )
    return json_path, csv_path
