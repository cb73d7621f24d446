"""What the verdicts of a library say, read without the libraries that made them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from motionsig.use_cases.library.files import is_within


@dataclass(frozen=True)
class Answer:
    """What was said of one video, as `verdict.json` has it."""

    video: str
    person: str
    label: str
    sentence: str
    log10_lr: float | None


@dataclass(frozen=True)
class Rival:
    """What was said of one person, where a suspect was compared with everybody."""

    person: str
    label: str
    sentence: str


@lru_cache(maxsize=4096)
def read_answers(verdict: Path, changed_ns: int) -> tuple[tuple[Answer, ...], str]:
    """Return the answers of a verdict; none of what is no verdict, which the report says in words."""
    try:
        content: dict[str, Any] = json.loads(verdict.read_bytes())
        person = str(content["person"])
        answers = tuple(
            Answer(
                str(one["video"]),
                person,
                str(one["label"]),
                str(one["sentence"]),
                None if one["log10_lr"] is None else float(one["log10_lr"]),
            )
            for one in content["videos"]
        )
        return answers, str(content["created_utc"])
    except (OSError, ValueError, LookupError, TypeError, OverflowError, RecursionError):
        return (), ""


def list_rivals(folder: Path) -> list[Rival]:
    """Return what was said of everybody, the likeliest first; nobody where one person had been chosen."""
    try:
        path = folder / "identification.json"
        if not is_within(path, [folder]):
            return []
        content = json.loads(path.read_bytes())
        return [
            Rival(str(one["person"]), str(one["label"]), str(one["sentence"]))
            for video in content["videos"]
            for one in video["candidates"]
        ]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return []
