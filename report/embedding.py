"""Clips of a data set as points in a plane, in which alike ones lie together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

# As in the published notebook.
COMPONENTS: Final = 50
PERPLEXITY: Final = 40.0
ITERATIONS: Final = 3000
_LEARNING_RATE: Final = 200.0
_SEED: Final = 42
# With fewer that differ there is nothing to arrange.
FEWEST_CLIPS: Final = 10


@dataclass(frozen=True)
class Embedding:
    """Where clips lie.

    Attributes
    ----------
    points
        float64, shape (clips, 2), by t-SNE.
    nearest
        int, shape (clips,): the nearest other clip among the principal components.
    note
        How it was made, in a sentence, with what a small table forced.
    """

    points: npt.NDArray[np.float64]
    nearest: npt.NDArray[np.intp]
    note: str


def embed(correlations: pd.DataFrame) -> Embedding | None:
    """Arrange clips by PCA, then t-SNE; None when fewer than ten of them differ.

    Missing values are filled with column means and columns standardised, as in the published notebook. A
    table with fewer clips than components has as many components as it can, and the perplexity, which is
    about the number of neighbours that a clip is compared with, is at most a third of the clips.

    Parameters
    ----------
    correlations
        One row a clip, without the clips of which too much is missing.
    """
    values = correlations.to_numpy(dtype=np.float64)
    if len(values) < FEWEST_CLIPS:
        return None
    prepare = make_pipeline(SimpleImputer(keep_empty_features=True), StandardScaler())
    prepared = prepare.fit_transform(values)
    if len(np.unique(prepared.round(9), axis=0)) < FEWEST_CLIPS:
        return None
    components = min(COMPONENTS, len(values) - 1, values.shape[1])
    pca = PCA(components, random_state=_SEED)
    reduced = pca.fit_transform(prepared)
    perplexity = min(PERPLEXITY, (len(values) - 1) / 3)
    points = TSNE(
        perplexity=perplexity,
        max_iter=ITERATIONS,
        learning_rate=_LEARNING_RATE,
        init="pca",
        random_state=_SEED,
        n_jobs=-1,
    ).fit_transform(reduced)
    nearest = NearestNeighbors(n_neighbors=1).fit(reduced).kneighbors(return_distance=False)[:, 0]
    note = (
        f"PCA to {components} components, which hold {pca.explained_variance_ratio_.sum():.0%} of the "
        f"variance, then t-SNE with perplexity {perplexity:.3g} and {ITERATIONS:,} iterations, seed {_SEED}."
    )
    if components < COMPONENTS or perplexity < PERPLEXITY:
        note += (
            f" The published {COMPONENTS} components and perplexity {PERPLEXITY:g} need more than the "
            f"{len(values)} clips here, so both were reduced. In so small a picture, groups mean little."
        )
    return Embedding(points.astype(np.float64), nearest, note)
