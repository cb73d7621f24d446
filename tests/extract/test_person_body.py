"""Where people cross each other's way, only the person's body is read and known as theirs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scripted_faces import (
    FPS,
    ScriptedNetworks,
    Shown,
    direction,
    like,
    make_cast,
    make_frame,
    make_head,
    read_number,
)

from extract.body import BodyReading
from extract.head import FaceSpot
from extract.people.cast import Cast
from extract.people.faces import FacePrint
from extract.people.lookout import Lookout
from extract.person_body import PersonBody
from extract.shots import ShotStart

ANN, BOB = direction(0), direction(1)
HERE, NEAR = FaceSpot(60, 80, 50), FaceSpot(100, 80, 50)  # closer than a body that is nobody else's may jump


class Hopping:
    """A body reader that goes where it is sent, and in some frames hops to where it was not."""

    def __init__(self, hops: dict[int, FaceSpot], start: FaceSpot = HERE) -> None:
        self._hops, self._start = hops, start
        self.shown: dict[int, np.ndarray] = {}
        self._at: FaceSpot | None = None

    def read(self, image: np.ndarray, wanted: FaceSpot | None = None) -> BodyReading | None:
        self.shown[read_number(image)] = image
        goal = wanted if self._at is None and wanted else self._at or self._start
        self._at = self._hops.get(read_number(image), goal)
        return body_at(self._at)

    def restart(self) -> None:
        self._at = None

    def close(self) -> None: ...


def body_at(spot: FaceSpot) -> BodyReading:
    head = make_head(spot)
    landmarks = np.zeros((33, 3))
    landmarks[:11, :2] = head.nose
    landmarks[[2, 5], :2], landmarks[[9, 10], :2] = head.eyes, head.mouth
    landmarks[7, 0], landmarks[8, 0] = spot.x + spot.width / 2, spot.x - spot.width / 2
    return BodyReading(landmarks, np.ones(33))


def read(script: list[list[Shown]], hops: dict[int, FaceSpot], cast: Cast) -> tuple[PersonBody, list[float]]:
    """Return the reader after the frames of a script, and where it read a nose in each; NaN for nowhere."""
    person = PersonBody(Hopping(hops), Lookout(ScriptedNetworks(script), cast))  # type: ignore[arg-type]
    seen = [person.read(make_frame(number)) for number in range(len(script))]
    return person, [np.nan if one.place is None else float(one.place.nose[0]) for one in seen]


def test_a_body_that_hops_to_somebody_near_is_noticed_in_the_same_frame_and_called_back() -> None:
    """From frame 33 on the reader is at Bob; looks are 25 frames apart."""
    script = [[Shown(HERE, ANN), Shown(NEAR, BOB)]] * 60
    person, noses = read(script, {33: NEAR}, make_cast(ANN, BOB))
    assert np.isnan(noses[33])
    assert set(noses[:33] + noses[34:]) == {HERE.x}
    assert person.label_rows().tolist() == [1] * 33 + [-1] + [1] * 26


def test_a_face_that_takes_the_place_of_a_known_one_is_told_anew() -> None:
    """Bob stands before Ann from 33 to 43: his face is where hers was a moment before."""
    between = FaceSpot(72, 80, 72)  # larger, so that the head is not the same
    script = [[Shown(HERE, ANN)]] * 33 + [[Shown(between, BOB)]] * 10 + [[Shown(HERE, ANN)]] * 20
    hops = dict.fromkeys(range(33, 43), between)
    person, noses = read(script, hops, make_cast(ANN, BOB))
    assert person.label_rows()[:43].tolist() == [1] * 33 + [-1] * 10
    assert np.isnan(noses[33:43]).all()
    assert noses[-1] == HERE.x
    assert person.label_rows()[-10:].tolist() == [1] * 10


class Cut:
    """Says that one frame begins another shot, and that its transition began earlier."""

    def __init__(self, frame: int, since: int) -> None:
        self._at, self._since = frame / FPS, since / FPS

    def notice(self, image: np.ndarray, time_s: float) -> ShotStart | None:
        return ShotStart(self._since) if time_s == self._at else None


@pytest.mark.parametrize(
    ("others", "since", "own"),
    [
        ([BOB], 45, 26),  # Ann was seen at 25, and Bob in the last frame, 44
        ([BOB], 43, 43),  # the last frame belongs to the transition: nothing says that it was not Ann
        ([], 45, 45),  # nobody else is in the video
    ],
)
def test_whoever_took_the_persons_place_unseen_before_a_cut_is_not_the_person(
    others: list[np.ndarray], since: int, own: int
) -> None:
    """The picture turns into one of Bob, in the same place, from frame 30 on; looks are at 0 and 25."""
    script = [[Shown(HERE, ANN)]] * 30 + [[Shown(HERE, BOB)]] * 15 + [[]]
    networks = ScriptedNetworks(script)
    lookout = Lookout(networks, make_cast(ANN, *others))  # type: ignore[arg-type]
    person = PersonBody(Hopping({}), lookout, shots=Cut(45, since))  # type: ignore[arg-type]
    for number in range(46):
        person.read(make_frame(number))
    assert person.label_rows()[:45].tolist() == [1] * own + [-1] * (45 - own)
    assert (networks.told_late > 0) == bool(others)


def test_whoever_took_the_persons_place_unseen_before_the_head_moved_is_not_the_person() -> None:
    """From 30 on it is Bob, whom the reader leaves at 45 for somebody whose face cannot be seen."""
    script = [[Shown(HERE, ANN)]] * 30 + [[Shown(HERE, BOB)]] * 30
    person, _ = read(script, dict.fromkeys(range(45, 60), NEAR), make_cast(ANN, BOB))
    labels = person.label_rows().tolist()
    assert labels[:45] == [1] * 26 + [-1] * 19
    assert 1 not in labels[45:]


def test_the_person_is_read_on_when_it_is_still_their_face_that_moved() -> None:
    script = [[Shown(HERE, ANN)]] * 33 + [[Shown(NEAR, ANN)]] * 27
    person, noses = read(script, {33: NEAR}, make_cast(ANN, BOB))
    assert not np.isnan(noses).any()
    assert set(person.label_rows().tolist()) == {1}


@pytest.mark.parametrize("face", [like(ANN, 0.4), None], ids=["unclear", "no face"])
def test_a_head_that_moves_suddenly_and_is_not_recognised_then_is_read_on_and_not_known(
    face: np.ndarray | None,
) -> None:
    """Of one person alone such rows count as theirs, as rows without a face do."""
    after = [] if face is None else [Shown(NEAR, face)]
    person, noses = read([[Shown(HERE, ANN)]] * 33 + [after] * 20, {33: NEAR}, make_cast(ANN))
    assert not np.isnan(noses).any()
    assert person.label_rows().tolist() == [1] * 33 + [0] * 20


def test_rows_before_the_head_moved_stay_known_and_those_after_are_once_it_is_recognised() -> None:
    script = [[Shown(HERE, ANN)]] * 33 + [[]] * 10 + [[Shown(NEAR, ANN)]] * 20
    person, _ = read(script, {33: NEAR}, make_cast(ANN, BOB))
    assert set(person.label_rows().tolist()) == {1}


def test_a_head_is_looked_at_every_fifth_of_a_second_for_a_second_after_it_moved_suddenly() -> None:
    networks = ScriptedNetworks([[Shown(HERE, ANN)]] * 33 + [[Shown(NEAR, ANN)]] * 60)
    person = PersonBody(Hopping({33: NEAR}), Lookout(networks, make_cast(ANN, BOB)))  # type: ignore[arg-type]
    for number in range(93):
        person.read(make_frame(number))
    gaps = np.diff(networks.looked_at).tolist()
    assert networks.looked_at[:4] == [0, 25, 32, 33], "at 32, who it was before"
    assert set(gaps[3:7]) <= {5, 6}, "25 frames a second"
    assert gaps[7:] == [25]


@pytest.mark.parametrize("face", [None, ANN, BOB], ids=["no face in view", "the person's", "another's"])
def test_somebody_else_is_hidden_from_the_body_reader_only_while_no_face_is_in_view(
    face: np.ndarray | None,
) -> None:
    """The body of somebody far away is found in frame 33; what the reader is shown after it."""
    small, far = FaceSpot(20, 80, 10), FaceSpot(120, 80, 10)
    reader = Hopping({33: far}, small)
    faces = [[Shown(small, ANN)]] * 33 + [[] if face is None else [Shown(FaceSpot(20, 80, 42), face)]] * 5
    person = PersonBody(reader, Lookout(ScriptedNetworks(faces), make_cast(ANN)))  # type: ignore[arg-type]
    seen = [person.read(make_frame(number)) for number in range(38)]
    assert seen[33].place is None
    hidden = [number for number in reader.shown if (reader.shown[number][80, 100:140] == 128).all()]
    assert hidden == ([34] if face is None else [])
    assert (34 in reader.shown) == (face is not BOB)


GREY = np.random.default_rng(0).uniform(0, 255, (32, 32)).astype(np.float32)


def moved(x: float = 0.0, times: float = 1.0) -> Callable[[FacePrint], FacePrint]:
    return lambda one: FacePrint(FaceSpot(one.spot.x + x * 50, one.spot.y, one.spot.width * times), one.grey)


@pytest.mark.parametrize(
    ("change", "is_other"),
    [
        (moved(0.45), False),
        (moved(0.55), True),
        (moved(times=1.35), False),
        (moved(times=1.45), True),
        (moved(times=1 / 1.45), True),
        (lambda one: FacePrint(one.spot, 20 + one.grey / 2), False),  # less light
        (lambda one: FacePrint(one.spot, 255 - one.grey), True),
        # The correlation of a picture with a mix of it and another is .6 and .4 at these shares.
        (lambda one: FacePrint(one.spot, 0.6 * one.grey + 0.8 * one.grey.T[::-1]), False),
        (lambda one: FacePrint(one.spot, 0.4 * one.grey + 0.917 * one.grey.T[::-1]), True),
    ],
)
def test_a_face_is_another_where_place_size_or_picture_change_at_once(
    change: Callable[[FacePrint], FacePrint], *, is_other: bool
) -> None:
    before = FacePrint(HERE, GREY)
    assert before.is_broken_by(change(before)) == is_other


def test_pictures_of_one_colour_say_nothing() -> None:
    flat = FacePrint(HERE, np.full((32, 32), 90, np.float32))
    assert not flat.is_broken_by(FacePrint(HERE, np.full((32, 32), 30, np.float32)))
