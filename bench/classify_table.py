"""`motionsig classify` of a correlations table of 1,000 clips. Targets: 1 s after start-up; --help in 0.5 s.

python bench/classify_table.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from classify.model_file import load_model, save_model
from classify.person_model import train_person
from classify.scoring import judge_videos
from motionsig.use_cases.population_tables import write_population
from motionsig.use_cases.suspects import read_suspect
from simulate.population import PopulationPlan

CLIPS_OF_A_VIDEO = 20
VIDEOS = 50
REPEATS = 5


def main() -> None:
    """Train on one population and time judging another."""
    with tempfile.TemporaryDirectory() as name:
        training, suspect = Path(name) / "training.csv", Path(name) / "suspect.csv"
        write_population(training, PopulationPlan(methods=0, clips=CLIPS_OF_A_VIDEO))
        write_population(suspect, PopulationPlan(VIDEOS, 0, methods=0, clips=CLIPS_OF_A_VIDEO))
        model = Path(name) / "id0.skops"
        save_model(train_person(training, "id0", classifier="svc"), model)

        def judge() -> None:
            loaded = load_model(model)
            assert len(judge_videos(loaded, *read_suspect(suspect, loaded))) == VIDEOS

        judge()  # imports
        print(
            f"Loading the model, reading and judging {VIDEOS * CLIPS_OF_A_VIDEO} clips: "
            f"{seconds(judge):.2f} s (target: below 1)"
        )
        classify = ["classify", str(suspect), "--model", str(model), "-o", str(Path(name) / "out")]
        whole, start = seconds(lambda: run(*classify)), seconds(lambda: run("show", str(model)))
        print(
            f"The command: {whole:.2f} s, of which `motionsig show`, start-up and model alone, {start:.2f} s"
        )
    print(f"motionsig --help: {seconds(lambda: run('--help')):.2f} s (target: below 0.5)")


def run(*arguments: str) -> None:
    """Run the command line in a process of its own."""
    subprocess.run([sys.executable, "-m", "motionsig", *arguments], check=True, capture_output=True)


def seconds(work: Callable[[], None]) -> float:
    """Return the least time of several."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


if __name__ == "__main__":
    main()
