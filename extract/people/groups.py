"""Which faces belong together, where nobody says who they are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from extract.people.person import OTHER_PERSON, Embedding


def group_faces(embeddings: Sequence[Embedding]) -> list[list[int]]:
    """Return which embeddings belong to one person each, by the mean cosine between all of a person's.

    Parameters
    ----------
    embeddings
        None of them NaN.

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
        1 - OTHER_PERSON,
        criterion="distance",
    )
    return [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]
