"""Verdicts on disk to reports, and the evidence that they need."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from classify.judge_file import Judge
from ground.errors import InputError
from ground.files import hash_file, to_path
from motionsig.use_cases.verdict_files import evidence_path, read_verdict
from report.evidence import (
    Evidence,
    VideoEvidence,
    make_evidence,
    read_evidence,
    write_evidence,
)
from report.page import write_page
from report.verdict_page import Report, render_report


def write_evidence_of(verdict: Path, judge: Judge, videos: Sequence[VideoEvidence], command: str) -> Path:
    """Write ``evidence.json`` beside a verdict and return its path.

    Parameters
    ----------
    verdict
        The ``verdict.json``.
    judge
        That made it.
    videos
        What `motionsig.use_cases.judging.judge_with_evidence` gave, of all its suspects.
    command
        The command line that asked for it, or what else did.
    """
    path = evidence_path(verdict)
    write_evidence(make_evidence(judge, videos, hash_file(verdict), command), path)
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
    content, missing = read_report(verdict)
    write_page(render_report(content, evidence_missing=missing), path)
    return path


def read_report(verdict: Path) -> tuple[Report, str | None]:
    """Return a verdict with its evidence, and the sentence that says why there is none.

    Raises
    ------
    InputError
        When the verdict cannot be read.
    """
    content = read_verdict(verdict)
    evidence: Evidence | None = None
    missing = None
    pairs = len(content.card.pairs) if content.card.method == "trained" else 0
    try:
        evidence = read_evidence(evidence_path(verdict), hash_file(verdict), pairs)
    except InputError as error:
        missing = error.message
    return Report(verdict=content, evidence=evidence), missing
