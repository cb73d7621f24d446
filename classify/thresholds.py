"""Two scores between which nothing is claimed."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from classify.records import Record

# Unless somebody states another: 5 % of other people's held-out clips may score as a match, and 5 % of the
# person's own as no match.
ERROR_RATE: Final = 0.05


class Thresholds(Record):
    """Scores above `match_above` are a match, below `no_match_below` none, between them neither.

    `error_rate` is the share of held-out clips, or videos, that each of them was chosen to let err.
    """

    no_match_below: float
    match_above: float
    error_rate: float

    def decide(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return 1 for a match, -1 for no match, 0 for neither and where there is no score."""
        decisions: npt.NDArray[np.int64] = (scores > self.match_above).astype(np.int64)
        return decisions - (scores < self.no_match_below)


def choose_thresholds(
    scores: npt.NDArray[np.float64], is_person: npt.NDArray[np.bool_], error_rate: float = ERROR_RATE
) -> Thresholds:
    """Return the two scores between which nothing is claimed.

    One is the score that at most `error_rate` of other people's held-out clips exceed, the other the score
    that at most `error_rate` of the person's own stay below. A match must pass both, a no match must fail
    both: where the classes overlap as where they lie far apart, the space between them is no evidence.

    Parameters
    ----------
    scores
        float64, shape (n,): scores of clips, or of videos, whose source was held out.
    is_person
        bool, shape (n,).
    error_rate
        From 0 to less than 1.
    """
    others_reach = np.quantile(scores[~is_person], 1 - error_rate, method="higher")
    person_falls_to = np.quantile(scores[is_person], error_rate, method="lower")
    low, high = sorted((float(others_reach), float(person_falls_to)))
    return Thresholds(no_match_below=low, match_above=high, error_rate=error_rate)
