"""The second portrait moves as the first one does, and is another person."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from extract.people.weights import are_installed
from ground.errors import DependencyError
from simulate import officer
from simulate.controls import CONTROL_NAMES, CONTROLS
from simulate.fields import Array
from simulate.looks import STRANGER_LOOK
from simulate.officer import OFFICER
from simulate.painting import Image
from simulate.portrait import ANCHORS, ASTRONAUT, HEIGHT, WIDTH
from simulate.render import Renderer
from simulate.signature import Signature, draw_session

HALF, SEARCH = 8, 30


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(portrait=OFFICER)


def values_of(**controls: float) -> Array:
    return np.array([controls.get(name, 0.0) for name in CONTROL_NAMES])


def follow(before: Image, after: Image, anchor: str) -> Array:
    """How far the picture around an anchor has moved, px."""
    x, y = (round(place) for place in OFFICER.anchors[anchor])
    patch = before[y - HALF : y + HALF + 1, x - HALF : x + HALF + 1]
    around = after[y - SEARCH : y + SEARCH + 1, x - SEARCH : x + SEARCH + 1]
    found = cv2.minMaxLoc(cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED))[3]
    return np.array(found) + HALF - SEARCH


@pytest.mark.parametrize(
    ("control", "anchor", "expected"),
    [
        ("lip_corner_pull", "left_lip_corner", (5, -11)),
        ("lip_corner_depress", "right_lip_corner", (0, 8)),
        ("jaw_drop", "chin", (0, 18)),
        ("inner_brow_raise", "left_inner_brow", (0, -13)),
        ("outer_brow_raise", "right_outer_brow", (0, -10)),
        ("head_shift_x", "nose_tip", (10, 0)),
    ],
)
def test_the_picture_at_her_anchors_goes_where_the_controls_send_it(
    renderer: Renderer, control: str, anchor: str, expected: tuple[int, int]
) -> None:
    rest, frame = renderer.render(values_of()), renderer.render(values_of(**{control: 1.0}))
    assert follow(rest, frame, anchor) == pytest.approx(expected, abs=3)


def test_every_control_moves_her_anchors_as_it_moves_the_first_ones() -> None:
    """Where a field is centred it is at its largest: by the same displacement on both portraits."""
    assert OFFICER.anchors.keys() == ANCHORS.keys()
    for control in CONTROLS:
        largest = [
            np.abs([control.field(*np.array(place, np.float64), anchors) for place in anchors.values()]).max()
            for anchors in (ANCHORS, OFFICER.anchors)
        ]
        assert largest[1] == pytest.approx(largest[0], rel=0.2), control.name


def test_her_closed_mouth_is_dark_inside_when_it_opens(renderer: Renderer) -> None:
    x, y = (round(place) for place in OFFICER.anchors["upper_lip"])
    mouth = (slice(y, y + 20), slice(x - 10, x + 10))
    rest, opened = renderer.render(values_of()), renderer.render(values_of(lips_part=1.0, jaw_drop=1.0))
    assert opened[mouth].max(axis=-1).min() < 0.6 * rest[mouth].max(axis=-1).min()


@pytest.mark.parametrize("portrait", [ASTRONAUT, OFFICER], ids=["first", "second"])
def test_the_opacity_holds_the_face_and_leaves_out_the_backdrop(portrait: officer.Portrait) -> None:
    opacity = portrait.load_opacity()
    assert opacity.shape == (HEIGHT, WIDTH)
    for place in ("nose_tip", "chin", "left_inner_brow", "left_shoulder", "neck"):
        x, y = (round(one) for one in portrait.anchors[place])
        assert opacity[y, x] == pytest.approx(1, abs=0.01), place
    assert opacity[:400, :100].max() == opacity[:400, -100:].max() == 0
    left, top, right, bottom = (round(side) for side in portrait.head_box)
    beside = opacity.copy()
    beside[:, left - 8 : right + 8] = 0
    assert beside[: bottom - 80].max() < 0.01
    assert opacity[: max(top - 8, 0)].max(initial=0) < 0.01


def test_without_the_photograph_a_sentence_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    officer._read_photograph.cache_clear()
    for found in (None, SimpleNamespace(origin=str(tmp_path / "__init__.py"))):
        monkeypatch.setattr(importlib.util, "find_spec", lambda name, found=found: found)
        with pytest.raises(DependencyError, match="Install Matplotlib"):
            Renderer(portrait=OFFICER)


@pytest.mark.skipif(not are_installed(), reason="the networks that tell faces apart are not installed")
def test_a_face_network_tells_the_people_apart_and_knows_each_of_them_again() -> None:
    """By the mean of five moving frames each, and single frames against it, as tracks are known."""
    from extract.people.faces import average_directions, load_networks

    networks = load_networks()
    people = (Renderer(), Renderer(portrait=OFFICER), Renderer(STRANGER_LOOK))
    means, singles = [], []
    for number, person in enumerate(people):
        controls = 0.6 * draw_session(Signature(number), 10, 10, 0)[list(CONTROL_NAMES)].to_numpy()[::20]
        frames = [cv2.resize(person.render(values), None, fx=0.5, fy=0.5) for values in controls]
        singles.append(np.array([networks.embed(frame, networks.find(frame)[0]) for frame in frames]))
        means.append(average_directions(singles[-1]))
    for number, own in enumerate(singles):
        for other, mean in enumerate(means):
            similar = own @ mean
            if number == other:
                assert similar.min() > 0.6
            else:
                assert float(means[number] @ mean) < 0.3
                assert similar.max() < 0.45, (number, other)
