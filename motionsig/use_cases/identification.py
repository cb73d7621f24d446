"""A suspect against everybody whose model is in a folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from classify.identification import (
    Candidate,
    Identification,
    VideoCandidates,
    make_candidate,
    rank_candidates,
)
from classify.judge_file import Judge, load_judge
from extract.limits import Limits
from extract.people.person import PersonReference
from extract.video import VIDEO_SUFFIXES
from features.spellings import describe_people
from ground.errors import InputError, MotionsigError
from ground.files import hash_file, to_path
from ground.names import unite
from ground.provenance import motionsig_version, tell_time
from motionsig.use_cases.classification import check_reference, tabulate_suspects
from motionsig.use_cases.identification_files import write_identification
from motionsig.use_cases.inputs import Names, check_kind, check_stems, check_workers, find_files
from motionsig.use_cases.judging import judge_table
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.suspects import TABLE_SUFFIXES, find_reading

_DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True)
class Identified:
    """The result, and the files that hold it, which are none when no suspect could be judged."""

    identification: Identification
    files: tuple[Path, ...]


def identify(
    suspects: Names,
    models: str | Path,
    out: str | Path = "identification",
    *,
    reference: PersonReference | None = None,
    workers: int | None = None,
    limits: Limits = _DEFAULT_LIMITS,
    monitor: Monitor | None = None,
) -> Identified:
    """Score suspects against every person whose model is in a folder.

    Parameters
    ----------
    suspects
        Videos, frame tables, correlations tables, or folders of them.
    models
        Folder of model files of `train`, and of enrolled people.
    out
        Folder for identification.json, identification.csv and frame tables.
    reference
        The face of the person to measure in videos; None for the person most seen. Every model judges the
        same person.
    workers, limits, monitor
        As for `motionsig.classify`.

    Raises
    ------
    InputError
        When a path or a value cannot be worked with.
    StoppedError
        When the monitor says so; frame tables that are finished are kept.
    """
    monitor = monitor or Monitor()
    check_kind(limits, Limits, "The limits")
    check_workers(workers)
    folder, out = to_path(models), to_path(out)
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder. Give the folder that holds the model files.")
    found = find_files(
        suspects,
        VIDEO_SUFFIXES,
        "video",
        otherwise=TABLE_SUFFIXES,
        namesakes=True,
        on_notice=monitor.notice,
    )
    check_reference(found, reference)
    given = [suspect for suspect in found if suspect.suffix.lower() in TABLE_SUFFIXES]
    unread = [suspect for suspect in found if suspect not in given]
    check_stems(unread, "video")  # their frame tables are named like them
    loaded, refused = _load_models(find_files(folder, {".skops"}, "model", namesakes=True))
    videos = _VideoTables(unread, out, reference, workers, limits, monitor)
    candidates: dict[tuple[Path, str], list[Candidate]] = {}
    tables: dict[Path, dict[Path, Path]] = {}
    for path, judge in loaded.items():
        tables[path] = {suspect: suspect for suspect in given}
        try:
            tables[path] |= videos.read(judge)
        except MotionsigError as error:
            refused.append((str(path), str(error)))
    people = [judge.card.person for judge in loaded.values()]
    shown_as = unite(people)
    for sentence in describe_people(people):
        monitor.notice(sentence)
    with monitor.stage("Judging", sum(map(len, tables.values())), "suspects") as advance:
        for path, judge in loaded.items():
            person = shown_as[judge.card.person]
            _judge_all(judge, person, path, tables[path], candidates, refused, advance)
    refused += [(str(video), reason) for video, reason in videos.unread.items()]
    result = Identification(
        motionsig_version=motionsig_version(),
        created_utc=tell_time(),
        videos=tuple(
            VideoCandidates(suspect=str(suspect), video=video, candidates=rank_candidates(of_video))
            for (suspect, video), of_video in candidates.items()
        ),
        refused=tuple(refused),
    )
    return Identified(result, write_identification(result, out) if result.videos else ())


def _load_models(paths: Sequence[Path]) -> tuple[dict[Path, Judge], list[tuple[str, str]]]:
    loaded: dict[Path, Judge] = {}
    refused: list[tuple[str, str]] = []
    for path in paths:
        try:
            loaded[path] = load_judge(path)
        except MotionsigError as error:
            refused.append((str(path), str(error)))
    return loaded, refused


def _judge_all(
    judge: Judge,
    person: str,
    path: Path,
    tables: dict[Path, Path],
    candidates: dict[tuple[Path, str], list[Candidate]],
    refused: list[tuple[str, str]],
    advance: Callable[[int], None],
) -> None:
    """Add what a judge says of each suspect to its candidates, or why it says nothing to what is refused."""
    sha256 = hash_file(path)
    for suspect, table in tables.items():
        advance(1)
        try:
            verdicts = judge_table(table, judge)
        except MotionsigError as error:
            refused.append((str(path), str(error)))
            continue
        for verdict in verdicts:
            candidate = make_candidate(person, str(path), sha256, verdict)
            candidates.setdefault((suspect, verdict.video), []).append(candidate)


class _VideoTables:
    """The frame tables of videos, read once for all models whose footage was read alike.

    Attributes
    ----------
    unread
        Videos that gave no table, with the reason.
    """

    def __init__(
        self,
        videos: list[Path],
        out: Path,
        reference: PersonReference | None,
        workers: int | None,
        limits: Limits,
        monitor: Monitor,
    ) -> None:
        self._videos, self._out, self._reference = videos, out, reference
        self._workers, self._limits, self._monitor = workers, limits, monitor
        self._tables: dict[str, dict[Path, Path]] = {}
        self.unread: dict[Path, str] = {}

    def read(self, judge: Judge) -> dict[Path, Path]:
        """Return the frame table of each video that could be read; raises what `tabulate_suspects` does."""
        if not self._videos:
            return {}
        readers = find_reading(judge).model_dump_json()
        if readers not in self._tables:
            # Frame tables are named like their videos, so those of other readers need a folder of their own.
            folder = self._out / f"readers-{len(self._tables) + 1}" if self._tables else self._out
            self._tables[readers], failed = tabulate_suspects(
                self._videos,
                judge,
                folder,
                person=self._reference,
                workers=self._workers,
                limits=self._limits,
                monitor=self._monitor,
            )
            self.unread |= failed
        return self._tables[readers]
