"""A face on what somebody wears goes with them and never changes, which a face of flesh does."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from media import portrait

from extract.head import FaceSpot
from extract.people.worn import GreyFace, is_one_print, lies_on_somebody, to_grey_face

WEARER = FaceSpot(200, 100, 50)
FACE = np.ascontiguousarray(portrait(512)[60:200, 150:290])  # from forehead to chin


def slant(image: np.ndarray, turn_deg: float = 0.0, scale: float = 1.0, shift: float = 0.0) -> np.ndarray:
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, scale)
    matrix[0, 2] += shift
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


def grey(image: np.ndarray) -> GreyFace:
    return to_grey_face(cv2.resize(image, (112, 112), interpolation=cv2.INTER_AREA))


@pytest.mark.parametrize(
    ("face", "lies"),
    [
        (FaceSpot(200, 220, 30), True),
        (FaceSpot(255, 220, 30), True),
        (FaceSpot(265, 220, 30), False),  # beside the chest
        (FaceSpot(200, 155, 30), False),  # on the chin
        (FaceSpot(200, 310, 30), False),  # on the knees
        (FaceSpot(200, 20, 30), False),  # above
        (WEARER, False),
    ],
)
def test_a_print_lies_on_the_chest_of_somebody(face: FaceSpot, *, lies: bool) -> None:
    assert lies_on_somebody(face, [WEARER, face]) == lies


@pytest.mark.parametrize(
    "change", [{}, {"turn_deg": 3.0}, {"scale": 1.04}, {"shift": 4.0}, {"turn_deg": -2.0, "scale": 0.97}]
)
def test_a_print_that_is_moved_turned_or_stretched_is_the_same_print(change: dict[str, float]) -> None:
    assert is_one_print(grey(FACE), grey(slant(FACE, **change)))


def test_a_print_in_less_light_is_the_same_print() -> None:
    assert is_one_print(grey(FACE), grey((30 + 0.6 * FACE).astype(np.uint8)))


def test_a_face_whose_mouth_opens_is_no_print() -> None:
    """The lips come apart by a tenth of the face's height."""
    speaking = FACE.copy()
    speaking[112:, 45:95] = FACE[98:126, 45:95]
    assert not is_one_print(grey(FACE), grey(speaking))


@pytest.mark.parametrize("other", [np.full_like(FACE, 90), FACE[::-1]], ids=["a blank", "upside down"])
def test_pictures_that_have_nothing_in_common_are_not_one_print(other: np.ndarray) -> None:
    assert not is_one_print(grey(FACE), grey(np.ascontiguousarray(other)))
