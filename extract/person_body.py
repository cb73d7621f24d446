"""The body of the one person who is measured, frame by frame, through shots and among other people."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from extract.body import BodyReading, BodyTracker
from extract.following import PersonFollower, SeenHead
from extract.head import HeadPlace, locate_head
from extract.people.advice import FOLLOW, is_aimed_at, spot_of
from extract.people.faces import FacePrint, print_face
from extract.people.lookout import Lookout
from extract.picture import Frame
from extract.shots import ShotDetector


class SeenBody(NamedTuple):
    """What was found in a frame.

    Attributes
    ----------
    body, place
        The body, and where it has its head; None where the person was not found.
    since_s
        Where the frame begins another shot, the time from which on the frames before it belong to neither
        shot; None elsewhere.
    """

    body: BodyReading | None
    place: HeadPlace | None
    since_s: float | None


class PersonBody:
    """Reads one person's body in successive frames.

    Parameters
    ----------
    tracker
        Reads bodies; it has seen the frames before these, or none.
    lookout
        Looks out for the person's face; None where faces are not told apart, so that whoever is found first
        is followed to the end of the shot.
    person
        Whom to follow, seen before these frames or in the first of them; None for nobody in particular.
    shots
        Divides the frames into shots, and has seen those before these, if there are any.
    """

    def __init__(
        self,
        tracker: BodyTracker,
        lookout: Lookout | None = None,
        person: SeenHead | None = None,
        shots: ShotDetector | None = None,
    ) -> None:
        self._tracker, self._lookout = tracker, lookout
        self._follower = PersonFollower(person)
        self._shots = shots or ShotDetector()
        self._before: Frame | None = None
        self._head: HeadPlace | None = None
        self._print: FacePrint | None = None
        self._times: list[float] = []

    def read(self, frame: Frame) -> SeenBody:
        """Return the person's body in the next frame."""
        start = self._shots.notice(frame.image, frame.time_s)
        if start is not None:
            self._begin_shot(start.since_s)
        self._times.append(frame.time_s)
        advice = FOLLOW if self._lookout is None else self._lookout.advise(frame, self._head)
        if advice.restart:
            self._forget()
        shown = self._follower.show(frame.image, frame.time_s, frame.scale)
        body = self._tracker.read(shown, advice.wanted) if advice.follow else None
        place = locate_head(body)
        is_person = is_aimed_at(place, advice) and self._follower.keep(place)
        if self._lookout is not None and place is not None and is_person and self._jumps(frame, place):
            self._look_back()
            is_person = self._lookout.confirm(frame, place)
        if self._lookout is not None:
            self._lookout.note(found=is_person)
            if place is not None and not is_person:
                self._lookout.lose()
                self._tracker.restart()
        self._before, self._head = frame, place if is_person else None
        return SeenBody(body if is_person else None, self._head, None if start is None else start.since_s)

    def label_rows(self) -> npt.NDArray[np.int8]:
        """Return for each frame 1 where it is the person's, 0 where that is not known, -1 where it is not."""
        return np.zeros(len(self._times), np.int8) if self._lookout is None else self._lookout.label_rows()

    def _jumps(self, frame: Frame, place: HeadPlace) -> bool:
        """Return whether the head is suddenly another than it was when it was seen last, or elsewhere."""
        before, self._print = self._print, print_face(frame.image, spot_of(place))
        return before is not None and before.is_broken_by(self._print)

    def _look_back(self) -> None:
        if self._lookout is not None and self._before is not None and self._head is not None:
            self._lookout.look_back(self._before, self._head)

    def _begin_shot(self, since_s: float) -> None:
        self._look_back()
        self._forget()
        if self._lookout is not None:
            self._lookout.begin_shot(int(np.searchsorted(self._times, since_s)))

    def _forget(self) -> None:
        self._tracker.restart()
        self._follower.forget()
        self._head = None
        self._print = None
