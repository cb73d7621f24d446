"""The published experiment, step by step, with what makes its figures flatter left in.

The notebook of Bohacek & Farid's reconstruction: the 7 % rule, column means and a scaler fitted on all clips,
a random split of clips that share half their frames with their neighbours, a grid search by accuracy, and one
accuracy on the 20 % of clips that the split left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, confusion_matrix
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from classify.estimators import PUBLISHED_GRID
from classify.metrics import Confusion
from classify.search import score_held_out
from classify.training_set import TrainingSet
from ground.errors import TrainingError
from ground.records import Record

# As in the notebook: "face" is all that does not end in a body feature, so it keeps the cross pairs.
PUBLISHED_SETS: Final = ("full", "face", "body")
STEPS: Final = 5  # folds of the search, which are the steps in which it tells its progress
_TEST_SHARE: Final = 0.2
_SEED: Final = 42


class PublishedResult(Record):
    """What the notebook prints for one set of pairs.

    Attributes
    ----------
    pairs
        How many.
    hyperparameters, grid_accuracy
        ``best_params_`` and ``best_score_`` of the grid search.
    accuracy, recall_target, recall_non_target, confusion
        On the random 20 %.
    majority_accuracy
        Of always giving the more frequent answer there; the notebook does not print it.
    """

    pairs: int
    hyperparameters: dict[str, Any]
    grid_accuracy: float
    accuracy: float
    recall_target: float
    recall_non_target: float
    majority_accuracy: float
    confusion: Confusion[int]


def choose_columns(pairs: Sequence[str], set_name: str) -> npt.NDArray[np.bool_]:
    """Return which of the pairs belong to the notebook's set ``full``, ``face`` or ``body``."""
    is_body = np.array([pair.endswith(("_X", "_Y")) for pair in pairs])
    return {"full": np.ones_like(is_body), "face": ~is_body, "body": is_body}[set_name]


def run_published(
    clips: TrainingSet, *, workers: int = -1, on_progress: Callable[[], None] | None = None
) -> PublishedResult:
    """Run the notebook's experiment.

    Parameters
    ----------
    clips
        Clips with at most 7 % of their pairs missing, in the order of the table: the split depends on it.
    workers
        Threads for the search; -1 for one a processor.
    on_progress
        Called after each of the `STEPS` folds of the search, from its thread.

    Raises
    ------
    TrainingError
        When there are too few clips of either class for its split and its five folds.
    """
    labels = clips.is_target
    filled = SimpleImputer(keep_empty_features=True).fit_transform(clips.values)
    scaled = StandardScaler().fit_transform(filled)
    known, unknown, known_labels, truth = train_test_split(
        scaled, labels, test_size=_TEST_SHARE, random_state=_SEED
    )
    fewest = min(known_labels.sum(), (~known_labels).sum())
    if fewest < STEPS or truth.all() or not truth.any():
        raise TrainingError(
            f"The published protocol needs at least {STEPS} clips of the person and {STEPS} of others in "
            f"the 80 % that it trains on (here {fewest}), and some of each in the 20 %. Add videos."
        )
    folds = list(StratifiedKFold(STEPS).split(known, known_labels))
    scores = score_held_out(
        "svc",
        PUBLISHED_GRID,
        known,
        known_labels,
        folds,
        prepare=False,
        workers=workers,
        on_progress=on_progress,
    )
    accuracies = [
        np.mean([accuracy_score(known_labels[rows], row[rows] > 0) for _, rows in folds]) for row in scores
    ]
    best = int(np.argmax(accuracies))
    hyperparameters = PUBLISHED_GRID[best]
    called = SVC(**hyperparameters).fit(known, known_labels).predict(unknown)
    (true_other, false_person), (false_other, true_person) = confusion_matrix(truth, called).tolist()
    return PublishedResult(
        pairs=scaled.shape[1],
        hyperparameters=hyperparameters,
        grid_accuracy=float(accuracies[best]),
        accuracy=float(accuracy_score(truth, called)),
        recall_target=true_person / (true_person + false_other),
        recall_non_target=true_other / (true_other + false_person),
        majority_accuracy=float(max(truth.mean(), 1 - truth.mean())),
        confusion=Confusion[int](
            target_called_target=true_person,
            target_called_non_target=false_other,
            non_target_called_target=false_person,
            non_target_called_non_target=true_other,
        ),
    )
