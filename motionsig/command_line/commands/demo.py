"""`motionsig demo`: the whole way, on rendered videos of one face that moves by several signatures."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from motionsig.command_line import terminal
from motionsig.command_line.commands.classify import classify
from motionsig.command_line.commands.correlate import correlate
from motionsig.command_line.commands.extract import extract
from motionsig.command_line.commands.train import train

_SECONDS: Final = 25.0
_PERSON_SESSIONS: Final = 4
_OTHER_PEOPLE: Final = 4
_PERSON_SEED: Final = 0
_SUSPECTS: Final = {
    "genuine.mp4": ("the person in a new session", "consistent"),
    "driven.mp4": ("the person's face, driven by somebody else", "inconsistent"),
}
_FILES: Final = {
    "videos/, suspects/": "the videos, and how each was made to move (*.controls.csv)",
    "tables/": "frame tables: what was measured in every frame",
    "correlations.csv": "435 correlations for each clip; clips.csv beside it says which clip that is",
    "id0.skops": "the model of the person",
    "verdicts/": "for each suspect verdict.json, verdict.csv, and report.html for people",
}


@dataclass(frozen=True)
class _Take:
    """One video to render: where, by whose signature, and which session of theirs."""

    path: Path
    signature_seed: int
    session_seed: int


def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for everything it makes.")] = Path(
        "demo-output"
    ),
) -> None:
    """Show everything on rendered videos: a genuine suspect, and the person's face driven by somebody else.

    One portrait is moved by the motion signature of one person in several sessions, of several other people,
    and of two suspects: the person in a new session, and another person driving the same face, which is what
    a reenactment deepfake is. Takes a few minutes.
    """
    videos, suspects = out / "videos", out / "suspects"
    takes = _plan_training(videos)
    genuine = _Take(suspects / "genuine.mp4", _PERSON_SEED, session_seed=100)
    driven = _Take(suspects / "driven.mp4", signature_seed=7, session_seed=100)
    _render([*takes, genuine, driven])

    tables, table, model = out / "tables", out / "correlations.csv", out / "id0.skops"
    _run(extract, [videos], out=tables)
    _run(correlate, [tables], out=table)
    _run(train, table, person="id0", out=model)
    verdicts = [out / "verdicts" / suspect.path.stem for suspect in (genuine, driven)]
    for suspect, folder in zip((genuine, driven), verdicts, strict=True):
        _run(classify, [suspect.path], model=model, out=folder, report=folder / "report.html")
    _conclude(verdicts, out)


def _plan_training(folder: Path) -> list[_Take]:
    own = [
        _Take(folder / f"{k + 1}_id0_pristine.mp4", _PERSON_SEED, session_seed=k)
        for k in range(_PERSON_SESSIONS)
    ]
    others = [
        _Take(folder / f"{_PERSON_SESSIONS + k}_id{k}_celeb.mp4", signature_seed=k, session_seed=0)
        for k in range(1, _OTHER_PEOPLE + 1)
    ]
    return [*own, *others]


def _render(takes: list[_Take]) -> None:
    from joblib import Parallel, cpu_count, delayed

    work = delayed(_render_take)
    done = Parallel(n_jobs=min(cpu_count(), len(takes)), return_as="generator_unordered")(
        work(take) for take in takes
    )
    with terminal.progress("Rendering videos", len(takes), unit="videos") as advance:
        for _ in done:
            advance(1)
    terminal.say(
        f"Rendered {len(takes)} videos of {_SECONDS:g} s with known motion, in {takes[0].path.parent.parent}"
    )


def _render_take(take: _Take) -> None:
    from simulate.signature import Signature
    from simulate.video import render_session

    render_session(Signature(take.signature_seed), _SECONDS, seed=take.session_seed, path=take.path)


def _run(command: Callable[..., None], inputs: Any, **options: Any) -> None:
    """Run a command as the shell would, and show which it is."""
    words = [str(word) for word in (inputs if isinstance(inputs, list) else [inputs])]
    for name, value in options.items():
        words += [f"--{name}", str(value)]
    terminal.say("")
    terminal.say(f"$ motionsig {command.__name__} {shlex.join(words)}")
    command(inputs, **options)


def _conclude(verdicts: list[Path], out: Path) -> None:
    from ground.errors import MotionsigError
    from motionsig.use_cases.verdict_files import read_verdict

    labels = {
        video.video: video.label
        for folder in verdicts
        for video in read_verdict(folder / "verdict.json").videos
    }
    terminal.say("")
    for name, (what, expected) in _SUSPECTS.items():
        terminal.say(f"{name}, {what}: {labels[name].upper()} with id0")
        if labels[name] != expected:
            raise MotionsigError(f"The demo's verdict on {name} should be {expected}.")
    terminal.say("")
    terminal.say(f"Everything lies in {out.resolve()}:")
    for name, what in _FILES.items():
        terminal.say(f"  {name:24}{what}")
    terminal.say("")
    terminal.say("Open the two reports in a browser:")
    for folder in verdicts:
        terminal.say(f"  {(folder / 'report.html').resolve()}")
