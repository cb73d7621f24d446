"""The face that a model or an enrolment holds of its person, by which videos are searched for them.

It chooses whom to measure, and is never evidence for what is authentic. It is biometric data: whoever has the
file can search for the person's face. So it is kept out of cards, which verdicts repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pydantic

from classify.label_check import LabelledFace, check_labels
from extract.people.faces import average_directions
from extract.people.person import PersonReference
from ground.errors import ModelError
from ground.names import key_of_name
from ground.text import count

# Lengths of embeddings are rounded, first to float32 and then to digits.
_LENGTH_TOLERANCE: Final = 1e-3


def learn_face(
    faces: Sequence[LabelledFace], person: str, on_warning: Callable[[str], None]
) -> PersonReference | None:
    """Check the labels of videos by their faces, and return the face of one person.

    Parameters
    ----------
    faces
        Of authentic videos of the person, and of others as far as they are known.
    person
        Whose face is to be returned, in any spelling.
    on_warning
        Called with a sentence on each label that looks wrong, see `classify.label_check`.

    Returns
    -------
    PersonReference or None
        The mean direction over the person's videos. None where there is none, where different networks made
        them, and where one is unlike the others: a face between two people's would find either.
    """
    check = check_labels(faces)
    for sentence in check.describe():
        on_warning(sentence)
    own = [one.face for one in faces if key_of_name(one.subject) == key_of_name(person)]
    if len({face.network.label for face in own}) > 1:
        on_warning(
            f"The faces of {person} were measured by different networks, so none is kept. Extract the videos "
            "again."
        )
        return None
    unlike = [
        label
        for subject, labels in check.doubtful.items()
        for label in labels
        if label.is_unlike and key_of_name(subject) == key_of_name(person)
    ]
    if unlike:
        on_warning(f"So no face of {person} is kept: it would be a mean of several people's.")
        return None
    mean = average_directions([face.embedding for face in own])
    if np.isnan(mean).any():
        return None
    embedding = tuple(np.clip(mean.astype(np.float64), -1.0, 1.0).tolist())
    return PersonReference(network=own[0].network, embedding=embedding, origin="model", name=person)


def describe_face(face: PersonReference | None, person: str) -> str:
    """Return whether a file holds a face, and what follows from that, in a few sentences."""
    if face is None:
        return (
            f"It holds no face of {person}. In videos of several people it measures the person who is most "
            "seen."
        )
    return (
        f"It holds the face of {person} ({count(len(face.embedding), 'number')} by {face.network.label}), by "
        "which it finds them among others in a video. These numbers are biometric data: whoever has the file "
        "can search for this face. --no-face leaves them out."
    )


def pack_face(face: PersonReference | None) -> str:
    """Return a face as files keep it: JSON, empty for none."""
    return "" if face is None else face.model_dump_json()


def unpack_face(content: Any, person: str, path: Path) -> PersonReference | None:
    """Return the face of a person that a file keeps; None where it keeps none.

    Raises
    ------
    ModelError
        When it is damaged: not 128 numbers of length 1, or not that of the person.
    """
    if content in ("", None):
        return None
    try:
        face = PersonReference.model_validate_json(content)
    except pydantic.ValidationError as error:
        raise ModelError(f"The face in {path} is damaged. Make the file again.") from error
    length = float(np.linalg.norm(face.vector))
    # `not` catches what is no number, too.
    if not abs(length - 1.0) <= _LENGTH_TOLERANCE or face.origin != "model" or face.name != person:
        raise ModelError(f"The face in {path} is damaged, or not that of its person. Make the file again.")
    return face
