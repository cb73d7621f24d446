"""The videos of the demo: one face that moves by several people's signatures."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from extract.limits import Limits
from ground.errors import MotionsigError
from ground.files import growing_folder, to_path
from motionsig.execution.side_by_side import call_side_by_side
from motionsig.use_cases.extraction import count_processors
from motionsig.use_cases.monitor import Monitor
from simulate.signature import Signature
from simulate.video import render_session

SECONDS: Final = 25.0
_PERSON_SESSIONS: Final = 4
_OTHER_PEOPLE: Final = 4
_PERSON_SEED: Final = 0
_DRIVER_SEED: Final = 7
_SUSPECT_SESSION: Final = 100


@dataclass(frozen=True)
class Take:
    """One video to render: where, by whose signature, and which session of theirs."""

    path: Path
    signature_seed: int
    session_seed: int


@dataclass(frozen=True)
class Demo:
    """The videos of the demo.

    Attributes
    ----------
    training
        Of id0 in four sessions, and of four other people.
    genuine, driven
        The suspects: id0 in a new session, and the same face driven by somebody else.
    """

    training: tuple[Take, ...]
    genuine: Take
    driven: Take


def plan_demo(out: str | Path) -> Demo:
    """Return the videos of the demo, to be made in the folders ``videos`` and ``suspects`` of `out`."""
    out = to_path(out)
    videos, suspects = out / "videos", out / "suspects"
    own = [
        Take(videos / f"{k + 1}_id0_pristine.mp4", _PERSON_SEED, session_seed=k)
        for k in range(_PERSON_SESSIONS)
    ]
    others = [
        Take(videos / f"{_PERSON_SESSIONS + k}_id{k}_celeb.mp4", signature_seed=k, session_seed=0)
        for k in range(1, _OTHER_PEOPLE + 1)
    ]
    return Demo(
        training=(*own, *others),
        genuine=Take(suspects / "genuine.mp4", _PERSON_SEED, _SUSPECT_SESSION),
        driven=Take(suspects / "driven.mp4", _DRIVER_SEED, _SUSPECT_SESSION),
    )


def render_demo(demo: Demo, *, monitor: Monitor | None = None) -> None:
    """Render the videos of the demo, one on each processor.

    Raises
    ------
    InputError
        When a video cannot be written.
    StoppedError
        When the monitor says so; no video is left half rendered.
    """
    monitor = monitor or Monitor()
    takes = (*demo.training, demo.genuine, demo.driven)
    with ExitStack() as stack:
        growing = {
            folder: stack.enter_context(growing_folder(folder))
            for folder in {take.path.parent for take in takes}
        }
        errors = call_side_by_side(
            _render,
            [(take, growing[take.path.parent]) for take in takes],
            workers=count_processors(),
            limit_s=Limits().time_s,
            advance=stack.enter_context(monitor.stage("Rendering videos", len(takes), "videos")),
        )
    for take, error in zip(takes, errors, strict=True):
        if error is not None:
            raise MotionsigError(f"{take.path} was not rendered. {error}") from error


def _render(take: Take, growing: Path) -> None:
    signature = Signature(take.signature_seed)
    render_session(signature, SECONDS, seed=take.session_seed, path=take.path, growing_in=growing)
