"""A suspect of a library to its verdict, by the steps that the commands take."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Final

from classify.judge_file import load_judge
from extract.limits import Limits
from extract.tables_beside import is_beside
from ground.errors import InputError
from motionsig.execution.survey import survey_videos
from motionsig.use_cases.classification import classify
from motionsig.use_cases.identification import identify
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.suspects import check_comparison, find_suspect
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.overlays import draw_overlay
from motionsig.use_cases.verdict_files import read_verdict

REPORT: Final = "report.html"
OVERLAY: Final = "overlay.mp4"


def judge_suspect(library: Library, suspect_id: str, workers: int, monitor: Monitor) -> None:
    """Compare a suspect with the person that was chosen, or with everybody and then with the likeliest.

    Raises
    ------
    MotionsigError
        When the video or the model cannot be used.
    StoppedError
        When the monitor says so; finished parts of the frame table are kept.
    """
    suspect = find_suspect(library, suspect_id)
    record, folder = suspect.record, suspect.folder
    if record is None:
        raise InputError("Only the verdict is here, not the video.")
    check_comparison(library, record.person)
    video = folder / record.file
    for name in ("identification.json", "identification.csv", OVERLAY):  # of another comparison
        (folder / name).unlink(missing_ok=True)
    if record.person is None:
        model = _find_likeliest(library, video, folder, workers, monitor)
    else:
        model = library.models / f"{record.person}.skops"
    made = classify(
        video,
        model,
        folder,
        report=folder / REPORT,
        command=tell_command(library, video, model, folder),
        trusted_signers=library.trusted_signers if library.trusted_signers.exists() else None,
        workers=workers,
        monitor=monitor,
    )
    if made.verdict.failed:
        raise InputError(shorten(made.verdict.failed[0].error, library, folder))


def overlay_suspect(library: Library, suspect_id: str, monitor: Monitor) -> None:
    """Draw what was measured and judged into a suspect that has a verdict.

    Raises
    ------
    MotionsigError
        When there is no verdict, or the video cannot be read.
    StoppedError
        When the monitor says so.
    """
    suspect = find_suspect(library, suspect_id)
    if suspect.video is None or not suspect.answers:
        raise InputError("There is no verdict on this video yet, so there is nothing to draw.")
    verdict = read_verdict(suspect.folder / "verdict.json")
    found = suspect.folder.rglob(f"{suspect.video.stem}.parquet")
    tables = [path for path in found if not is_beside(path)]
    if not tables:
        raise InputError("The frame table of this video is gone. Judge the video again.")
    draw_overlay(suspect.video, tables[0], verdict.videos[0], suspect.folder / OVERLAY, monitor)


def find_clips(library: Library, suspect_id: str, monitor: Monitor) -> tuple[float, float] | None:
    """Return how long a suspect claims to be, and how far apart clips begin, s: to tell which is being read.

    None where nobody knows. What is wrong with video or model is said by whoever reads them.
    """
    suspect = find_suspect(library, suspect_id)
    if suspect.video is None:
        return None
    (surveyed,) = survey_videos([suspect.video], Limits(), monitor.check).videos
    if not surveyed.seconds:
        return None
    step_s = 5.0
    if suspect.record is not None and suspect.record.person is not None:
        card = load_judge(library.models / f"{suspect.record.person}.skops").card
        step_s = card.background.step_s if card.method == "enrolled" else card.measured.step_s or step_s
    return surveyed.seconds, step_s


def shorten(message: str, library: Library, folder: Path) -> str:
    """Return a message without the folders that a reader of the page does not know."""
    return message.replace(f"{folder}/", "").replace(f"{library.root}/", "")


def _find_likeliest(library: Library, video: Path, folder: Path, workers: int, monitor: Monitor) -> Path:
    """Return the model of the person who stands first among all; those who cannot be compared are named."""
    made = identify([video], library.models, folder, workers=workers, monitor=monitor)
    reasons = [shorten(reason, library, folder) for _, reason in made.identification.refused]
    for video_of in made.identification.videos:
        for reason in reasons:
            monitor.notice(reason)
        if video_of.candidates:
            return Path(video_of.candidates[0].model)
    raise InputError(" ".join(reasons) or "The video could be compared with nobody.")


def tell_command(library: Library, video: Path, model: Path, folder: Path) -> str:
    """Return the command that does the same, for the evidence."""
    named = {"--model": model, "--out": folder, "--report": folder / REPORT}
    if library.trusted_signers.exists():
        named["--trusted-signers"] = library.trusted_signers
    words = ["motionsig", "classify", str(video.relative_to(library.root))]
    for option, path in named.items():
        words += [option, str(path.relative_to(library.root))]
    return shlex.join(words)
