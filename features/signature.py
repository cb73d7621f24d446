"""The signature: 30 features, and the pairs of them whose correlation describes a person's way of moving.

Eight features of the voice may join them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations
from typing import Final, Literal, Self, get_args

from extract.frame_table import ACTION_UNITS
from features.voice import VOICE_FEATURES
from ground.errors import InputError

BODY_JOINTS: Final = (
    "leftShoulder", "rightShoulder", "leftElbow", "rightElbow", "leftWrist", "rightWrist",
)  # fmt: skip
BODY_FEATURES: Final = tuple(f"{joint}_{axis}" for axis in ("X", "Y") for joint in BODY_JOINTS)
# Yaw is no feature: published vectors leave it out because it follows where the listener stands.
FACE_FEATURES: Final = (*ACTION_UNITS, "pose_Rx", "pose_Rz")
MOUTH_FEATURES: Final = ("mouthH", "mouthV")
FEATURES: Final = (*BODY_FEATURES, *FACE_FEATURES)

SetName = Literal["full", "body", "face", "cross", "published-face", "voice", "full+voice"]
SET_NAMES: Final[tuple[SetName, ...]] = get_args(SetName)
_MOUTH_SUFFIX: Final = "+mouth"


@dataclass(frozen=True)
class PairSet:
    """A choice among the pairs of features, in the order of the published table.

    Attributes
    ----------
    name
        ``full``: all 435 pairs. ``body``: the 66 body-body pairs. ``face``: the 153 face-face pairs.
        ``cross``: the 216 body-face pairs. ``published-face``: the 369 pairs that the published notebook
        calls "face", namely all that are not body-body, so it keeps the cross pairs. ``voice``: the 268 pairs
        with a feature of the voice, 28 with another of them and 240 with body or face. ``full+voice``: all
        C(38, 2) = 703 pairs of both.
    mouth
        Whether `mouthH` and `mouthV` count as two more face features after `pose_Rz`. ``full`` then has
        C(32, 2) = 496 pairs, and ``full+voice`` C(40, 2) = 780.
    """

    name: SetName = "full"
    mouth: bool = False

    def __post_init__(self) -> None:
        if self.name not in SET_NAMES:
            raise InputError(f"There is no feature set '{self.name}'. Choose one of {', '.join(SET_NAMES)}.")
        if self.name == "body":  # no pair of the body holds the mouth: there is one such set, not two
            object.__setattr__(self, "mouth", False)

    @property
    def has_voice(self) -> bool:
        """Whether the set needs the voice, which lies beside the frame table."""
        return self.name in _VOICE_SETS

    @property
    def features(self) -> tuple[str, ...]:
        """The features that the set chooses pairs of: 30, two more with the mouth, eight with the voice."""
        mouth, voice = (MOUTH_FEATURES if self.mouth else ()), (VOICE_FEATURES if self.has_voice else ())
        return (*FEATURES, *mouth, *voice)

    @cached_property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The chosen pairs, in the order of `itertools.combinations`."""
        return tuple(pair for pair in combinations(self.features, 2) if self._holds(*pair))

    @cached_property
    def places(self) -> tuple[tuple[int, int], ...]:
        """The chosen pairs as places in `features`."""
        place = {name: column for column, name in enumerate(self.features)}
        return tuple((place[first], place[second]) for first, second in self.pairs)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The names ``first*second`` of the chosen pairs: the columns of the correlations table."""
        return tuple(f"{first}*{second}" for first, second in self.pairs)

    @property
    def label(self) -> str:
        """The name under which the set is stored, such as ``full``, ``full+mouth`` or ``full+voice``."""
        return self.name + (_MOUTH_SUFFIX if self.mouth else "")

    @classmethod
    def from_label(cls, label: str) -> Self:
        """Return the set that `label` names; raise InputError when none has that label."""
        name = label.removesuffix(_MOUTH_SUFFIX)
        return cls(name, mouth=name != label)  # type: ignore[arg-type]  # checked on construction

    def _holds(self, first: str, second: str) -> bool:
        if self.has_voice:  # its features come last
            return self.name == "full+voice" or second in VOICE_FEATURES
        body_members = (first in BODY_FEATURES) + (second in BODY_FEATURES)
        return body_members in _BODY_MEMBERS[self.name]


_VOICE_SETS: Final[tuple[SetName, ...]] = ("voice", "full+voice")
# How many features of a pair may belong to the body.
_BODY_MEMBERS: Final[dict[SetName, tuple[int, ...]]] = {
    "full": (0, 1, 2),
    "body": (2,),
    "face": (0,),
    "cross": (1,),
    "published-face": (0, 1),
}


def find_pair_set(columns: Sequence[str]) -> PairSet:
    """Return the set whose columns have the most names in common with `columns`, counting both sides' excess.

    It is the set that a table was most likely meant to hold; whether it does is for the caller to check.
    A set without the mouth wins a tie, as does a larger one.
    """
    given = set(columns)
    return min(_list_sets(), key=lambda pair_set: len(given.symmetric_difference(pair_set.columns)))


@cache
def _list_sets() -> tuple[PairSet, ...]:
    """Return all sets, made once: naming their pairs takes as long as reading a small table."""
    return tuple(PairSet(name, mouth) for mouth in (False, True) for name in SET_NAMES)
