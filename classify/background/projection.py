"""Where recordings of one person lie close together: numbers of a descriptor to a whitened space.

Standard scores, principal components, then whitening by what is not the person: how clips scatter within a
recording, how recordings of one person differ, and how collections (cameras, encoders) differ, as in
within-class covariance normalisation (Hatch et al. 2006) and inter-dataset variability compensation
(Aronowitz 2014), shrunk towards a sphere. Directions in which anybody changes count less. Cosines there are
normalised by a cohort on both sides (symmetric normalisation, Shum et al. 2010).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.sparse

from classify.background.footage import Footage, Names, number_pairs

Values = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_COMPONENTS: Final = 60
_SHRINKAGE: Final = 0.3
# How much what changes between recordings, and between collections, weighs beside what changes within one.
_BETWEEN: Final = 0.5
_LEAST_SCALE: Final = 1e-9
_PAIR: Final = 2


@dataclass(frozen=True)
class Projection:
    """What a background has learnt of one descriptor.

    Attributes
    ----------
    mean, scale
        float64, shape (numbers,): of clips.
    whitening
        float64, shape (numbers, components): standard scores to the whitened space.
    centre
        float64, shape (components,): mean of people.
    cohort
        float64, shape (people, components): people's means as unit vectors.
    """

    mean: Values
    scale: Values
    whitening: Values
    centre: Values
    cohort: Values

    def embed(self, numbers: Values) -> Values:
        """Return unit vectors, shape (rows, components), of numbers, shape (rows, numbers).

        A missing number counts as the mean; a row without any number gives NaN.
        """
        standard = np.nan_to_num((numbers - self.mean) / self.scale)
        vectors = _to_unit(standard @ self.whitening - self.centre)
        vectors[np.isnan(numbers).all(axis=1)] = np.nan
        return vectors

    def score(self, vectors: Values, first: Indices, second: Indices) -> Values:
        """Return the normalised cosines of pairs of embedded rows, shape (pairs,); NaN where one is missing.

        Parameters
        ----------
        vectors
            float64, shape (rows, components): of `embed`.
        first, second
            int, shape (pairs,): rows of either side.
        """
        against = vectors @ self.cohort.T
        middle, spread = against.mean(axis=1), np.maximum(against.std(axis=1), _LEAST_SCALE)
        cosines = np.einsum("ij,ij->i", vectors[first], vectors[second])
        scores: Values = (cosines - middle[first]) / spread[first] + (cosines - middle[second]) / spread[
            second
        ]
        return scores / 2


def fit_projection(footage: Footage, descriptor: str) -> Projection:
    """Learn the projection of a descriptor; every recording weighs the same."""
    clips = footage.clips[descriptor]
    stacked = np.concatenate(clips)
    sizes = np.array([len(values) for values in clips])
    weights = np.repeat(1 / (len(clips) * sizes), sizes)
    mean, scale = _standardise(stacked, weights)
    standard = np.nan_to_num((stacked - mean) / scale)
    basis = _find_components(standard * np.sqrt(weights)[:, None])
    reduced = standard @ basis
    recordings = np.repeat(np.arange(len(clips)), sizes)
    means = average_groups(reduced, recordings)
    whitening = _whiten(_add_nuisances(reduced, recordings, means, footage))
    people = average_groups(means @ whitening, footage.people)
    centre = people.mean(axis=0)
    return Projection(mean, scale, basis @ whitening, centre, _to_unit(people - centre))


def average_groups(values: Values, groups: Names | Indices) -> Values:
    """Return the mean of the rows of each group, shape (groups, columns), in the groups' order."""
    return _average(values, *np.unique(groups, return_inverse=True, return_counts=True)[1:])


def _average(values: Values, places: Indices, counts: Indices) -> Values:
    # One product of matrices: adding rows one by one takes most of the time of learning.
    belongs = scipy.sparse.csr_array((1 / counts[places], (places, np.arange(len(places)))))
    means: Values = belongs @ values
    return means


def _standardise(stacked: npt.NDArray[np.float32], weights: Values) -> tuple[Values, Values]:
    present = ~np.isnan(stacked)
    shares = np.maximum(weights @ present, _LEAST_SCALE)
    mean = (weights @ np.nan_to_num(stacked)) / shares
    variance = (weights @ np.where(present, stacked - mean, 0.0) ** 2) / shares
    # What is the same for everybody tells nobody apart, and must not when a suspect has another value.
    return mean, np.where(variance > _LEAST_SCALE**2, np.sqrt(variance), 1.0)


def _find_components(weighted: Values) -> Values:
    """Return orthonormal directions of the most variance, shape (numbers, components)."""
    rows, columns = weighted.shape
    gram = weighted @ weighted.T if rows < columns else weighted.T @ weighted
    powers, vectors = np.linalg.eigh(gram)
    powers, vectors = powers[::-1][:_COMPONENTS], vectors[:, ::-1][:, :_COMPONENTS]
    kept = powers > powers[0] * _LEAST_SCALE
    powers, vectors = powers[kept], vectors[:, kept]
    return weighted.T @ vectors / np.sqrt(powers) if rows < columns else vectors


def _add_nuisances(reduced: Values, recordings: Indices, means: Values, footage: Footage) -> Values:
    """Return the scatter of what is not the person, shape (components, components)."""
    scatter = _average_scatter(reduced, recordings)
    # Where every recording is a single clip, nothing is known of what changes within one.
    size = np.trace(scatter) or 1.0
    _, first, sessions = np.unique(
        number_pairs(footage.people, footage.sessions), return_index=True, return_inverse=True
    )
    session_means, people = average_groups(means, sessions), footage.people[first]
    for between in (_average_scatter(session_means, people), _scatter_collections(means, footage)):
        if np.trace(between) > 0:
            scatter = scatter + between * (_BETWEEN * size / np.trace(between))
    return scatter


def _scatter_collections(means: Values, footage: Footage) -> Values:
    """Return the scatter between the collections that have several people; 0 for fewer than two of them."""
    centres = []
    for collection in np.unique(footage.collections[footage.collections != ""]):
        rows = footage.collections == collection
        people = average_groups(means[rows], footage.people[rows])
        if len(people) > 1:
            centres.append(people.mean(axis=0))
    if len(centres) < _PAIR:
        return np.zeros((means.shape[1], means.shape[1]))
    return _average_scatter(np.array(centres), np.zeros(len(centres), dtype=np.intp))


def _average_scatter(values: Values, groups: Names | Indices) -> Values:
    """Return the mean over groups, of two rows or more, of the covariance of their rows."""
    _, places, counts = np.unique(groups, return_inverse=True, return_counts=True)
    rows = counts[places] > 1
    deviations = (values - _average(values, places, counts)[places])[rows]
    weights = 1 / ((counts[places] - 1) * max(int((counts > 1).sum()), 1))[rows]
    scatter: Values = (deviations * weights[:, None]).T @ deviations
    return scatter


def _whiten(scatter: Values) -> Values:
    """Return what makes a scatter, shrunk, a sphere, shape (components, components)."""
    size = max(np.trace(scatter) / len(scatter), _LEAST_SCALE)
    powers, vectors = np.linalg.eigh((1 - _SHRINKAGE) * scatter + _SHRINKAGE * size * np.eye(len(scatter)))
    whitening: Values = (vectors / np.sqrt(powers)) @ vectors.T
    return whitening


def _to_unit(vectors: Values) -> Values:
    units: Values = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _LEAST_SCALE)
    return units
