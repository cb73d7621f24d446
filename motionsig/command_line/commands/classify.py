"""`motionsig classify`: a suspect and a model to a verdict."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionsig.command_line import terminal

if TYPE_CHECKING:
    from classify.model import Model
    from classify.verdict import ClipVerdict, Verdict, VideoVerdict
    from motionsig.use_cases.extraction import Outcome
    from report.evidence import VideoEvidence


def classify(
    suspects: Annotated[
        list[Path],
        typer.Argument(
            help="Videos, frame tables, correlations tables, or folders of them.", show_default=False
        ),
    ],
    model: Annotated[Path, typer.Option("--model", "-m", help="Model file of `motionsig train`.")],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="Folder for verdict.json, verdict.csv, evidence.json and frame tables."
        ),
    ] = Path("verdict"),
    report: Annotated[
        Path | None, typer.Option(help="Page to write: the verdict for people, in one HTML file.")
    ] = None,
    overlay: Annotated[
        Path | None,
        typer.Option(help="Video (.mp4) to write: the suspect with what was measured and judged drawn in."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the verdict as JSON.")] = False,
) -> None:
    """Say for every clip of a suspect video, and for the whole, whether it moves like the person.

    The score is the classifier's own scale, not a probability; where the model is calibrated, a likelihood
    ratio (LR) says what it means. "Consistent" means only that the motion is like the person's in the footage
    that the model was trained on; "inconsistent" that it is not. A suspect that cannot be used is named with
    the reason, the others are judged, and the exit code is 1.
    """
    from classify.model_file import load_model
    from classify.scoring import judge_videos
    from extract.video import VIDEO_SUFFIXES
    from ground.errors import MotionsigError
    from motionsig.use_cases.inputs import find_files
    from motionsig.use_cases.overlays import check_overlay
    from motionsig.use_cases.report_files import gather_evidence, write_evidence_of, write_report
    from motionsig.use_cases.suspects import TABLE_SUFFIXES, read_suspect
    from motionsig.use_cases.verdict_files import discard_verdict, write_verdict
    from report.page import check_page_path

    # What is wrong with the command itself must not cost the earlier verdict; all else must not leave it.
    if report is not None:
        check_page_path(report)
    found = find_files(suspects, VIDEO_SUFFIXES, "video", otherwise=TABLE_SUFFIXES)
    if overlay is not None:
        check_overlay(found, overlay)
    pages = [path for path in (report, overlay) if path is not None]
    discard_verdict(out, keep=[*found, model], pages=pages)
    loaded = load_model(model)
    failed: dict[Path, str] = {}
    judged: list[VideoVerdict] = []
    evidence: list[VideoEvidence] = []
    tables = read_videos(found, loaded, out, failed, keep_mesh=overlay is not None)
    for suspect, table in tables.items():
        try:
            clips = read_suspect(table, loaded)
            verdicts = judge_videos(loaded, *clips)
            gathered = gather_evidence(loaded, verdicts, clips, table, suspect)
        except MotionsigError as error:
            failed[suspect] = str(error)
        else:
            judged.extend(verdicts)
            evidence.extend(gathered)
    for reason in failed.values():
        terminal.fail(reason)
    verdict = assemble_verdict(tuple(judged), failed, loaded, model)
    paths: tuple[Path, ...] = ()
    if judged:
        paths = write_verdict(verdict, out)
        paths += (write_evidence_of(paths[0], loaded, evidence, shlex.join(["motionsig", *sys.argv[1:]])),)
        if report is not None:
            paths += (write_report(paths[0], report),)
        if overlay is not None:
            _draw(found[0], tables[found[0]], judged[0], overlay)
            paths += (overlay,)
    if as_json:
        terminal.emit_json(verdict.model_dump(mode="json"))
    elif judged:
        _show(verdict)
        terminal.say(f"Written: {', '.join(map(str, paths))}")
    if failed:
        raise typer.Exit(1)


def read_videos(
    suspects: list[Path], model: Model, out: Path, failed: dict[Path, str], *, keep_mesh: bool = False
) -> dict[Path, Path]:
    """Return the table of each suspect: of videos the frame table, read as the model needs.

    Parameters
    ----------
    suspects
        Videos and tables.
    model
        That will judge them.
    out
        Folder for the frame tables.
    failed
        Where videos that gave no table are noted, with the reason.
    keep_mesh
        Whether the mesh of every frame is to lie beside the frame tables, where the face reader has one.
    """
    from motionsig.command_line.commands.extract import extract_all
    from motionsig.use_cases.suspects import TABLE_SUFFIXES, choose_readers

    videos = [suspect for suspect in suspects if suspect.suffix.lower() not in TABLE_SUFFIXES]
    tables = {suspect: suspect for suspect in suspects}
    if not videos:
        return tables
    options = choose_readers(model, terminal.notify)
    options = replace(options, keep_mesh=keep_mesh and options.face == "mesh")

    def note(outcome: Outcome) -> None:
        video = Path(str(outcome.video))
        if outcome.extraction is None:
            failed[video] = str(outcome.error)
            del tables[video]
        else:
            tables[video] = outcome.extraction.table

    extract_all(list(videos), out, options, workers=None, cluster=None, report=note)
    return tables


def assemble_verdict(
    videos: tuple[VideoVerdict, ...], failed: dict[Path, str], model: Model, path: Path
) -> Verdict:
    """Put together what a model, read from `path`, says of the videos, and the suspects that failed."""
    from classify.verdict import FailedSuspect, Verdict
    from ground.files import hash_file
    from ground.provenance import motionsig_version, tell_time
    from ground.text import storable

    card = model.card
    return Verdict(
        motionsig_version=motionsig_version(),
        created_utc=tell_time(),
        person=card.person,
        model_sha256=hash_file(path),
        card=card,
        calibrated=card.video_calibration is not None,
        videos=videos,
        failed=tuple(
            FailedSuspect(suspect=storable(str(path)), error=storable(why)) for path, why in failed.items()
        ),
    )


def _draw(video: Path, table: Path, verdict: VideoVerdict, path: Path) -> None:
    from extract.frame_table import read_metadata
    from motionsig.use_cases.overlays import draw_overlay

    frames = read_metadata(table).source.frames_decoded
    with terminal.progress("Drawing the overlay", frames) as advance:
        draw_overlay(video, table, verdict, path, on_frame=lambda: advance(1))


def _show(verdict: Verdict) -> None:
    from classify.words.models import describe_error_rates, list_card

    thresholds = verdict.card.video_thresholds
    for video in verdict.videos:
        terminal.show_table(
            {
                "clip": "left",
                "time": "left",
                "score": "right",
                "LR": "right",
                "label": "left",
                "reason": "left",
            },
            [_row(clip) for clip in video.clips],
        )
        if video.deviations:
            terminal.say("Furthest from the person's usual range, over the whole video:")
        for deviation in video.deviations:
            terminal.say(f"  {deviation.words}")
        for warning in video.warnings:
            terminal.warn(warning.words)
        terminal.say(video.sentence)
        score = "none" if video.score is None else f"{video.score:+.3f}"
        terminal.say(
            f"Score of the video: {score} (consistent above {thresholds.match_above:+.3f}, "
            f"inconsistent below {thresholds.no_match_below:+.3f}; not a probability)."
        )
        if video.support:
            terminal.say(video.support)
    if verdict.calibrated:
        scale = ", ".join(f"{word} from {least:,}" for least, word in verdict.verbal_scale[1:])
        terminal.say(f"Support by likelihood ratio (LR, or its inverse; ENFSI 2015): none below 2, {scale}.")
    for line in list_card(verdict.card):
        terminal.say(line)
    terminal.say(describe_error_rates(verdict.card))


def _row(clip: ClipVerdict) -> tuple[str, ...]:
    from classify.words.numbers import format_ratio, format_span

    score = "-" if clip.score is None else f"{clip.score:+.3f}"
    time = "?" if clip.span is None else format_span(clip.span)
    ratio = "-" if clip.log10_lr is None else format_ratio(clip.log10_lr)
    return clip.clip_name, time, score, ratio, clip.label, clip.words
