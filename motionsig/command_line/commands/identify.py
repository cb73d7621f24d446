"""`motionsig identify`: a suspect against everybody who is enrolled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.commands.classify import read_videos

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
        Path,
        typer.Option(
            "--out", "-o", help="Folder for identification.json, identification.csv and frame tables."
        ),
    ] = Path("identification"),
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Score a suspect against every enrolled person.

    The list is ordered by verdict, then by likelihood ratio. Scores of different models are not comparable;
    and whoever stands first is only the likeliest of those enrolled, not necessarily the one in the video.
    A model that does not fit the suspect is named with the reason, and the exit code is 1.
    """
    from classify.model_file import load_model
    from extract.video import VIDEO_SUFFIXES
    from ground.errors import InputError, MotionsigError
    from motionsig.use_cases.identification_files import write_identification
    from motionsig.use_cases.inputs import find_files
    from motionsig.use_cases.suspects import TABLE_SUFFIXES

    if not models.is_dir():
        raise InputError(f"{models} is not a folder; give the folder that holds the model files.")
    found = find_files(suspects, VIDEO_SUFFIXES, "video", otherwise=TABLE_SUFFIXES, namesakes=True)
    videos = [path for path in found if path.suffix.lower() not in TABLE_SUFFIXES]
    find_files(videos, VIDEO_SUFFIXES, "video")  # their frame tables are named like them
    refused: list[tuple[str, str]] = []
    loaded: dict[Path, Model] = {}
    for path in find_files([models], {".skops"}, "model", namesakes=True):
        try:
            loaded[path] = load_model(path)
        except MotionsigError as error:
            refused.append((str(path), str(error)))
    result = _identify(found, videos, loaded, refused, out)
    for _, reason in result.refused:
        terminal.fail(reason)
    if result.videos:
        paths = write_identification(result, out)
        if as_json:
            terminal.emit_json(result.model_dump(mode="json"))
        else:
            _show(result)
            terminal.say(f"Written: {', '.join(map(str, paths))}")
    if result.refused:
        raise typer.Exit(1)


def _identify(
    suspects: list[Path],
    videos: list[Path],
    models: dict[Path, Model],
    refused: list[tuple[str, str]],
    out: Path,
) -> Identification:

    from classify.identification import Identification, VideoCandidates, make_candidate, rank_candidates
    from classify.scoring import judge_videos
    from ground.errors import MotionsigError
    from ground.files import hash_file
    from ground.provenance import motionsig_version, tell_time
    from motionsig.use_cases.suspects import read_suspect

    candidates: dict[tuple[Path, str], list[Candidate]] = {}
    problems = list(refused)
    given = {suspect: suspect for suspect in suspects if suspect not in videos}
    reader = _VideoReader(videos, out)
    for path, model in models.items():
        sha256 = hash_file(path)
        tables = dict(given)
        try:
            tables |= reader.read(model)
        except MotionsigError as error:
            problems.append((str(path), str(error)))
        for suspect, table in tables.items():
            try:
                verdicts = judge_videos(model, *read_suspect(table, model))
            except MotionsigError as error:
                problems.append((str(path), str(error)))
                continue
            for verdict in verdicts:
                candidate = make_candidate(model.card.person, str(path), sha256, verdict)
                candidates.setdefault((suspect, verdict.video), []).append(candidate)
    problems += [(str(video), reason) for video, reason in reader.unread.items()]
    return Identification(
        motionsig_version=motionsig_version(),
        created_utc=tell_time(),
        videos=tuple(
            VideoCandidates(suspect=str(suspect), video=video, candidates=rank_candidates(found))
            for (suspect, video), found in candidates.items()
        ),
        refused=tuple(problems),
    )


class _VideoReader:
    """Reads videos once for all models whose footage was read by the same readers.

    Parameters
    ----------
    videos
        The videos, which may be none.
    out
        Folder for the frame tables.

    Attributes
    ----------
    unread
        Videos that gave no table, with the reason.
    """

    def __init__(self, videos: list[Path], out: Path) -> None:
        self._videos, self._out = videos, out
        self._tables: dict[tuple[str | None, str | None], dict[Path, Path]] = {}
        self.unread: dict[Path, str] = {}

    def read(self, model: Model) -> dict[Path, Path]:
        """Return the frame table of each video that could be read; raise ModelError as `read_videos` does."""
        if not self._videos:
            return {}
        readers = model.card.identity.body_backend, model.card.identity.face_backend
        if readers not in self._tables:
            # Frame tables are named like their videos, so those of other readers need a folder of their own.
            folder = self._out / f"readers-{len(self._tables) + 1}" if self._tables else self._out
            self._tables[readers] = read_videos(self._videos, model, folder, self.unread)
        return self._tables[readers]


def _show(result: Identification) -> None:
    for video in result.videos:
        given = "" if Path(video.suspect).name == video.video else f"{video.suspect}, "
        terminal.say(f"{given}{video.video}:")
        terminal.show_table(
            {"person": "left", "verdict": "left", "LR": "right", "score": "right", "model": "left"},
            [_row(candidate) for candidate in video.candidates],
        )
        for warning in dict.fromkeys(w.words for candidate in video.candidates for w in candidate.warnings):
            terminal.warn(warning)
    terminal.say(
        "LR: likelihood ratio of that person against somebody else, where the model is calibrated. Scores of "
        "different models are not comparable, and the one in the video need not be among these people."
    )


def _row(candidate: Candidate) -> tuple[str, ...]:
    from classify.words.numbers import format_ratio

    ratio = "-" if candidate.log10_lr is None else format_ratio(candidate.log10_lr)
    score = "-" if candidate.score is None else f"{candidate.score:+.3f}"
    return candidate.person, candidate.label, ratio, score, candidate.model
