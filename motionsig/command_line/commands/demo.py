"""`motionsig demo`: both ways to know a person, on rendered videos and on simulated people."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ground.errors import MotionsigError
from motionsig.command_line import terminal
from motionsig.command_line.commands.classify import show_classified
from motionsig.command_line.commands.correlate import show_correlated
from motionsig.command_line.commands.extract import show_outcome
from motionsig.command_line.commands.train import show_model
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from classify.verdict import VideoVerdict
    from motionsig.use_cases.monitor import Monitor

_PERSON: Final = "id0"
# What each is, what its motion must be called, and what must be said of mouth and sound, where it matters.
_SUSPECTS: Final = {
    "genuine.mp4": ("the person in a new session", "consistent", "fits"),
    "driven.mp4": ("the person's face, driven by somebody else", "inconsistent", None),
    "dubbed.mp4": ("the person's own motion, with other sound", "consistent", "does not fit"),
    "interview.mp4": ("the person in an interview with somebody else", "consistent", None),
}
_FILES: Final = {
    "videos/, suspects/": "the videos, and what each was rendered with (the CSV files)",
    "tables/": "frame tables: what was measured in every frame",
    "correlations.csv": "435 correlations for each clip; clips.csv describes the clips",
    "id0.skops": "the model of the person",
    "verdict/": "verdict.json, verdict.csv and report.html on the suspects",
    "recordings/": "frame tables of simulated people, for the enrolment",
    "background.skops": "what was learnt from most of them",
    "id0-enrolled.skops": "one of the others, known from one recording",
    "enrolled-verdicts/": "verdict.json and verdict.csv for two recordings of simulated people",
}


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for all results.")] = Path("demo-output"),
) -> None:
    """Show all steps on rendered videos.

    The demo moves one portrait with the motion of one person in several sessions, and with the motion of
    other people. Then it judges four suspect videos: the person in a new session, the same face driven by
    somebody else, as in a reenactment deepfake, the first one dubbed, which only the sound gives away, and an
    interview, in which it measures the person only. At the end it enrols a simulated person from one
    recording, with a background of others, and compares two recordings with them. It takes about two
    minutes on two cores.
    """
    from extract.extraction_options import ExtractionOptions
    from extract.people.weights import INSTALL, are_installed
    from motionsig.use_cases.classification import classify
    from motionsig.use_cases.correlation import correlate
    from motionsig.use_cases.demonstration import plan_demo, render_demo
    from motionsig.use_cases.extraction import extract, prepare_readers
    from motionsig.use_cases.training import train

    planned = plan_demo(out, with_interview=are_installed())
    videos, tables, table, model = out / "videos", out / "tables", out / "correlations.csv", out / "id0.skops"
    with watched() as monitor:
        prepare_readers(ExtractionOptions(), monitor)  # before minutes of rendering
        render_demo(planned, monitor=monitor)
        count = len(planned.training) + len(planned.suspects)
        if planned.interview is None:
            terminal.say(
                "Without the networks that tell faces apart the demo leaves the interview out. Install them "
                f"with `{INSTALL}`."
            )
        terminal.say(f"Rendered {count} videos with known motion, in {out}")

        _announce("extract", videos, "--out", tables)
        outcomes = extract([videos], tables, on_outcome=show_outcome, monitor=monitor)
        if failed := [str(outcome.video) for outcome in outcomes if outcome.error]:
            raise MotionsigError("All videos of the demo should be readable, but these were not:", failed)
        _announce("correlate", tables, "--out", table)
        show_correlated(correlate([tables], table, monitor=monitor))
        _announce("train", table, "--person", _PERSON, "--tables", tables, "--no-face", "--out", model)
        made_model = train(table, _PERSON, model, tables=tables, keep_face=False, monitor=monitor)
        terminal.say(
            "One portrait plays all people here, so the check of labels finds one face under several names."
        )
        show_model(made_model, model)
        folder = out / "verdict"
        page = folder / "report.html"
        words = _announce("classify", *planned.suspects, "--model", model, "--out", folder, "--report", page)
        made = classify(list(planned.suspects), model, folder, report=page, command=words, monitor=monitor)
        show_classified(made)
        _show_enrolment(out, monitor)
    judged = {video.video: video for video in made.verdict.videos}
    _conclude(judged, out, [suspect.name for suspect in planned.suspects])


def _announce(*words: str | Path) -> str:
    """Show the command that does what follows, and return it."""
    command = shlex.join(["motionsig", *map(str, words)])
    terminal.say("")
    terminal.say(f"$ {command}")
    return command


def _show_enrolment(out: Path, monitor: Monitor) -> None:
    """Enrol a simulated person from one recording, and say how two others compare with it."""
    from motionsig.use_cases.backgrounds import background as learn
    from motionsig.use_cases.classification import classify
    from motionsig.use_cases.enrolment import enrol
    from motionsig.use_cases.enrolment_demonstration import simulate_people

    terminal.say("")
    terminal.say("A person can also be known from one recording, with a background that other people gave.")
    tables = simulate_people(out / "recordings")
    terminal.say(f"Wrote frame tables of simulated people, in {out / 'recordings'}")
    learnt, enrolled, folder = (
        out / "background.skops",
        out / "id0-enrolled.skops",
        tables.background.with_suffix(""),
    )
    _announce("background", folder, "--manifest", tables.background, "--out", learnt)
    # A few tables are described before other processes have started.
    made = learn([folder], learnt, manifest=tables.background, workers=1, monitor=monitor)
    people = made.card.footage.people
    _announce("enrol", _PERSON, tables.enrolled, "--background", learnt, "--out", enrolled)
    known = enrol(_PERSON, [tables.enrolled], learnt, enrolled, monitor=monitor).card
    terminal.say(f"{_PERSON} is known from {known.seconds:.0f} s, and {people} others from the background.")
    for what, table, sign in (
        (f"Another recording of {_PERSON}", tables.own, 1),
        ("Somebody else's recording", tables.somebody_else, -1),
    ):
        folder = out / "enrolled-verdicts" / table.stem
        words = _announce("classify", table, "--model", enrolled, "--out", folder)
        (video,) = classify(table, enrolled, folder, command=words, monitor=monitor).verdict.videos
        _tell_ratio(what, video, sign)


def _tell_ratio(what: str, video: VideoVerdict, sign: int) -> None:
    """Say a likelihood ratio in words, and raise MotionsigError where it is not on the side of the truth."""
    from classify.verbal_scale import LEAST_SUPPORT

    if video.log10_lr is None or sign * video.log10_lr < math.log10(LEAST_SUPPORT):
        raise MotionsigError(
            f"{what} should be told from the others. This is a defect of motionsig. Please report it."
        )
    terminal.say(f"{what}: {video.support}")


def _conclude(verdicts: dict[str, VideoVerdict], out: Path, judged: list[str]) -> None:
    terminal.say("")
    for name in judged:
        what, expected, mouth = _SUSPECTS[name]
        video = verdicts.get(name)
        label = video.label if video else "not judged"
        sound = video.lip_sync.label if video and video.lip_sync else "cannot be said"
        said = f"; the mouth {sound.upper()} the sound" if mouth else ""
        terminal.say(f"{name}, {what}: {label.upper()} with {_PERSON}{said}")
        if label != expected or (mouth and sound != mouth):
            raise MotionsigError(
                f"The verdict on {name} should be {expected}{f', and the mouth {mouth}' if mouth else ''}. "
                "This is a defect of motionsig. Please report it."
            )
    terminal.say("")
    terminal.say(f"All results are in {out.resolve()}:")
    for name, what in _FILES.items():
        terminal.say(f"  {name:24}{what}")
    terminal.say("")
    terminal.say("Open the report in a browser:")
    terminal.say(f"  {(out / 'verdict' / 'report.html').resolve()}")
