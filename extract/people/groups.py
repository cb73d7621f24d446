"""Which faces belong together, where nobody says who they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from extract.people.person import Embedding

# People are told apart by the mean cosine between all their faces. Faces of one recording: .70 to .95, of
# different people up to .30.
_ONE_PERSON: Final = 0.45


def group_faces(embeddings: Sequence[Embedding]) -> list[list[int]]:
    """Return which embeddings belong to one person each, by the mean cosine between all of theirs."""
    if len(embeddings) < 2:
        return [[k] for k in range(len(embeddings))]
    from scipy.cluster.hierarchy import fcluster, linkage

    labels = fcluster(
        linkage(np.array(embeddings, np.float64), method="average", metric="cosine"),
        1 - _ONE_PERSON,
        criterion="distance",
    )
    return [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]
