"""The verdict as files: `verdict.json`, whole, and `verdict.csv`, a row a clip."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

from classify.verdict import ClipVerdict, Verdict
from extract.files import replace_when_complete

_CLIP_FIELDS: Final = tuple(name for name in ClipVerdict.model_fields if name != "deviations")


def write_verdict(verdict: Verdict, folder: Path) -> tuple[Path, Path]:
    """Write a verdict into a folder and return the paths of the JSON and the CSV file."""
    json_path, csv_path = folder / "verdict.json", folder / "verdict.csv"
    with replace_when_complete(json_path) as partial:
        partial.write_text(verdict.model_dump_json(indent=2) + "\n", encoding="utf-8")
    with (
        replace_when_complete(csv_path) as partial,
        partial.open("w", newline="", encoding="utf-8") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow(("video", "person", *_CLIP_FIELDS))
        for video in verdict.videos:
            for clip in video.clips:
                cells = (getattr(clip, name) for name in _CLIP_FIELDS)
                writer.writerow((video.video, verdict.person, *cells))
    return json_path, csv_path
