"""Whom extraction measures in rendered interviews: the person's frames, and those of anybody else.

    python bench/interviews.py [MINUTES [SEED]]

An interview of 20 minutes is rendered (`simulate.direction`), read, and compared with the truth, once without
a reference, for the person most seen, and once with a picture of the host. Targets: 99 % of the person's
frames measured, none of somebody else.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import pandas as pd
from support.truth import compare

from extract.extraction import extract_video
from extract.extraction_options import ExtractionOptions
from extract.frame_table import read_frame_table
from extract.people.references import learn_reference
from ground.errors import VideoError
from simulate.controls import CONTROL_NAMES
from simulate.direction import GUEST, HOST, draw_script
from simulate.interview import render_interview
from simulate.render import Renderer
from simulate.script import Person

MINUTES: Final = 20.0
LATE_S: Final = 0.5  # a transition is known so late at most, as in bench/shots.py


def write_photo(person: Person, path: Path) -> Path:
    """Write a picture of somebody at rest."""
    picture = Renderer(person.look, person.portrait).render(np.zeros(len(CONTROL_NAMES)))
    cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
    return path


def measure(video: Path, truth: pd.DataFrame, name: str, options: ExtractionOptions) -> None:
    """Read an interview and print whom its frame table is about."""
    start = time.perf_counter()
    try:
        table = read_frame_table(extract_video(video, video.with_name(f"{name}.parquet"), options).table)
    except VideoError as error:
        print(f"{name}: {error}\n")
        return
    person = table.metadata.person
    print(
        f"{name}, read in {time.perf_counter() - start:.0f} s; chosen by {person and person.choice}, "
        f"{person and person.people} people told apart, {person and person.shots} shots"
    )
    print(compare(table.frames, truth, name).tabulate().round(2).to_string(), "\n")
    print(f"cuts noticed: {count_cuts(table.frames, truth)}\n")


def count_cuts(frames: pd.DataFrame, truth: pd.DataFrame) -> str:
    """Return how many beginnings of shots are marked, by how the shot begins, and marks elsewhere."""
    late = round(LATE_S / float(truth["time_s"].diff().median()))
    first = np.flatnonzero(np.diff(truth["shot"], prepend=-1) != 0)[1:]
    marks = np.flatnonzero(frames["cut"] == 1)
    dissolves = truth["dissolve"].to_numpy(dtype=np.bool_)
    ends = {k: k + int(np.argmin(dissolves[k:])) for k in first}  # the end of the dissolve, or the cut
    found = {k: bool(((marks >= k) & (marks <= ends[k] + late)).any()) for k in first}
    said = []
    for words, which in (
        ("cuts", [k for k in first if ends[k] == k]),
        ("dissolves", [k for k in first if ends[k] > k]),
    ):
        said.append(f"{sum(found[k] for k in which)} of {len(which)} {words}")
    near = np.zeros(len(truth), np.bool_)
    for k in first:
        near[k : ends[k] + late + 1] = True
    return f"{', '.join(said)}; {int((~near[marks]).sum())} elsewhere"


def main() -> None:
    """Print the figures."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "interview.mp4"
        script = draw_script(60 * minutes, seed=seed)
        start = time.process_time()
        truth = pd.read_csv(render_interview(script, video))
        print(
            f"{script.frames} frames in {len(script.shots)} shots, rendered in "
            f"{time.process_time() - start:.0f} s of one core\n"
        )
        # A guest who is asked much may be seen less than the host.
        most_seen = max((GUEST, HOST), key=lambda name: truth[f"{name}_visible"].sum())
        measure(video, truth, most_seen, ExtractionOptions())
        (host,) = (person for person in script.people if person.name == HOST)
        reference = learn_reference([write_photo(host, Path(folder) / "host.png")], HOST)
        measure(video, truth, HOST, ExtractionOptions(person=reference))


if __name__ == "__main__":
    main()
