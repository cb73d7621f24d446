"""A background: what was learnt, once, from other people, and what enrols a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from classify.background.calibration import ScoredTrials, effective_length
from classify.background.card import BackgroundCard
from classify.background.footage import average_sessions, find_usable
from classify.background.identities import Identities
from classify.background.projection import Projection
from classify.cells import average_clips
from features.descriptors.descriptor import Region
from features.descriptors.registry import name_region
from features.motion_trace import Trace
from features.recordings import Recording
from ground.descriptions import describe_differences
from ground.errors import ModelError

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Background:
    """What was learnt from other people.

    Attributes
    ----------
    card
        From whom, and how well it does.
    projections
        Of each descriptor that is fused and of each region (`features.descriptors.registry.name_region`).
    spread
        By descriptor: float64, shape (numbers,): how much each number changes from clip to clip of anybody,
        as a standard deviation within recordings.
    identities
        Whom and what it was learnt from.
    traces
        How head and mouth move in each recording, by the SHA-256 of its video, which finds copies of them.
    """

    card: BackgroundCard
    projections: Mapping[str, Projection]
    spread: Mapping[str, Values]
    identities: Identities
    traces: Mapping[str, Trace] = field(default_factory=dict)

    def check_reading(self, recording: Recording) -> None:
        """Raise ModelError, naming every difference, unless a recording was read as the background's were."""
        if differences := describe_differences(self.card.reading, recording.reading):
            raise ModelError(
                f"The background and {recording.video} were read differently: {'; '.join(differences)}. "
                "Extract the video as the background's were, or learn a background from footage that was "
                "read like the video."
            )

    def describe(self, recordings: Sequence[Recording]) -> dict[str, Values]:
        """Return the person of some recordings as one row of numbers by descriptor.

        Clips are averaged within each recording, recordings within each session, and sessions alike: a long
        session must not decide alone.
        """
        sessions = np.array([one.session for one in recordings])
        usable = [(one, find_usable(one, self.card.fused)) for one in recordings]
        return {
            name: average_sessions(
                np.array([average_clips(one.numbers[name][rows]) for one, rows in usable]), sessions
            )
            for name in self.projections
        }

    def compare(
        self,
        enrolled: Mapping[str, Values],
        seconds: float,
        sessions: int,
        suspects: Mapping[str, Values],
        suspect_s: Values,
    ) -> Ratios:
        """Return what is said of suspects.

        Parameters
        ----------
        enrolled, seconds, sessions
            The person as `describe` returns it, and how long a face was measured in how many sessions.
        suspects
            By descriptor: float64, shape (suspects, numbers).
        suspect_s
            float64, shape (suspects,): how long a face was measured in each.
        """
        n = len(suspect_s)
        scores = {}
        for name, projection in self.projections.items():
            vectors = projection.embed(np.vstack([enrolled[name][None], suspects[name]]))
            scores[name] = projection.score(vectors, np.zeros(n, dtype=np.intp), np.arange(1, n + 1))
        length = effective_length(np.full(n, seconds), suspect_s)
        enrolled_sessions = np.full(n, float(sessions))

        def choose(names: Sequence[str]) -> ScoredTrials:
            chosen = np.column_stack([scores[name] for name in names])
            return ScoredTrials(chosen, length, enrolled_sessions)

        regions = {
            region: known.calibration.to_llr(choose([name_region(region)]))
            for region, known in self.card.regions.items()
        }
        return Ratios(self.card.calibration.align(choose(self.card.fused)), regions)


@dataclass(frozen=True)
class Ratios:
    """Natural log-likelihood ratios of suspects, shape (suspects,); NaN where too much is missing.

    Attributes
    ----------
    scores
        Without bounds.
    regions
        Of each region by itself, bounded.
    """

    scores: Values
    regions: Mapping[Region, Values]
