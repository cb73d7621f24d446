"""The videos of the demo: one face that moves by several people's signatures, and an interview."""

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
from simulate.interview import render_interview
from simulate.officer import OFFICER
from simulate.placing import Place
from simulate.portrait import ANCHORS, HEIGHT
from simulate.script import Appearance, Person, Script, Shot
from simulate.signature import Signature, draw_session
from simulate.speech import speak
from simulate.video import dub_session, render_session

# Many short sessions, not a few long ones: a video is consistent above the lowest score of a held-out
# session, and of few sessions the lowest is too high for many a new one. docs/simulation.md says what was
# tried.
_FPS: Final = 12.0
_TRAINING_S: Final = 15.0
_SUSPECT_S: Final = 25.0
_PERSON_SESSIONS: Final = 6
# In the session of signature 4 a face is distorted so far that it counts as a second person's.
_OTHER_SEEDS: Final = (1, 2, 3, 5)
_PERSON_SEED: Final = 0
_DRIVER_SEED: Final = 7
_SUSPECT_SESSION: Final = 100
_HOST_SEED: Final = 9

# The interview: its picture, px, its shots, s, and how large people are. No clip may span a cut.
_SIZE: Final = (800, 600)
_TALK_S, _QUESTION_S, _TOGETHER_S = 15.25, 2.75, 15.25
_NEAR, _FAR = 0.68, 0.48


@dataclass(frozen=True)
class Dubbing:
    """A copy of a video with other sound: where, and which session of the same person is heard."""

    path: Path
    session_seed: int


@dataclass(frozen=True)
class Take:
    """One video to render: where, by whose signature, which session of theirs, and how long.

    `dubbing` is a copy of it to make too; None for no copy.
    """

    path: Path
    signature_seed: int
    session_seed: int
    seconds: float
    dubbing: Dubbing | None = None


@dataclass(frozen=True)
class FilmedInterview:
    """The interview to render: where, and what it shows."""

    path: Path
    script: Script


@dataclass(frozen=True)
class Demo:
    """The videos of the demo.

    Attributes
    ----------
    training
        Of id0 in six sessions, and of four other people.
    genuine, driven, dubbed
        The suspects: id0 in a new session, the same face driven by somebody else, and the genuine pictures
        with the sound of another session, which are made along with the genuine ones.
    interview
        Another suspect: id0 answers somebody who is in the picture too, or alone in it, for a while. None
        where faces cannot be told apart.
    """

    training: tuple[Take, ...]
    genuine: Take
    driven: Take
    dubbed: Dubbing
    interview: FilmedInterview | None

    @property
    def suspects(self) -> tuple[Path, ...]:
        """Where the videos are that are judged."""
        judged = (self.genuine, self.driven, self.dubbed, self.interview)
        return tuple(one.path for one in judged if one is not None)


def plan_demo(out: str | Path, *, with_interview: bool = True) -> Demo:
    """Return the videos of the demo, to be made in the folders ``videos`` and ``suspects`` of `out`.

    Parameters
    ----------
    out
        A folder.
    with_interview
        Whether there is one: without networks that tell faces apart its person cannot be known.
    """
    out = to_path(out)
    videos, suspects = out / "videos", out / "suspects"
    own = [
        Take(videos / f"{k + 1}_id0_pristine.mp4", _PERSON_SEED, k, _TRAINING_S)
        for k in range(_PERSON_SESSIONS)
    ]
    others = [
        Take(videos / f"{_PERSON_SESSIONS + k}_id{seed}_celeb.mp4", seed, 0, _TRAINING_S)
        for k, seed in enumerate(_OTHER_SEEDS, start=1)
    ]
    dubbed = Dubbing(suspects / "dubbed.mp4", _SUSPECT_SESSION + 1)
    return Demo(
        training=(*own, *others),
        genuine=Take(suspects / "genuine.mp4", _PERSON_SEED, _SUSPECT_SESSION, _SUSPECT_S, dubbed),
        driven=Take(suspects / "driven.mp4", _DRIVER_SEED, _SUSPECT_SESSION, _SUSPECT_S),
        dubbed=dubbed,
        interview=FilmedInterview(suspects / "interview.mp4", _write_script()) if with_interview else None,
    )


def _write_script() -> Script:
    """Return an interview of three shots: id0 answers, the host asks, and both are in the picture."""
    guest = Person("id0", Signature(_PERSON_SEED), liveliness=1.0)  # as in the other videos
    host = Person("host", Signature(_HOST_SEED), OFFICER)
    shots = (
        (_TALK_S, (_seat(guest, _NEAR, 0.5),)),
        (_QUESTION_S, (_seat(host, _NEAR, 0.5),)),
        (_TOGETHER_S, (_seat(guest, _FAR, 0.27), _seat(host, _FAR, 0.76))),
    )
    return Script(
        people=(guest, host),
        shots=tuple(
            Shot("single" if len(seen) == 1 else "two-shot", round(seconds * _FPS), seen, scenery=4)
            for seconds, seen in shots
        ),
        fps=_FPS,
        seed=_SUSPECT_SESSION,
        size=_SIZE,
    )


def _seat(person: Person, scale: float, across: float) -> Appearance:
    """Return somebody so far across the picture who reaches down to its lower edge."""
    width, height = _SIZE
    head_y = height - (HEIGHT - ANCHORS["head_centre"][1]) * scale
    return Appearance(person.name, Place.of_head(person.portrait.anchors, scale, across * width, head_y))


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
    # The longest first, so that no processor waits long for the last one.
    takes: list[Take | FilmedInterview] = [demo.genuine, demo.driven, *demo.training]
    if demo.interview is not None:
        takes.insert(0, demo.interview)
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


def _render(take: Take | FilmedInterview, growing: Path) -> None:
    if isinstance(take, FilmedInterview):
        render_interview(take.script, take.path, growing_in=growing)
        return
    signature = Signature(take.signature_seed)
    render_session(
        signature, take.seconds, seed=take.session_seed, path=take.path, fps=_FPS, growing_in=growing
    )
    if dubbing := take.dubbing:
        heard = dubbing.session_seed
        speech = speak(signature, draw_session(signature, take.seconds, _FPS, heard), seed=heard)
        dub_session(take.path, speech, path=dubbing.path, growing_in=growing)
