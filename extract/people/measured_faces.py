"""Faces of the people whom frame tables measure: one embedding a video, from its table of tracks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from extract.description import Backend
from extract.frame_table import FrameTableMetadata
from extract.people.faces import average_directions
from extract.people.person import Embedding
from extract.people.tracks_table import find_tracks_table, read_tracks_table


@dataclass(frozen=True)
class MeasuredFace:
    """The face of the person whom a frame table measures.

    Attributes
    ----------
    network
        Which network made the embedding; those of others cannot be compared.
    embedding
        float32, shape (128,), of length 1.
    """

    network: Backend
    embedding: Embedding

    def compare(self, other: MeasuredFace) -> float | None:
        """Return the cosine of both embeddings, -1 to 1; None where different networks made them."""
        if self.network.label != other.network.label:
            return None
        return float(np.clip(self.embedding @ other.embedding, -1.0, 1.0))


@dataclass(frozen=True)
class VideoFace:
    """Whose face a video's frame table measures: name and SHA-256 of the video, and the face."""

    video: str
    sha256: str
    face: MeasuredFace


def read_measured_face(table: Path, metadata: FrameTableMetadata) -> MeasuredFace | None:
    """Return the mean direction of the chosen person's tracks, weighted by how often each was looked at.

    Parameters
    ----------
    table
        A frame table, beside which its table of tracks may lie.
    metadata
        Of the frame table.

    Returns
    -------
    MeasuredFace or None
        None where faces were not told apart, the person was not found, no face of theirs was large enough,
        or the table of tracks is not there, or is that of another video or of other choices.

    Raises
    ------
    TableError
        When the table of tracks is damaged.
    """
    path = find_tracks_table(table)
    if metadata.person is None or metadata.person.number is None or not path.exists():
        return None
    found = read_tracks_table(path)
    if (found.metadata.source.sha256, found.metadata.person) != (metadata.source.sha256, metadata.person):
        return None
    chosen = [track for track in found.tracks if track.chosen and np.isfinite(track.embedding).all()]
    mean = average_directions([track.embedding for track in chosen], [track.looks for track in chosen])
    return None if np.isnan(mean).any() else MeasuredFace(metadata.person.network, mean)
