"""What each part of the method contributes to knowing people in other recordings: figures without it.

    MOTIONSIG_TEST_PEOPLE=FOLDER python bench/signature_parts.py

The figures of `bench/signature_people.py`, of the fused descriptors, with one part of the method left out at
a time. Takes about four minutes on one core, and less on several.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Final
from unittest.mock import patch

import joblib
import numpy as np
import numpy.typing as npt
from support.people import find_people_or_skip, gather_people
from support.verification import print_table

from classify.background import crossing, projection
from classify.background.figures import VerificationFigures
from classify.background.footage import Footage
from classify.background.learning import FUSED
from classify.background.projection import Projection, fit_projections
from classify.background.verification import verify_footage

Values = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]


def cosine(_: Projection, vectors: Values, first: Indices, second: Indices) -> Values:
    """Return cosines that no cohort normalises."""
    cosines: Values = np.einsum("ij,ij->i", vectors[first], vectors[second])
    return cosines


def same_length(enrolled_s: Values, suspect_s: Values) -> Values:
    """Return the same for all lengths, so that calibration does not know them."""
    return np.zeros(np.broadcast(enrolled_s, suspect_s).shape)


def blind(field: str, footage: Footage) -> dict[str, Projection]:
    """Learn projections that do not know sessions, or collections."""
    if field == "sessions":
        return fit_projections(replace(footage, sessions=footage.people))
    return fit_projections(replace(footage, collections=np.full(len(footage), "")))


# A sphere is what shrinking by 1 makes of any scatter: principal components stay as they are.
PARTS: Final[dict[str, Callable[[], AbstractContextManager[object]]]] = {
    "nothing left out": nullcontext,
    "without cohort": lambda: patch.object(Projection, "score", cosine),
    "without sessions in whitening": lambda: patch.object(
        crossing, "fit_projections", partial(blind, "sessions")
    ),
    "without collections in whitening": lambda: patch.object(
        crossing, "fit_projections", partial(blind, "collections")
    ),
    "without whitening": lambda: patch.object(projection, "_SHRINKAGE", 1.0),
    "without length in calibration": lambda: patch.object(crossing, "effective_length", same_length),
}


def measure(part: str, footage: Footage) -> VerificationFigures:
    """Return the figures without a part."""
    with PARTS[part]():
        verified = verify_footage(footage, [FUSED])
    return verified.measure(verified.picked_ratios)


def main() -> None:
    """Print a row a part."""
    footage = gather_people(find_people_or_skip(), FUSED)
    jobs = (joblib.delayed(measure)(part, footage) for part in PARTS)
    print_table("method", zip(PARTS, joblib.Parallel(n_jobs=-1)(jobs), strict=True))


if __name__ == "__main__":
    main()
