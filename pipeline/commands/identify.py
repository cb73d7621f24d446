"""`motionsig identify`: a suspect against everybody who is enrolled."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import terminal
from pipeline.commands.classify import read_videos

if TYPE_CHECKING:
    from classify.identification import Candidate, Identification
    from classify.model import Model


def identify(
    suspects: Annotated[
        list[Path],
        typer.Argument(
            help="Videos, frame tables or correlations tables, or folders of videos.", show_default=False
        ),
    ],
    models: Annotated[Path, typer.Option(help="Folder of model files of `motionsig train`.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for identification.json and frame tables.")
    ] = Path("identification"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Score a suspect against every enrolled person.

    The list is ordered by verdict, then by likelihood ratio. Scores of different models are not comparable;
    and whoever stands first is only the likeliest of those enrolled, not necessarily the one in the video.
    A model that does not fit the suspect is named with the reason, and the exit code is 1.
    """
    from classify.model_file import load_model
    from extract.errors import InputError, MotionsigError
    from extract.files import replace_when_complete
    from extract.video import VIDEO_SUFFIXES
    from pipeline.inputs import find_files
    from pipeline.suspects import TABLE_SUFFIXES

    if not models.is_dir():
        raise InputError(f"{models} is not a folder; give the folder that holds the model files.")
    refused: list[tuple[str, str]] = []
    loaded: dict[Path, Model] = {}
    for path in find_files([models], {".skops"}, "model"):
        try:
            loaded[path] = load_model(path)
        except MotionsigError as error:
            refused.append((str(path), str(error)))
    tables = find_files(suspects, VIDEO_SUFFIXES, "video", otherwise=TABLE_SUFFIXES)
    asked = len(tables)
    if loaded:
        unread: dict[Path, str] = {}
        tables = list(read_videos(tables, next(iter(loaded.values())), out, unread).values())
        refused += [(str(video), reason) for video, reason in unread.items()]
    result = _identify(tables, loaded, refused)
    for _, reason in result.refused:
        terminal.fail(reason)
    if result.videos:
        path = out / "identification.json"
        with replace_when_complete(path) as partial:
            partial.write_text(result.model_dump_json(indent=2) + "\n", encoding="utf-8")
        if as_json:
            terminal.emit_json(result.model_dump(mode="json"))
        else:
            _show(result)
            terminal.say(f"Written: {path}")
    if result.refused or len(tables) < asked:
        raise typer.Exit(1)


def _identify(
    tables: list[Path], loaded: dict[Path, Model], refused: list[tuple[str, str]]
) -> Identification:
    from datetime import UTC, datetime

    from classify.identification import Identification, VideoCandidates, make_candidate, rank_candidates
    from classify.scoring import judge_videos
    from extract.errors import MotionsigError
    from extract.files import hash_file
    from extract.frame_table import motionsig_version
    from pipeline.suspects import read_suspect

    candidates: dict[str, list[Candidate]] = {}
    problems = list(refused)
    for path, model in loaded.items():
        sha256 = hash_file(path)
        for table in tables:
            try:
                verdicts = judge_videos(model, *read_suspect(table, model))
            except MotionsigError as error:
                problems.append((str(path), str(error)))
                continue
            for verdict in verdicts:
                candidate = make_candidate(model.card.person, str(path), sha256, verdict)
                candidates.setdefault(verdict.video, []).append(candidate)
    return Identification(
        motionsig_version=motionsig_version(),
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        videos=tuple(
            VideoCandidates(video=video, candidates=rank_candidates(found))
            for video, found in candidates.items()
        ),
        refused=tuple(problems),
    )


def _show(result: Identification) -> None:
    for video in result.videos:
        terminal.say(f"{video.video}:")
        terminal.show_table(
            {"person": "left", "verdict": "left", "LR": "right", "score": "right", "model": "left"},
            [_row(candidate) for candidate in video.candidates],
        )
    terminal.say(
        "LR: likelihood ratio of that person against somebody else, where the model is calibrated. Scores of "
        "different models are not comparable, and the one in the video need not be among these people."
    )


def _row(candidate: Candidate) -> tuple[str, ...]:
    from classify.verbal_scale import format_ratio

    ratio = "-" if candidate.log10_lr is None else format_ratio(candidate.log10_lr * math.log(10))
    score = "-" if candidate.score is None else f"{candidate.score:+.3f}"
    return candidate.person, candidate.label, ratio, score, candidate.model
