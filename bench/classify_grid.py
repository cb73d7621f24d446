"""The published grid on 7,182 x 435: our search against plain GridSearchCV. Target: at least 3 x faster.

    python bench/classify_grid.py [clips]

20 hyperparameters, 5 folds, on the null and on the separable simulated population. Those chosen must be the
same and the scores equal within 1e-3. Takes about nine minutes on one core; fewer clips take less.
"""

from __future__ import annotations

import sys
import time

import numpy as np
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from classify.estimators import PUBLISHED_GRID
from classify.search import score_held_out
from simulate.population import NULL, SEPARABLE, PopulationPlan, Spread, simulate_population

CLIPS = 7_182
FOLDS = 5


def main() -> None:
    """Time both on both populations."""
    clips = int(sys.argv[1]) if len(sys.argv) > 1 else CLIPS
    for name, spread in (("null", NULL), ("separable", SEPARABLE)):
        compare(name, *make_table(clips, spread))


def make_table(clips: int, spread: Spread) -> tuple[np.ndarray, np.ndarray]:
    """Return standard scores and labels in about the published mixture: 89 % are of the person."""
    sessions = clips // 100 + 1
    plan = PopulationPlan(sessions, sessions // 2, methods=2, clips=90, spread=spread)
    videos = list(simulate_population(plan))
    values = np.concatenate(
        [video.correlations[: 90 if video.group == "pristine" else 20] for video in videos]
    )
    labels = np.concatenate(
        [[video.group == "pristine"] * (90 if video.group == "pristine" else 20) for video in videos]
    )
    rows = np.random.default_rng(0).permutation(len(values))[:clips]
    return StandardScaler().fit_transform(values[rows]), labels[rows]


def compare(name: str, values: np.ndarray, labels: np.ndarray) -> None:
    """Print the ratio of the times, and how the results differ."""
    start = time.perf_counter()
    folds = list(StratifiedKFold(FOLDS).split(values, labels))
    held_out = score_held_out("svc", PUBLISHED_GRID, values, labels, folds, prepare=False)
    ours = [
        np.mean([accuracy_score(labels[rows], scores[rows] > 0) for _, rows in folds]) for scores in held_out
    ]
    ours_s = time.perf_counter() - start

    start = time.perf_counter()
    grid = {"C": [0.01, 0.1, 1, 10, 100], "gamma": ["scale", "auto"], "kernel": ["rbf", "poly"]}
    plain = GridSearchCV(SVC(), grid, cv=FOLDS, scoring="accuracy", n_jobs=-1, refit=False)
    plain.fit(values, labels)
    plain_s = time.perf_counter() - start

    assert list(PUBLISHED_GRID) == plain.cv_results_["params"]
    theirs = plain.cv_results_["mean_test_score"]
    print(
        f"{name}, {len(values)} x {values.shape[1]}, {labels.mean():.0%} of the person: ours {ours_s:.1f} s, "
        f"GridSearchCV {plain_s:.1f} s, {plain_s / ours_s:.1f} x faster (target: at least 3); "
        f"scores differ by at most {np.abs(ours - theirs).max():.1e} (target: 1e-3); "
        f"chosen {PUBLISHED_GRID[int(np.argmax(ours))]}, {plain.best_params_}"
    )


if __name__ == "__main__":
    main()
