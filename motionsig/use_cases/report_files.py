"""Verdicts on disk to reports, and the evidence that they need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from classify.model import Model
from classify.verdict import VideoVerdict
from extract.frame_table import is_frame_table, read_frame_table
from ground.errors import InputError
from ground.files import hash_file, to_path
from motionsig.use_cases.verdict_files import evidence_path, read_verdict
from report.evidence import (
    Evidence,
    VideoEvidence,
    gather_videos,
    make_evidence,
    read_evidence,
    write_evidence,
)
from report.page import write_page
from report.verdict_page import Report, render_report

if TYPE_CHECKING:
    from motionsig.use_cases.suspects import SuspectClips


def gather_evidence(
    model: Model,
    verdicts: Sequence[VideoVerdict],
    judged: SuspectClips,
    table: Path,
    suspect: Path,
) -> tuple[VideoEvidence, ...]:
    """Gather what a report needs of the videos of one suspect.

    Parameters
    ----------
    model
        That judged them.
    verdicts
        Of the suspect's videos.
    judged
        What `motionsig.use_cases.suspects.read_suspect` gave.
    table
        What it read: the suspect itself, or the frame table that was made of it.
    suspect
        As the caller named it.
    """
    frames = read_frame_table(table) if is_frame_table(table) else None
    video = suspect if suspect != table else None
    return gather_videos(model, verdicts, judged.correlations, judged.clips, frames, video)


def write_evidence_of(verdict: Path, model: Model, videos: Sequence[VideoEvidence], command: str) -> Path:
    """Write ``evidence.json`` beside a verdict and return its path.

    Parameters
    ----------
    verdict
        The ``verdict.json``.
    model
        That made it.
    videos
        What `gather_evidence` gave, of all its suspects.
    command
        The command line that asked for it, or what else did.
    """
    path = evidence_path(verdict)
    write_evidence(make_evidence(model, videos, hash_file(verdict), command), path)
    return path


def report(verdict: str | Path, out: str | Path | None = None) -> Path:
    """Write a verdict as one HTML page to read, mail, print and archive; it needs no network and no script.

    Parameters
    ----------
    verdict
        ``verdict.json`` of `classify`. What it was made from is read from ``evidence.json`` beside it, and
        pictures from the video where it was judged; where either is gone the page says so.
    out
        The page; ``report.html`` beside the verdict by default.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    InputError
        When the verdict cannot be read, or the page cannot be written.
    """
    verdict = to_path(verdict)
    path = verdict.with_name("report.html") if out is None else to_path(out)
    content = read_verdict(verdict)
    evidence: Evidence | None = None
    missing = None
    try:
        evidence = read_evidence(evidence_path(verdict), hash_file(verdict), len(content.card.pairs))
    except InputError as error:
        missing = error.message
    page = render_report(Report(verdict=content, evidence=evidence), evidence_missing=missing)
    write_page(page, path)
    return path
