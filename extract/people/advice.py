"""What to do about the body in the next frame, and whether the one that is found is the one wanted."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from extract.head import FaceSpot, HeadPlace


class Advice(NamedTuple):
    """What to do about the body in the next frame.

    Attributes
    ----------
    follow
        Whether a body is to be read at all.
    restart
        Whether the body reader must forget whom it followed.
    wanted
        The face of whoever is to be found, px of the frame; None for whoever is there.
    others
        Faces of others beside it, px of the frame.
    is_search
        Whether nobody is followed yet, so that whoever is found must be at the face wanted.
    """

    follow: bool
    restart: bool = False
    wanted: FaceSpot | None = None
    others: tuple[FaceSpot, ...] = ()
    is_search: bool = False


FOLLOW: Final = Advice(follow=True)


def is_aimed_at(place: HeadPlace | None, advice: Advice) -> bool:
    """Return whether a body's head is at the face that was wanted and no other; also where none was."""
    if place is None or advice.wanted is None or not advice.is_search:
        return True
    spot = spot_of(place)
    nearest = min((spot.distance_to(other) for other in advice.others), default=np.inf)
    return spot.may_be(advice.wanted) and spot.distance_to(advice.wanted) < nearest


def spot_of(head: HeadPlace) -> FaceSpot:
    """Return where the face of a body's head is."""
    x, y = (head.eyes + head.mouth) / 2
    return FaceSpot(float(x), float(y), head.width)
