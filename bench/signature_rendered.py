"""What a background says of rendered people and of fakes of each kind.

    python bench/signature_rendered.py

People are rendered, extracted, and enrolled from one recording each, with a background of further rendered
people. It prints how well the same face is told by its motion, how far the score moves when nothing but the
face changes, and what each region of the person says of each kind of fake. Takes about five minutes on two
cores.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.metrics import roc_auc_score

from classify.background.background import Background
from classify.background.enrolled import Judged, enrol
from classify.background.learning import learn_background, name_descriptors
from extract.extraction import extract_video
from extract.frame_table import read_frame_table
from features.recordings import Recording, describe_recording
from simulate.fakes import sync_lips
from simulate.looks import OTHER_LOOK, Look
from simulate.painting import Image
from simulate.render import render_frames
from simulate.signature import Signature, draw_session
from simulate.video import write_video

PEOPLE = range(6)
BACKGROUND_PEOPLE = range(20, 32)
SECONDS, FPS = 20.0, 12.0
# Sessions of the tested people: what is enrolled, what is judged, and where the speech of a lip-sync is from.
ENROLLED, JUDGED, SPEECH = range(3)
REGIONS = ("mouth", "brows and lids", "head", "body")
SMALL = 0.75

GENUINE, REREAD = "the person in a new session", f"the same frames at {SMALL:g} of the size"
SWAPPED = "the same motion with another face on it"
OWN_SPEECH, OTHER_SPEECH = "lip-sync to another session of the person", "lip-sync to somebody else"
REENACTED = "the person's face moved by somebody else"


@dataclass(frozen=True)
class Scene:
    """A video to render: who moves, in which session, whose mouth and face is seen, and how large."""

    person: int
    session: int
    mouth: tuple[int, int] | None = None  # person and session
    look: Look | None = None
    small: bool = False

    def render(self) -> Iterator[Image]:
        """Yield the frames."""
        controls = draw_session(Signature(self.person), SECONDS, FPS, self.session)
        if self.mouth is not None:
            speaker, session = self.mouth
            controls = sync_lips(controls, draw_session(Signature(speaker), SECONDS, FPS, session))
        frames = render_frames(controls, self.look)
        return map(shrink, frames) if self.small else frames


def shrink(frame: Image) -> Image:
    """Make a frame smaller, with even sides."""
    height, width = (round(SMALL * side / 2) * 2 for side in frame.shape[:2])
    return np.asarray(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def record(scene: Scene, name: str, folder: Path) -> Recording:
    """Render, extract and describe one video."""
    video = folder / f"{name}.mp4"
    write_video(video, scene.render(), FPS)
    table = read_frame_table(extract_video(video, video.with_suffix(".parquet")).table)
    return replace(
        describe_recording(table, name_descriptors()),
        subject=f"person {scene.person}",
        session=f"person {scene.person} session {scene.session}",
        collection="portrait" if scene.look is None else "other face",
    )


def plan_suspects(person: int) -> dict[str, Scene]:
    """Return what is judged, by kind, besides the reenactments, which are the others' genuine videos."""
    other = PEOPLE[(PEOPLE.index(person) + 1) % len(PEOPLE)]
    genuine = Scene(person, JUDGED)
    return {
        GENUINE: genuine,
        REREAD: replace(genuine, small=True),
        SWAPPED: replace(genuine, look=OTHER_LOOK),
        OWN_SPEECH: replace(genuine, mouth=(person, SPEECH)),
        OTHER_SPEECH: replace(genuine, mouth=(other, SPEECH)),
    }


def unbind(background: Background) -> Background:
    """Return a background whose ratios have no bounds: at a bound nothing moves any more."""
    free = {"lowest": -np.inf, "highest": np.inf}
    card = background.card
    regions = {
        name: one.model_copy(update={"calibration": one.calibration.model_copy(update=free)})
        for name, one in card.regions.items()
    }
    update = {"calibration": card.calibration.model_copy(update=free), "regions": regions}
    return replace(background, card=card.model_copy(update=update))


def main() -> None:
    """Print the figures."""
    scenes = {f"enrolled {person}": Scene(person, ENROLLED) for person in PEOPLE}
    scenes |= {f"{kind} {person}": one for person in PEOPLE for kind, one in plan_suspects(person).items()}
    # The two faces are two collections, and both are seen with both sessions' motion.
    scenes |= {
        f"background {person} {session}": Scene(
            person, session, look=OTHER_LOOK if (person + session) % 2 else None
        )
        for person in BACKGROUND_PEOPLE
        for session in range(2)
    }
    with tempfile.TemporaryDirectory() as folder:
        call = delayed(record)
        numbered = [call(scene, str(number), Path(folder)) for number, scene in enumerate(scenes.values())]
        recordings = dict(zip(scenes, Parallel(n_jobs=-1)(numbered), strict=True))
    learnt_from = [one for name, one in recordings.items() if name.startswith("background")]
    background = learn_background(learnt_from)
    found = background.card.verification
    print(f"background of {found.people} people: AUC {found.auc.value:.3f}, Cllr {found.cllr.value:.2f}\n")
    report(unbind(background), recordings)


def report(background: Background, recordings: dict[str, Recording]) -> None:
    """Print what is said of the tested people."""
    people = {
        one: enrol(background, "0" * 64, f"person {one}", [recordings[f"enrolled {one}"]], sessions_said=True)
        for one in PEOPLE
    }

    def judge(kind: str) -> list[Judged]:
        return [person.judge(recordings[f"{kind} {one}"]) for one, person in people.items()]

    genuine = judge(GENUINE)
    reenacted = [
        person.judge(recordings[f"{GENUINE} {other}"])
        for one, person in people.items()
        for other in PEOPLE
        if other != one
    ]
    print_auc(genuine, reenacted)
    spread = float(np.std(to_ratios(genuine), ddof=1))
    print(f"log10 LR of genuine suspects: standard deviation {spread:.2f}, without bounds\n")
    print(f"| suspect | videos | log10 LR | moved, in these deviations | {' | '.join(REGIONS)} |")
    print("|---" * (4 + len(REGIONS)) + "|")
    for kind in (GENUINE, REREAD, SWAPPED, OWN_SPEECH, OTHER_SPEECH):
        judged = judge(kind)
        moved = np.abs(to_ratios(judged) - to_ratios(genuine)).mean() / spread
        print_row(kind, judged, "-" if kind == GENUINE else f"{moved:.2f}")
    print_row(REENACTED, reenacted, "-")


def print_auc(genuine: list[Judged], reenacted: list[Judged]) -> None:
    """Print how well the motion on one face is told."""
    scores = np.concatenate([to_ratios(genuine), to_ratios(reenacted)])
    is_target = np.arange(len(scores)) < len(genuine)
    auc = roc_auc_score(is_target, scores)
    print(f"same face, other motion: AUC {auc:.3f} ({len(genuine)} videos against {len(reenacted)})")


def print_row(kind: str, judged: list[Judged], moved: str) -> None:
    """Print the means of one kind of suspect."""
    regions = [np.mean([to_log10(one.regions[region]) for one in judged]) for region in REGIONS]
    cells = [f"{value:+.1f}" for value in (to_ratios(judged).mean(), *regions)]
    print(f"| {kind} | {len(judged)} | {cells[0]} | {moved} | {' | '.join(cells[1:])} |")


def to_ratios(judged: list[Judged]) -> npt.NDArray[np.float64]:
    """Return log10 likelihood ratios, NaN for none."""
    return np.array([to_log10(one.score) for one in judged])


def to_log10(llr: float | None) -> float:
    """Return a natural log-likelihood ratio to base 10, NaN for none."""
    return np.nan if llr is None else llr / float(np.log(10))


if __name__ == "__main__":
    main()
