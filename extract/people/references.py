"""The face of a person, learnt from pictures or videos of them that the user gives."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from extract.limits import Limits, memory_bounded
from extract.orientation import RgbImage
from extract.people.faces import (
    SMALLEST_PX,
    Face,
    FaceNetworks,
    average_directions,
    describe_networks,
    load_networks,
)
from extract.people.groups import group_faces
from extract.people.person import Embedding, PersonReference
from extract.people.survey import survey_people
from ground.errors import InputError, VideoError
from ground.files import refuse_special_file, to_path

_LARGEST_FILE: Final = 200 * 2**20
_BYTES_PER_PIXEL: Final = 12
# The person of a picture is its largest face, when that is so many times as wide as every other one; of a
# video, whoever is seen so many times as long as everybody else.
_CLEARLY_LARGER: Final = 1.5
_CLEARLY_LONGER: Final = 3.0
# A face that fills its picture is found with so much of its width around it.
_ROOM: Final = 0.5


def learn_reference(paths: Sequence[str | Path], name: str | None = None) -> PersonReference:
    """Return the face by which a person is to be known in videos.

    Parameters
    ----------
    paths
        Pictures (JPEG, PNG and others that OpenCV reads) or videos of the person, at least one.
    name
        Who it is, for messages.

    Raises
    ------
    InputError
        When a file cannot be read, shows no face, or only small ones, or several of which none stands out,
        or when the faces of two files are not one person's.
    DependencyError
        When the networks that tell faces apart are not installed.

    Examples
    --------
    >>> reference = learn_reference(["anna_1.jpg", "anna_2.jpg"])  # doctest: +SKIP
    """
    if not paths:
        raise InputError("Give at least one picture of the person.")
    networks, files = load_networks(), [to_path(path) for path in paths]
    embeddings = [_learn_file(path, networks) for path in files]
    _check_same_person(files, embeddings)
    mean = average_directions(embeddings)
    numbers = tuple(np.clip(mean.astype(np.float64), -1, 1).tolist())
    return PersonReference(network=describe_networks(), embedding=numbers, name=name)


def _learn_file(path: Path, networks: FaceNetworks) -> Embedding:
    refuse_special_file(path, InputError)
    image = _read_picture(path)
    if image is None:
        return _learn_video(path, networks)
    faces = networks.find(image)
    if not faces:
        image = _add_room(image)
        faces = networks.find(image)
    return networks.embed(image, _choose_face(path, faces))


def _read_picture(path: Path) -> RgbImage | None:
    """Return a picture, upright; None where the file is no picture that OpenCV reads."""
    import cv2

    try:
        if path.stat().st_size > _LARGEST_FILE:
            return None
        content = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    limit = Limits().max_pixels
    try:
        with memory_bounded(_BYTES_PER_PIXEL * limit + len(content)):
            image = cv2.imdecode(content, cv2.IMREAD_COLOR) if len(content) else None
    except (cv2.error, MemoryError):
        return None
    if image is None:
        return None
    if image.shape[0] * image.shape[1] > limit:
        raise InputError(f"{path} has more than {limit:,} pixels. Give a smaller picture.")
    return np.ascontiguousarray(image[:, :, ::-1])


def _add_room(image: RgbImage) -> RgbImage:
    height, width = image.shape[:2]
    down, across = round(_ROOM * height), round(_ROOM * width)
    return np.pad(image, ((down, down), (across, across), (0, 0)), mode="edge")


def _choose_face(path: Path, faces: Sequence[Face]) -> Face:
    if not faces:
        raise InputError(
            f"No face was found in {path}. Give a picture in which the person looks towards the camera."
        )
    first, *others = sorted(faces, key=lambda face: -face.width)
    if others and first.width < _CLEARLY_LARGER * others[0].width:
        raise InputError(
            f"{path} shows several people, and none of them stands out. Cut the person out of the picture, "
            "or give another one."
        )
    if not first.is_clear:
        raise InputError(
            f"The face in {path} is {first.width:.0f} px wide and cannot be told from others. Give a picture "
            f"in which it is at least {SMALLEST_PX:.0f} px wide, uncovered, and seen from the front."
        )
    return first


def _learn_video(path: Path, networks: FaceNetworks) -> Embedding:
    try:
        people = [member for member in survey_people(path, networks, Limits()) if not member.is_still]
    except VideoError as error:
        raise InputError(f"{path} is neither a picture nor a video that can be read. {error}") from error
    if not people:
        raise InputError(
            f"{path} is damaged, or no face was found in it. Give a picture or a video in which the person's "
            "face is seen."
        )
    if len(people) > 1 and people[0].seen_s < _CLEARLY_LONGER * people[1].seen_s:
        raise InputError(
            f"{path} shows several people, and none of them stands out. Give a picture of the person, or a "
            "video that shows them alone."
        )
    return people[0].vector


def _check_same_person(files: Sequence[Path], embeddings: Sequence[Embedding]) -> None:
    """Raise InputError when the faces of some files are not those of most others."""
    most, *others = sorted(group_faces(embeddings), key=lambda group: (-len(group), group))
    if others:
        raise InputError(
            f"The face in {files[others[0][0]]} is not that of the same person as in {files[most[0]]}. Leave "
            "one of them out, or check whom the files show."
        )
