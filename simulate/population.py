"""Made-up people at the level of features: correlations whose spread between people and sessions is known.

Evaluation, calibration and learning curves can be tested on them for what they should be, because nobody has
to guess how much of a person is in the numbers. Thousands of clips take seconds: no video is rendered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

FEATURES: Final = 30
CLIP_S: Final = 10.0
STEP_S: Final = 5.0

_FACTORS: Final = 6
# Independent observations in the 5 s that two neighbouring clips share: neighbouring frames are alike, so
# there are fewer than frames. At 30 a correlation over a clip errs by about 1/sqrt(60) = .13.
_OBSERVATIONS: Final = 30
# Shares of clips that lack no, one and three of the features; one lacks 29 pairs, which is below 7 % of 435,
# three lack 84. The published table has 61, 28 and 11 %.
_LOST_FEATURES: Final = ((0, 1, 3), (0.61, 0.28, 0.11))
_LEFT_SHOULDER_X, _RIGHT_SHOULDER_X = 0, 1

Loadings = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Spread:
    """How far correlation structures lie apart: standard deviations of what is added to the factor loadings.

    Everybody shares loadings with standard deviation 1. To these a person adds their own, a context (kind of
    occasion, the same ones for everybody) its own, a session its own, and every 5 s their own. A method of
    faking adds its own to what the driving person does.
    """

    person: float = 0.2
    context: float = 0.2
    session: float = 0.3
    moment: float = 0.1
    method: float = 0.2


# No person differs from any other, so whatever tells them apart tells sessions apart. The sessions differ
# as much as the clips of one session agree: that is what a split over clips learns by heart.
NULL: Final = Spread(person=0.0, context=0.0, session=0.5, moment=0.1, method=0.0)
# People differ by less than their sessions do: about what real people show across recordings.
REAL: Final = Spread(person=0.1)
SEPARABLE: Final = Spread(person=1.0, context=0.1, session=0.1, moment=0.1, method=0.3)


@dataclass(frozen=True)
class PopulationPlan:
    """Who is filmed, how often and for how long.

    Attributes
    ----------
    person_sessions
        Videos of the person to learn, each a session.
    others, other_sessions
        Number of other people, and of videos of each.
    methods, videos_per_method
        Number of ways of faking the person, and of fakes by each; somebody else drives every fake.
    clips
        Clips of each video, each sharing half its frames with the next.
    contexts
        Number of kinds of occasions.
    missing
        Whether clips lack features as often as in the published table.
    spread
        How far everything lies apart.
    """

    person_sessions: int = 20
    others: int = 59
    other_sessions: int = 1
    methods: int = 3
    videos_per_method: int = 2
    clips: int = 20
    contexts: int = 4
    missing: bool = False
    spread: Spread = field(default_factory=Spread)


@dataclass(frozen=True)
class SimulatedVideo:
    """The clips of one video.

    Attributes
    ----------
    stem
        ``<n>_id<k>_<group>``, as in the published data set.
    subject, group, session
        As in a manifest; the session of a fake is its method.
    correlations
        float64, shape (clips, 435): pairs in the order of `itertools.combinations`, NaN where missing. The
        first is -1, as of the shoulders in signing space.
    """

    stem: str
    subject: str
    group: str
    session: str
    correlations: npt.NDArray[np.float64]


def simulate_population(plan: PopulationPlan, seed: int = 0) -> Iterator[SimulatedVideo]:
    """Yield the videos of a population: those of the person (``id0``), of other people, fakes of the person.

    The features of a clip are those of two halves of 5 s, and each half belongs to two clips. In a half
    they follow a normal distribution with a few common factors, whose loadings are the sum of the parts in
    `Spread`.

    Parameters
    ----------
    plan
        The people, and how much there is of each.
    seed
        The same seed gives the same population.
    """
    rng = np.random.default_rng(seed)
    spread = plan.spread
    common = _draw_loadings(rng, 1.0)
    contexts = [_draw_loadings(rng, spread.context) for _ in range(plan.contexts)]

    def film(stem: str, subject: str, group: str, session: str, mover: Loadings) -> SimulatedVideo:
        occasion = contexts[rng.integers(len(contexts))]
        loadings = common + mover + occasion + _draw_loadings(rng, spread.session)
        correlations = _correlate_clips(rng, loadings, plan)
        return SimulatedVideo(stem, subject, group, session, correlations)

    number = 0
    person = _draw_loadings(rng, spread.person)
    for _ in range(plan.person_sessions):
        stem = f"{number}_id0_pristine"
        yield film(stem, "id0", "pristine", stem, person)
        number += 1
    for other in range(1, plan.others + 1):
        mover = _draw_loadings(rng, spread.person)
        for _ in range(plan.other_sessions):
            stem = f"{number}_id{other}_celeb"
            yield film(stem, f"celeb_id{other}", "celeb", stem, mover)
            number += 1
    for method in range(plan.methods):
        artefact = _draw_loadings(rng, spread.method)
        for _ in range(plan.videos_per_method):
            driver = _draw_loadings(rng, spread.person)
            yield film(f"{number}_id0_fake", "id0", "fake", f"method {method}", driver + artefact)
            number += 1


def _draw_loadings(rng: np.random.Generator, size: float) -> Loadings:
    return rng.normal(0.0, size, (FEATURES, _FACTORS))


def _correlate_clips(
    rng: np.random.Generator, loadings: Loadings, plan: PopulationPlan
) -> npt.NDArray[np.float64]:
    halves = plan.clips + 1
    moments = loadings + rng.normal(0.0, plan.spread.moment, (halves, *loadings.shape))
    factors = rng.normal(size=(halves, _OBSERVATIONS, _FACTORS))
    signals = factors @ moments.transpose(0, 2, 1) + rng.normal(size=(halves, _OBSERVATIONS, FEATURES))
    signals[..., _RIGHT_SHOULDER_X] = -signals[..., _LEFT_SHOULDER_X]
    clips = np.concatenate([signals[:-1], signals[1:]], axis=1)
    clips -= clips.mean(axis=1, keepdims=True)
    clips /= np.linalg.norm(clips, axis=1, keepdims=True)
    first, second = np.triu_indices(FEATURES, 1)
    products = clips.transpose(0, 2, 1) @ clips
    correlations: npt.NDArray[np.float64] = products[:, first, second].clip(-1.0, 1.0)
    if plan.missing:
        counts = rng.choice(_LOST_FEATURES[0], size=plan.clips, p=_LOST_FEATURES[1])
        for row, count in zip(correlations, counts, strict=True):
            lost = rng.choice(FEATURES, count, replace=False)
            row[np.isin(first, lost) | np.isin(second, lost)] = np.nan
    return correlations
