"""All descriptors, by name."""

from __future__ import annotations

from typing import Final

from features.descriptors.covariance import LogCovariance
from features.descriptors.descriptor import Descriptor, Region
from features.descriptors.events import EventRates
from features.descriptors.joined import Joined
from features.descriptors.kinematics import Kinematics
from features.descriptors.pairs import Lags, Pairs
from features.descriptors.regions import list_region
from features.descriptors.spreads import Spreads
from features.frame_signals import MOTION_SIGNALS
from features.signature import BODY_FEATURES, FACE_FEATURES
from ground.errors import InputError

_BODY_PAIRS: Final = Pairs("body-pairs", BODY_FEATURES)


def _describe_region(region: Region, *, kinematics: bool = False) -> Joined:
    signals = list_region(region, MOTION_SIGNALS)
    parts: list[Descriptor] = [Pairs("side-pairs", signals), Spreads("spreads", signals, within=region)]
    if kinematics:
        parts.append(Kinematics("kinematics", signals))
    return Joined(name_region(region), tuple(parts))


def name_region(region: Region) -> str:
    """Return the name of the descriptor that looks at one region alone, such as ``region:mouth``."""
    return f"region:{region}"


# A name that two descriptors share among their numbers stands for the same number.
DESCRIPTORS: Final[dict[str, Descriptor]] = {
    descriptor.name: descriptor
    for descriptor in (
        Pairs("face-pairs", FACE_FEATURES),
        _BODY_PAIRS,
        Pairs("side-pairs", MOTION_SIGNALS),
        LogCovariance("side-covariance", MOTION_SIGNALS),
        Spreads("spreads", MOTION_SIGNALS),
        Kinematics("kinematics", MOTION_SIGNALS),
        EventRates("events"),
        Lags("lags", FACE_FEATURES),
        _describe_region("mouth"),
        _describe_region("brows and lids"),
        # Three signals have three pairs: how the head moves over time tells more.
        _describe_region("head", kinematics=True),
        Joined(name_region("body"), (_BODY_PAIRS,)),
    )
}


def find_descriptor(name: str) -> Descriptor:
    """Return the descriptor of the given name, one of `DESCRIPTORS`.

    Raises
    ------
    InputError
        When there is none of that name.
    """
    if name not in DESCRIPTORS:
        raise InputError(f"There is no descriptor '{name}'. Choose among: {', '.join(DESCRIPTORS)}.")
    return DESCRIPTORS[name]
