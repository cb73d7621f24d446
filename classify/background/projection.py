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

from classify.background.footage import Footage, Names, is_measured, number_pairs

Values = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]

_COMPONENTS: Final = 60
_SHRINKAGE: Final = 0.3
# How much what changes between recordings, and between collections, weighs beside what changes within one.
_BETWEEN: Final = 0.5
_LEAST_SCALE: Final = 1e-9
# Components with a smaller share of the power of the first are rounding: sums of float32 end there.
_LEAST_POWER: Final = 1e-7
_COLUMNS: Final = 64


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

        A missing number counts as the mean; a row with fewer than half of its numbers gives NaN.
        """
        standard = np.nan_to_num((numbers - self.mean) / self.scale)
        vectors = _to_unit(standard @ self.whitening - self.centre)
        vectors[~is_measured(numbers)] = np.nan
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
        # Mean and spread of cosines with all of the cohort, by its mean and scatter: thousands of people cost
        # no more than one.
        mean = self.cohort.mean(axis=0)
        centred = self.cohort - mean
        powers = np.einsum("ij,ij->i", vectors @ (centred.T @ centred / len(centred)), vectors)
        middle, spread = vectors @ mean, np.maximum(np.sqrt(np.maximum(powers, 0.0)), _LEAST_SCALE)
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
    basis = _find_components(stacked, np.sqrt(weights, dtype=np.float32))
    recordings = np.repeat(np.arange(len(sizes)), sizes)
    components = (stacked @ basis).astype(np.float64)
    means = average_groups(components, recordings)
    whitening = _whiten(_add_nuisances(components, recordings, means, footage))
    people = average_groups(means @ whitening, footage.people)
    centre = people.mean(axis=0)
    return Projection(mean, scale, basis @ whitening, centre, _to_unit(people - centre))


def average_groups(values: Values, groups: Names | Indices) -> Values:
    """Return the mean of the rows of each group, shape (groups, columns), in the groups' order."""
    _, places, counts = np.unique(groups, return_inverse=True, return_counts=True)
    sums = np.zeros((len(counts), values.shape[1]))
    np.add.at(sums, places, values)
    return sums / counts[:, None]


def _standardise(stacked: npt.NDArray[np.float32], weights: Values) -> tuple[Values, Values]:
    """Make numbers standard scores in place, 0 where missing; return what was their mean and scale."""
    mean, scale = np.zeros((2, stacked.shape[1]))
    # Some columns at a time: in float64, all of a large collection would not fit into memory.
    for first in range(0, stacked.shape[1], _COLUMNS):
        columns = slice(first, first + _COLUMNS)
        values = stacked[:, columns].astype(np.float64)
        present = ~np.isnan(values)
        shares = np.maximum(weights @ present, _LEAST_SCALE)
        mean[columns] = (weights @ np.nan_to_num(values)) / shares
        centred = np.where(present, values - mean[columns], 0.0)
        variance = (weights @ centred**2) / shares
        # What is the same for everybody tells nobody apart, and must not when a suspect has another value.
        scale[columns] = np.where(variance > _LEAST_SCALE**2, np.sqrt(variance), 1.0)
        stacked[:, columns] = centred / scale[columns]
    return mean, scale


def _find_components(standard: npt.NDArray[np.float32], roots: npt.NDArray[np.float32]) -> Values:
    """Return orthonormal directions of the most variance, shape (numbers, components).

    Parameters
    ----------
    standard, roots
        Standard scores of clips, and the square roots of how much each clip weighs.
    """
    weighted = standard * roots[:, None]
    rows, columns = weighted.shape
    gram = weighted @ weighted.T if rows < columns else weighted.T @ weighted
    powers, vectors = np.linalg.eigh(gram.astype(np.float64))
    powers, vectors = powers[::-1][:_COMPONENTS], vectors[:, ::-1][:, :_COMPONENTS]
    kept = powers > powers[0] * _LEAST_POWER
    powers, vectors = powers[kept], vectors[:, kept]
    return weighted.T @ vectors / np.sqrt(powers) if rows < columns else vectors


def _add_nuisances(components: Values, recordings: Indices, means: Values, footage: Footage) -> Values:
    """Return the scatter of what is not the person, shape (components, components).

    Parameters
    ----------
    components, recordings
        Of clips, and which recording each is of.
    means, footage
        Of recordings.
    """
    sessions = number_pairs(footage.people, footage.sessions)
    _, first = np.unique(sessions, return_index=True)
    between_sessions = _average_scatter(average_groups(means, sessions), footage.people[first])
    collections = _average_collections(means, footage)
    between_collections = _average_scatter(collections, np.zeros(len(collections), dtype=np.intp))
    # Where every recording is a single clip, nothing is known of what changes within one.
    scatter = _average_scatter(components, recordings)
    size = np.trace(scatter) or 1.0
    for between in (between_sessions, between_collections):
        if np.trace(between) > 0:
            scatter = scatter + between * (_BETWEEN * size / np.trace(between))
    return scatter


def _average_collections(means: Values, footage: Footage) -> Values:
    """Return the mean of the people of each collection with several, shape (collections, components)."""
    centres = []
    for collection in footage.list_shared_collections():
        rows = footage.collections == collection
        centres.append(average_groups(means[rows], footage.people[rows]).mean(axis=0))
    return np.reshape(centres, (-1, means.shape[1]))


def _average_scatter(values: Values, groups: Names | Indices) -> Values:
    """Return the covariance within groups, the mean over groups of at least two; 0 where there are none."""
    _, places, counts = np.unique(groups, return_inverse=True, return_counts=True)
    deviations = values - average_groups(values, groups)[places]
    several = max(int((counts > 1).sum()), 1)
    weights = 1 / (np.maximum(counts - 1, 1) * several)
    scatter: Values = (deviations * weights[places, None]).T @ deviations
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
