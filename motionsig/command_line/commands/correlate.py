"""`motionsig correlate`: frame tables to correlations tables."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ground.errors import InputError
from ground.text import count
from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, VideoManifest
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from features.dataset import TableOutcome, VideoOutcome
    from features.windows import ClipRule
    from motionsig.use_cases.correlation import Correlated

# Below this the end of a video is in no clip only because times are rounded to frames.
_MENTIONED_END_S = 0.1
_WARNINGS_SHOWN = 20


def correlate(
    tables: Annotated[
        list[Path],
        typer.Argument(help="Frame tables of `motionsig extract`, or folders of them.", show_default=False),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", help="The table to write. The ending .csv or .parquet chooses the format."
        ),
    ] = Path("correlations.csv"),
    clip: Annotated[
        float | None, typer.Option(help="Length of a clip in seconds.", show_default="10")
    ] = None,
    overlap: Annotated[
        float | None,
        typer.Option(help="Seconds that a clip shares with the next.", show_default="half a clip"),
    ] = None,
    windows: Annotated[
        str | None,
        typer.Option(
            help="Cut several clip lengths at once, as length/overlap in seconds: "
            "20/10,15/7.5,10/5,5/2.5,2.5/1.25. Each length has its own table, with the length in its name.",
            show_default=False,
        ),
    ] = None,
    step_frames: Annotated[
        int | None,
        typer.Option(
            help="Start a clip at every n-th frame. Use it instead of --overlap.", show_default=False
        ),
    ] = None,
    tail: Annotated[
        str,
        typer.Option(
            help="What to do with an end that is shorter than a clip: drop it, or keep it as a shorter clip."
        ),
    ] = "drop",
    pairs: Annotated[
        str,
        typer.Option(
            "--set",
            help="Which pairs to use: full (435), body (66), face (153), cross (216), published-face (369: "
            "face and cross together, which the published notebook calls face), voice (268: the voice with "
            "itself, and with body and face), or full+voice (703).",
        ),
    ] = "full",
    mouth: Annotated[
        bool,
        typer.Option("--mouth", help="Add the features mouthH and mouthV, for 496 pairs instead of 435."),
    ] = False,
    signal: Annotated[
        str,
        typer.Option(
            help="What to correlate: position (as published), velocity (the change from frame to frame), or "
            "highpass (position minus its mean over 1 s)."
        ),
    ] = "position",
    body: Annotated[
        str, typer.Option(help="Body coordinates: signing (relative to the shoulders) or raw (pixels).")
    ] = "signing",
    manifest: VideoManifest = None,
    as_json: AsJson = False,
) -> None:
    """Turn frame tables into correlations: 435 numbers that describe how the person moves in each clip.

    A clip is 10 s long, and a new one starts every 5 s. Each clip becomes one row. The row says how each of
    30 features of body, face and head moves together with every other. A second table beside it, such as
    clips.csv, describes each clip: its place in the video, who is in it, and how good the footage was.
    """
    from features.clips import CorrelationOptions
    from features.signature import PairSet
    from motionsig.use_cases.correlation import correlate as correlate_tables

    rules = _choose_rules(clip, overlap, windows, step_frames, tail)
    # The values are checked where they are used.
    options = CorrelationOptions(rules[0], PairSet(pairs, mouth), signal, body)  # type: ignore[arg-type]
    with watched() as monitor:
        made = correlate_tables(tables, out, options, rules=rules, manifest=manifest, monitor=monitor)
    show_correlated(made, as_json=as_json)


def show_correlated(made: Correlated, *, as_json: bool = False) -> None:
    """Say what came of frame tables."""
    for warning in made.warnings[:_WARNINGS_SHOWN]:
        terminal.warn(warning)
    if len(made.warnings) > _WARNINGS_SHOWN:
        terminal.warn(
            f"{len(made.warnings) - _WARNINGS_SHOWN} more warnings like these. --json lists them all."
        )
    if as_json:
        terminal.emit_json(summarise_correlated(made))
        return
    for table in made.tables:
        for line in _describe(table, made.pairs):
            terminal.say(line)


def summarise_correlated(made: Correlated) -> dict[str, Any]:
    """Return what came of frame tables as JSON values."""
    return {"tables": [_summarise(table) for table in made.tables], "warnings": list(made.warnings)}


def _choose_rules(
    clip: float | None, overlap: float | None, windows: str | None, step_frames: int | None, tail: str
) -> list[ClipRule]:
    from features.windows import ClipRule, parse_clip_rules

    if tail not in ("drop", "keep"):
        raise InputError(f"--tail must be drop or keep, not '{tail}'.")
    if windows is not None:
        if (clip, overlap, step_frames) != (None, None, None):
            raise InputError(
                "--windows already says which clips to cut. Leave out --clip, --overlap and --step-frames."
            )
        rules = parse_clip_rules(windows)
    else:
        if overlap is not None and step_frames is not None:
            raise InputError("--step-frames and --overlap exclude each other. Give only one of them.")
        length_s = 10.0 if clip is None else clip
        step_s = length_s / 2 if overlap is None else length_s - overlap
        rules = [ClipRule(length_s, None if step_frames is not None else step_s, step_frames)]
    return [replace(rule, keep_tail=tail == "keep") for rule in rules]


def _describe(outcome: TableOutcome, n_pairs: int) -> list[str]:
    if outcome.path is None:
        return [
            (
                f"No video is as long as one clip of {outcome.rule.length_s:g} s. There is no table for that "
                "length."
            )
        ]
    used = sum(video.clips > 0 for video in outcome.videos)
    lines = [f"{count(outcome.clips, 'clip')} of {count(used, 'video')}, {n_pairs} pairs -> {outcome.path}"]
    if outcome.clips_above_limit:
        lines.append(f"  {outcome.clips_above_limit} of the clips have more than 7 % of their pairs missing.")
    ends_s = {video.video: _measure_ends(video) for video in outcome.videos if video.clips}
    ends_s = {video: seconds for video, seconds in ends_s.items() if seconds > _MENTIONED_END_S}
    if ends_s:
        longest = max(ends_s, key=lambda video: ends_s[video])
        lines.append(
            f"  Too short for a clip and left out: {sum(ends_s.values()):.1f} s at the ends of shots of "
            f"{count(len(ends_s), 'video')}, at most {ends_s[longest]:.1f} s of one ({longest})."
        )
    if short := [video.short_shots for video in outcome.videos if video.short_shots]:
        shots, seconds = sum(one.shots for one in short), sum(one.seconds for one in short)
        lines.append(
            f"  {count(shots, 'shot')} ({seconds:.0f} s) of {count(len(short), 'video')} gave no clip, being "
            f"shorter than one of {outcome.rule.length_s:g} s."
        )
    return lines


def _measure_ends(video: VideoOutcome) -> float:
    """Return how long the ends of those shots of a video are that gave a clip, seconds."""
    return video.uncovered_s - (video.short_shots.seconds if video.short_shots else 0.0)


def _summarise(outcome: TableOutcome) -> dict[str, Any]:
    from features.tables import clip_table_path

    return {
        "correlations": str(outcome.path) if outcome.path else None,
        "clips": str(clip_table_path(outcome.path)) if outcome.path else None,
        "clip_s": outcome.rule.length_s,
        "step_s": outcome.rule.step_s,
        "step_frames": outcome.rule.step_frames,
        "rows": outcome.clips,
        "rows_above_missing_limit": outcome.clips_above_limit,
        "videos": [
            {**asdict(video), "short_shots": video.short_shots and video.short_shots.model_dump()}
            for video in outcome.videos
        ],
    }
