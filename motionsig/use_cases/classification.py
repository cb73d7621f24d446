"""Suspects and a model to a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from classify.judge_file import Judge, load_judge
from classify.verdict import FailedSuspect, Verdict, VideoVerdict
from extract.frame_table import is_frame_table
from extract.limits import Limits
from extract.people.person import PersonReference
from extract.video import VIDEO_SUFFIXES
from ground.errors import InputError, MotionsigError
from ground.files import hash_file, to_path
from ground.provenance import motionsig_version, tell_time
from motionsig.execution.dispatch import Outcome
from motionsig.use_cases.credentials import look_for_credentials
from motionsig.use_cases.extraction import extract
from motionsig.use_cases.faces import note_faceless
from motionsig.use_cases.inputs import Names, check_kind, check_workers, find_files
from motionsig.use_cases.judging import judge_with_evidence
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.overlays import check_overlay, draw_overlay
from motionsig.use_cases.report_files import report as write_report
from motionsig.use_cases.report_files import write_evidence_of
from motionsig.use_cases.suspects import TABLE_SUFFIXES, choose_readers
from motionsig.use_cases.verdict_files import discard_verdict, write_verdict
from report.evidence import VideoEvidence
from report.page import check_page_path

_DEFAULT_LIMITS: Final = Limits()
# What stands in the evidence of a verdict that no command line made.
_FROM_PYTHON: Final = "motionsig.classify in Python"


@dataclass(frozen=True)
class Classified:
    """What came of suspects.

    Attributes
    ----------
    verdict
        On all of them; those that could not be judged stand in its `failed`.
    files
        What was written: verdict.json, verdict.csv, evidence.json, then the report and the overlay if they
        were asked for. Empty when no suspect could be judged.
    """

    verdict: Verdict
    files: tuple[Path, ...]


def classify(
    suspects: Names,
    model: str | Path,
    out: str | Path = "verdict",
    *,
    report: str | Path | None = None,
    overlay: str | Path | None = None,
    command: str = _FROM_PYTHON,
    reference: PersonReference | None = None,
    trusted_signers: str | Path | None = None,
    workers: int | None = None,
    limits: Limits = _DEFAULT_LIMITS,
    monitor: Monitor | None = None,
) -> Classified:
    """Say for every clip of suspect videos, and for each video as a whole, whether it moves like the person.

    Parameters
    ----------
    suspects
        Videos, frame tables, correlations tables, or folders of them. An enrolled person cannot be compared
        with correlations tables.
    model
        Model file of `train`, or of an enrolled person.
    out
        Folder for verdict.json, verdict.csv, evidence.json and frame tables. A verdict of an earlier run that
        lies there is removed, so that it is not taken for the result of this one.
    report
        HTML page to write: the verdict for people.
    overlay
        Video (``.mp4``) to write: the suspect, a single one, with what was measured and judged drawn in.
    command
        The command that this is done for, for the evidence.
    reference
        The face of the person to measure in videos; None for the one that the model keeps, or else the person
        most seen. It cannot be combined with tables, which measure somebody already.
    trusted_signers
        PEM file of the certificates of those whose signatures on videos are trusted; None for no list.
        Content credentials of videos are reported, and nothing rests on them.
    workers
        Number of processes for reading videos, at least 1; None for one a processor.
    limits
        What a video may cost.
    monitor
        Progress, notices, and whether to stop.

    Raises
    ------
    InputError
        When a path or a value cannot be worked with.
    ModelError
        When the model is damaged or its readers are not at hand.
    StoppedError
        When the monitor says so; frame tables that are finished are kept.
    """
    monitor = monitor or Monitor()
    check_kind(limits, Limits, "The limits")
    check_kind(command, str, "The command")
    check_workers(workers)
    monitor.check()
    out, model = to_path(out), to_path(model)
    page, drawn = (None if path is None else to_path(path) for path in (report, overlay))
    # What is wrong with the call itself must not cost the earlier verdict; all else must not leave it.
    if page is not None:
        check_page_path(page)
    found = find_files(suspects, VIDEO_SUFFIXES, "video", otherwise=TABLE_SUFFIXES, on_notice=monitor.notice)
    if drawn is not None:
        check_overlay(found, drawn)
    check_reference(found, reference)
    signers = None if trusted_signers is None else to_path(trusted_signers)
    discard_verdict(
        out,
        keep=[*found, model, *([signers] if signers else [])],
        pages=[path for path in (page, drawn) if path is not None],
    )
    judge = load_judge(model)
    tables, failed = tabulate_suspects(
        found,
        judge,
        out,
        keep_mesh=drawn is not None,
        person=reference or judge.face,
        workers=workers,
        limits=limits,
        monitor=monitor,
    )
    if judge.face is not None:
        given = [table for suspect, table in tables.items() if suspect == table and is_frame_table(table)]
        note_faceless(given, f"whether they measure {judge.card.person}", monitor.notice)
    videos = [suspect for suspect, table in tables.items() if suspect != table]
    credentials = look_for_credentials(videos, signers, monitor) if videos else {}
    judged: list[VideoVerdict] = []
    evidence: list[VideoEvidence] = []
    with monitor.stage("Judging", len(tables), "suspects") as advance:
        for suspect, table in tables.items():
            try:
                verdicts, gathered = judge_with_evidence(table, judge, suspect)
            except MotionsigError as error:
                failed[suspect] = str(error)
            else:
                judged.extend(verdicts)
                known = {"credentials": credentials.get(suspect)}
                evidence.extend(one.model_copy(update=known) for one in gathered)
            advance(1)
    verdict = assemble_verdict(judged, failed, judge, model)
    if not judged:
        return Classified(verdict, ())
    files = [*write_verdict(verdict, out)]
    files.append(write_evidence_of(files[0], judge, evidence, command))
    if page is not None:
        files.append(write_report(files[0], page))
    if drawn is not None:
        draw_overlay(found[0], tables[found[0]], judged[0], drawn, monitor)
        files.append(drawn)
    return Classified(verdict, tuple(files))


def check_reference(suspects: Sequence[Path], reference: PersonReference | None) -> None:
    """Raise InputError when a reference is none, or is to be looked for in suspects measured already."""
    if reference is not None:
        check_kind(reference, PersonReference, "The reference")
    tables = [str(suspect) for suspect in suspects if suspect.suffix.lower() in TABLE_SUFFIXES]
    if reference is not None and tables:
        raise InputError(
            f"{tables[0]} is a table, and whom it measures was decided when it was made. So --person-photo "
            "has no effect on it. Leave out the option, or give the video."
        )


def tabulate_suspects(
    suspects: Sequence[Path],
    judge: Judge,
    out: Path,
    *,
    person: PersonReference | None = None,
    keep_mesh: bool = False,
    workers: int | None = None,
    limits: Limits = _DEFAULT_LIMITS,
    monitor: Monitor,
) -> tuple[dict[Path, Path], dict[Path, str]]:
    """Return the table of each suspect: of a video the frame table, read as the judge needs.

    Parameters
    ----------
    suspects
        Videos and tables.
    judge
        The model or the enrolled person that will judge them.
    out
        Folder for the frame tables.
    person
        Who is to be measured; None for the person most seen.
    keep_mesh
        Whether the mesh of every frame is to lie beside the frame tables, where the face reader has one.
    workers, limits, monitor
        As for `classify`.

    Returns
    -------
    tables : dict
        Suspect -> table, in the order given.
    failed : dict
        Video that gave no table -> the reason.
    """
    videos = [suspect for suspect in suspects if suspect.suffix.lower() not in TABLE_SUFFIXES]
    tables = {suspect: suspect for suspect in suspects}
    failed: dict[Path, str] = {}
    if not videos:
        return tables, failed
    options = choose_readers(judge, monitor.notice)
    keep_mesh = keep_mesh and options.face == "mesh"
    options = options.model_copy(update={"keep_mesh": keep_mesh, "limits": limits, "person": person})
    by_name = {str(video): video for video in videos}

    def note(outcome: Outcome) -> None:
        video = by_name[str(outcome.video)]
        if outcome.extraction is None:
            failed[video] = str(outcome.error)
            del tables[video]
        else:
            tables[video] = outcome.extraction.table
            if person := outcome.extraction.describe_person():
                monitor.notice(f"{video.name}: measured {person}")

    extract(videos, out, options, workers=workers, on_outcome=note, monitor=monitor)
    return tables, failed


def assemble_verdict(
    judged: Sequence[VideoVerdict], failed: dict[Path, str], judge: Judge, path: Path
) -> Verdict:
    """Put together what a judge, read from `path`, says of videos, and the suspects that failed."""
    card = judge.card
    return Verdict(
        motionsig_version=motionsig_version(),
        created_utc=tell_time(),
        person=card.person,
        model_sha256=hash_file(path),
        card=card,
        calibrated=card.video_rule.calibration is not None,
        videos=tuple(judged),
        failed=tuple(FailedSuspect(suspect=str(suspect), error=why) for suspect, why in failed.items()),
    )
