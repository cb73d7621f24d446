"""What a background of thousands of recordings costs: to learn, to keep, to enrol and judge with.

    python bench/background_scale.py            # 400 and 800 recordings: about three minutes
    python bench/background_scale.py 10000      # other numbers of recordings

Made-up people with two sessions each and recordings of 24 s: five clips, in the numbers of all descriptors
that a background needs. Each size is learnt in a process of its own. The exponent says how time grows: 1 is
in proportion to recordings. A background of 5,000 people is one of the smallest size with a made-up cohort,
which is all that enrolling and judging know of its size. Times are of one processor.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from support.frame_tables import make_frame_table

from classify.background.background import Background
from classify.background.enrolled import enrol
from classify.background.files import load_background, load_enrolment, save_background, save_enrolment
from classify.background.judging import judge_recording
from classify.background.learning import learn_background, name_descriptors
from features.descriptors.registry import DESCRIPTORS
from features.recordings import Recording
from ground.files import hash_file

SIZES: Final = (400, 800)
CLIPS: Final = 5
SESSIONS: Final = 2
PEOPLE: Final = 5000
_STARTS_S: Final = 4.0 * np.arange(CLIPS)
_DIRECTIONS: Final = 20
_READING: Final = make_frame_table("made-up", 10, missing=0.0, seed=0).metadata.reading


def make_recording(person: int, session: int) -> Recording:
    """Return made-up numbers of a person in a session: what is theirs, the session's, and the clip's."""
    of_person, of_session = np.random.default_rng([person]), np.random.default_rng([person, session + 1])
    numbers = {}
    for place, name in enumerate(name_descriptors()):
        directions = np.random.default_rng([place]).normal(size=(_DIRECTIONS, len(DESCRIPTORS[name].numbers)))
        usual = of_person.normal(size=_DIRECTIONS) + of_session.normal(size=_DIRECTIONS)
        here = usual + of_session.normal(size=(CLIPS, _DIRECTIONS))
        numbers[name] = here @ directions + of_session.normal(size=(CLIPS, directions.shape[1]))
    stem = f"{person}_{session}"
    return Recording(
        video=f"{stem}.mp4",
        sha256=f"{person:032x}{session:032x}",
        subject=f"person {person}",
        session=stem,
        collection=f"collection {person % 3}",
        reading=_READING,
        seconds=24.0,
        start_s=_STARTS_S,
        end_s=_STARTS_S + 8.0,
        face_share=np.ones(CLIPS),
        body_share=np.ones(CLIPS),
        numbers=numbers,
    )


def measure_learning(size: int, path: Path) -> tuple[float, float, float]:
    """Learn from so many recordings; return processor seconds, and GiB before and at the most."""
    recordings = [make_recording(*divmod(k, SESSIONS)) for k in range(size)]
    before = _measure_memory()
    start = time.process_time()
    learnt = learn_background(recordings)
    taken = time.process_time() - start
    save_background(learnt, path)
    return taken, before, _measure_memory()


def _measure_memory() -> float:
    """Return the most memory that this process has had, GiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1 << (30 if sys.platform == "darwin" else 20))


def enlarge(background: Background, people: int) -> Background:
    """Return a background whose cohort is as large as that of so many people, of vectors drawn at random."""
    rng = np.random.default_rng(0)
    projections = {}
    for name, projection in background.projections.items():
        vectors = rng.normal(size=(people, len(projection.centre)))
        cohort = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        projections[name] = replace(projection, cohort=cohort)
    footage = background.card.footage.model_copy(update={"people": people})
    card = background.card.model_copy(update={"footage": footage})
    return replace(background, card=card, projections=projections)


def time_enrolling(background: Background, folder: Path) -> None:
    """Print how long the steps of `motionsig enrol` and `motionsig classify` take, beside reading a video."""
    path, person = folder / "background.skops", folder / "person.skops"
    save_background(background, path)
    own, suspect = make_recording(PEOPLE + 1, 0), make_recording(PEOPLE + 1, 1)
    marks = [time.process_time()]
    learnt = load_background(path)
    marks.append(time.process_time())
    save_enrolment(enrol(learnt, hash_file(path), "somebody", [own], sessions_said=True), person)
    marks.append(time.process_time())
    enrolment = load_enrolment(person)
    marks.append(time.process_time())
    judge_recording(enrolment, suspect)
    marks.append(time.process_time())
    loading, enrolling, loading_person, judging = np.diff(marks)
    print(
        f"A background of {PEOPLE} people, {path.stat().st_size / 1e6:.0f} MB: load it {loading:.2f} s, "
        f"enrol and write {enrolling:.2f} s; load the person {loading_person:.2f} s, judge {judging:.2f} s."
    )


def main() -> None:
    """Print a row a size, then what enrolling and judging cost."""
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{size}.skops" for size in sizes]
        print(
            "| recordings | processor time | exponent | memory of recordings | most memory | file |\n"
            + "|---" * 6
            + "|"
        )
        last = None
        for size, path in zip(sizes, paths, strict=True):
            # A fresh process, whose largest memory is that of this size alone.
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                taken, before, most = pool.apply(measure_learning, (size, path))
            exponent = "-" if last is None else f"{np.log(taken / last[1]) / np.log(size / last[0]):.2f}"
            print(
                f"| {size} | {taken:.0f} s | {exponent} | {before:.2f} GiB | {most:.2f} GiB | "
                f"{path.stat().st_size / 1e6:.1f} MB |",
                flush=True,
            )
            last = size, taken
        time_enrolling(enlarge(load_background(paths[0]), PEOPLE), Path(folder))


if __name__ == "__main__":
    main()
