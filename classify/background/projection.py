"""Where recordings of one person lie close together: numbers of a descriptor to a whitened space.

Standard scores, principal components, then whitening by what is not the person: how clips scatter within a
recording, how recordings of one person differ, and how collections (cameras, encoders) differ, as in
within-class covariance normalisation (Hatch et al. 2006) and inter-dataset variability compensation
(Aronowitz 2014), shrunk towards a sphere. Directions in which anybody changes count less. Cosines there are
normalised by a cohort on both sides (symmetric normalisation, Shum et al. 2010).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

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


@dataclass(frozen=True)
class Groups:
    """Rows that belong together.

    Attributes
    ----------
    places
        int, shape (rows,): the group of each row, from 0.
    counts
        int, shape (groups,): how many rows each has.
    """

    places: Indices
    counts: Indices

    @classmethod
    def of(cls, names: Names | Indices) -> Self:
        """Return the rows of the same name as groups, in the order of the names."""
        _, places, counts = np.unique(names, return_inverse=True, return_counts=True)
        return cls(places, counts)

    def average(self, values: Values) -> Values:
        """Return the mean of the rows of each group, shape (groups, columns)."""
        sums = np.zeros((len(self.counts), values.shape[1]))
        np.add.at(sums, self.places, values)
        return sums / self.counts[:, None]


@dataclass(frozen=True)
class _Origins:
    """Whom recordings show, and where they come from: the same for all descriptors.

    Attributes
    ----------
    people, sessions
        Groups of recordings.
    session_people
        Groups of sessions: of one person.
    collections
        The recordings of each collection with several people, and their people.
    """

    people: Groups
    sessions: Groups
    session_people: Groups
    collections: Sequence[tuple[Indices, Groups]]

    @classmethod
    def of(cls, footage: Footage) -> Self:
        numbers = number_pairs(footage.people, footage.sessions)
        _, first, places, counts = np.unique(
            numbers, return_index=True, return_inverse=True, return_counts=True
        )
        collections = [
            np.flatnonzero(footage.collections == name) for name in footage.list_shared_collections()
        ]
        return cls(
            Groups.of(footage.people),
            Groups(places, counts),
            Groups.of(footage.people[first]),
            [(rows, Groups.of(footage.people[rows])) for rows in collections],
        )


def fit_projections(footage: Footage) -> dict[str, Projection]:
    """Learn the projection of each descriptor; every recording weighs the same."""
    origins = _Origins.of(footage)
    return {name: _fit_projection(clips, origins) for name, clips in footage.clips.items()}


def _fit_projection(clips: Sequence[npt.NDArray[np.float32]], origins: _Origins) -> Projection:
    stacked = np.concatenate(clips)
    sizes = np.array([len(values) for values in clips])
    weights = np.repeat(1 / (len(clips) * sizes), sizes)
    mean, scale = _standardise(stacked, weights)
    basis = _find_components(stacked, np.sqrt(weights, dtype=np.float32))
    recordings = Groups(np.repeat(np.arange(len(sizes)), sizes), sizes)
    components = stacked @ basis
    means = recordings.average(components)
    whitening = _whiten(_add_nuisances(components, recordings, means, origins))
    people = origins.people.average(means @ whitening)
    centre = people.mean(axis=0)
    return Projection(mean, scale, basis @ whitening, centre, _to_unit(people - centre))


def _standardise(stacked: npt.NDArray[np.float32], weights: Values) -> tuple[Values, Values]:
    """Make numbers standard scores in place, 0 where missing; return what was their mean and scale."""
    mean, scale = np.zeros((2, stacked.shape[1]))
    # Some columns at a time: in float64, all of a large collection would not fit into memory.
    for first in range(0, stacked.shape[1], _COLUMNS):
        columns = slice(first, first + _COLUMNS)
        values = stacked[:, columns].astype(np.float64)
        present = ~np.isnan(values)
        shares = np.maximum(weights @ present, _LEAST_SCALE)
        mean[columns] = (weights @ np.where(present, values, 0.0)) / shares
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


def _add_nuisances(components: Values, recordings: Groups, means: Values, origins: _Origins) -> Values:
    """Return the scatter of what is not the person, shape (components, components).

    Parameters
    ----------
    components, recordings
        Of clips, and which recording each is of.
    means, origins
        Of recordings.
    """
    sessions = origins.sessions.average(means)
    people = origins.session_people
    between_sessions = _average_scatter(sessions, people, people.average(sessions))
    collections = _average_collections(means, origins)
    together = Groups.of(np.zeros(len(collections), dtype=np.intp))
    between_collections = _average_scatter(collections, together, together.average(collections))
    # Where every recording is a single clip, nothing is known of what changes within one.
    scatter = _average_scatter(components, recordings, means)
    size = np.trace(scatter) or 1.0
    for between in (between_sessions, between_collections):
        if np.trace(between) > 0:
            scatter = scatter + between * (_BETWEEN * size / np.trace(between))
    return scatter


def _average_collections(means: Values, origins: _Origins) -> Values:
    """Return the mean of the people of each collection with several, shape (collections, components)."""
    centres = [people.average(means[rows]).mean(axis=0) for rows, people in origins.collections]
    return np.reshape(centres, (-1, means.shape[1]))


def _average_scatter(values: Values, groups: Groups, means: Values) -> Values:
    """Return the covariance within groups, the mean over groups of at least two; 0 where there are none.

    Parameters
    ----------
    values, groups, means
        Rows, which of them belong together, and the mean of each group.
    """
    deviations = values - means[groups.places]
    several = max(int((groups.counts > 1).sum()), 1)
    weights = 1 / (np.maximum(groups.counts - 1, 1) * several)
    scatter: Values = (deviations * weights[groups.places, None]).T @ deviations
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
