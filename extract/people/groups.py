"""Which faces belong together, where nobody says who they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extract.people.person import SAME_PERSON, Embedding


def group_faces(embeddings: Sequence[Embedding], at_least: float = SAME_PERSON) -> list[list[int]]:
    """Return which embeddings belong to one person each.

    Parameters
    ----------
    embeddings
        None of them NaN.
    at_least
        Mean cosine between all embeddings of a person.

    Returns
    -------
    list of list of int
        The numbers of each person's embeddings, rising.
    """
    if len(embeddings) < 2:
        return [[k] for k in range(len(embeddings))]
    from scipy.cluster.hierarchy import fcluster, linkage

    labels = fcluster(
        linkage(np.array(embeddings, np.float64), method="average", metric="cosine"),
        1 - at_least,
        criterion="distance",
    )
    return [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]
