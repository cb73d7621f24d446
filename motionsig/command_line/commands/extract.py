"""`motionsig extract`: video files to frame tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from extract.limits import Limits
from motionsig.command_line import terminal
from motionsig.command_line.commands.shared_options import ClusterAddress, KeepMesh, MaxPixels, TimeLimit

if TYPE_CHECKING:
    from extract.extraction import ExtractionOptions
    from motionsig.execution.remote import Video
    from motionsig.use_cases.extraction import Outcome

# What shells report for Ctrl-C, and for SIGTERM.
INTERRUPTED: Final = 130
TERMINATED: Final = 143


def extract(
    videos: Annotated[
        list[str],
        typer.Argument(
            help="Video files, folders of them, or addresses such as s3://bucket/folder.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the frame tables.")] = Path("tables"),
    face: Annotated[str, typer.Option(help="Which reader measures the face: mesh or py-feat.")] = "mesh",
    keep_mesh: KeepMesh = False,
    device: Annotated[
        str, typer.Option(help="Where py-feat's network runs: auto (CUDA if there is one), cpu or cuda.")
    ] = "auto",
    sample_fps: Annotated[
        float | None,
        typer.Option(help="Read only so many frames of a second.", show_default="all"),
    ] = None,
    max_height: Annotated[
        int | None,
        typer.Option(help="Make higher pictures smaller before reading, px.", show_default="as they are"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Videos worked on at once.", show_default="one a processor")
    ] = None,
    max_pixels: MaxPixels = Limits.max_pixels,
    time_limit: TimeLimit = Limits.time_s,
    cluster: ClusterAddress = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Measure body, face and head in every frame of videos: one Parquet frame table a video.

    Takes about as long as the video lasts, on one processor. Tables that were made from the same files in the
    same way are kept, and a run that was stopped goes on where it was. A video that cannot be used is named
    with the reason and the others are done all the same; the exit code is then 1.
    """
    from extract.extraction import ExtractionOptions

    options = ExtractionOptions(
        face,
        device,
        sample_fps=sample_fps,
        max_height=max_height,
        limits=Limits(max_pixels, time_limit),
        keep_mesh=keep_mesh,
    )
    found = find_videos(videos)
    summaries: list[dict[str, Any]] = []

    def report(outcome: Outcome) -> None:
        report_outcome(outcome, failure_only=as_json)
        if as_json:
            summaries.append(_summarise(outcome))

    counts = extract_all(found, out, options, workers=workers, cluster=cluster, report=report)
    if as_json:
        terminal.emit_json({"videos": summaries})
    elif len(found) > 1:
        terminal.say(f"{counts['done']} done, {counts['reused']} reused, {counts['failed']} failed.")
    if counts["failed"] and len(found) > 1:
        terminal.fail(
            f"{counts['failed']} of {len(found)} videos gave no frame table; the reasons stand above and in "
            f"{failures_path(out)}."
        )
    if counts["failed"]:
        raise typer.Exit(1)


def find_videos(words: Sequence[str | Path]) -> list[Video]:
    """Return the videos that paths and addresses stand for, as `find_files` does for paths."""
    from extract.video import VIDEO_SUFFIXES
    from motionsig.execution.remote import find_remote_files, is_address
    from motionsig.use_cases.inputs import check_stems, find_files

    addresses = [word for word in map(str, words) if is_address(word)]
    paths = [Path(word) for word in words if not is_address(str(word))]
    found: list[Video] = [*find_files(paths, VIDEO_SUFFIXES, "video")] if paths else []
    found += find_remote_files(addresses, VIDEO_SUFFIXES)
    check_stems(found, "video")
    return found


def extract_all(
    videos: list[Video],
    out: Path,
    options: ExtractionOptions,
    *,
    workers: int | None,
    cluster: str | None,
    report: Callable[[Outcome], None],
) -> Counter[str]:
    """Extract videos with a progress bar, and return how many were done, reused and failed.

    Those that failed, one or many, stand in `failures_path` as soon as they have, so also when the run was
    interrupted or killed.

    Parameters
    ----------
    videos, out, options
        As for `motionsig.use_cases.extraction.extract_videos`.
    workers
        Number of processes; None for one a processor.
    cluster
        Address of a Dask scheduler, where the work is done instead.
    report
        Called with each `motionsig.use_cases.extraction.Outcome`.
    """
    import joblib

    from extract.body import find_body_reader
    from extract.face import find_face_reader
    from ground.errors import InputError
    from motionsig.execution.cluster import connect
    from motionsig.execution.isolation import TerminatedError, termination_raised
    from motionsig.execution.survey import survey_videos
    from motionsig.use_cases.extraction import extract_videos
    from motionsig.use_cases.inputs import check_mesh_names

    if options.keep_mesh:
        check_mesh_names(videos)
    find_body_reader(options.body).prepare(terminal.notify)
    find_face_reader(options.face, options.device, keep_mesh=options.keep_mesh).prepare(terminal.notify)
    counts: Counter[str] = Counter()
    failures: list[tuple[str, str]] = []
    try:
        with termination_raised(), ExitStack() as stack:
            connected = None if cluster is None else stack.enter_context(connect(cluster))
            if connected:
                terminal.say(f"Dashboard of the cluster: {connected.dashboard}")
            survey = survey_videos(videos, options.limits)
            advance = stack.enter_context(terminal.progress(f"Reading {len(videos)} video(s)", survey.frames))
            outcomes = extract_videos(
                survey,
                out,
                options,
                workers=workers or joblib.cpu_count(),
                cluster=connected,
                on_frames=advance,
            )
            with suppress(OSError):  # a folder that cannot be written into is refused below
                failures_path(out).unlink()  # of a run before
            with closing(outcomes):
                for outcome in outcomes:
                    counts[_kind(outcome)] += 1
                    if outcome.error:
                        failures.append((str(outcome.video), str(outcome.error)))
                        with suppress(InputError, OSError):  # said at the end, for the others are done
                            _write_failures(failures, failures_path(out))
                    report(outcome)
    except KeyboardInterrupt as stop:
        terminal.fail("Interrupted. What is done is kept; the same command goes on from there.")
        raise typer.Exit(TERMINATED if isinstance(stop, TerminatedError) else INTERRUPTED) from None
    if failures:
        _write_failures(failures, failures_path(out))
    return counts


def failures_path(out: Path) -> Path:
    """Return where the videos that failed in the last run are listed."""
    return out / "failures.csv"


def _kind(outcome: Outcome) -> str:
    if outcome.extraction is None:
        return "failed"
    return "reused" if outcome.extraction.reused else "done"


def _write_failures(failures: list[tuple[str, str]], path: Path) -> None:
    from ground.rows import write_rows

    write_rows(path, ("video", "error"), failures)


def report_outcome(outcome: Outcome, *, failure_only: bool = False) -> None:
    """Say what became of a video, or only what is wrong with it."""
    extraction = outcome.extraction
    if extraction is None:
        assert outcome.error is not None
        terminal.fail(outcome.error.message, outcome.error.problems)
        return
    if damage := extraction.describe_damage():
        terminal.warn(damage)
    if not failure_only:
        frames = extraction.frames
        terminal.say(
            f"{outcome.video.name}: {frames} frames, {extraction.read_s:.1f} s; "
            f"body in {extraction.body_frames / frames:.1%}, face in {extraction.face_frames / frames:.1%} "
            f"of them -> {extraction.table}{' (was there)' if extraction.reused else ''}"
        )


def _summarise(outcome: Outcome) -> dict[str, Any]:
    extraction = outcome.extraction
    if extraction is None:
        return {"video": str(outcome.video), "table": None, "error": str(outcome.error)}
    return {
        "video": str(outcome.video),
        "table": str(extraction.table),
        "error": None,
        "reused": extraction.reused,
        "warning": extraction.describe_damage(),
        "seconds": extraction.read_s,
        "frames": extraction.frames,
        "frames_decoded": extraction.metadata.source.frames_decoded,
        "frames_promised": extraction.metadata.source.frames_promised,
        "decode_errors": extraction.metadata.source.decode_errors,
        "body_frames": extraction.body_frames,
        "face_frames": extraction.face_frames,
    }
