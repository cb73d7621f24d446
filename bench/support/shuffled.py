"""Real videos of one person each, cut and shuffled into interviews; nothing of them is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

import av
import cv2
import numpy as np

from simulate.painting import Image

SIZE: Final = (1280, 720)
FPS: Final = 30
# Videos are cut into pieces of about this length, so that most hold a window of ten seconds.
_PIECE_FRAMES: Final = 330
_TRIES: Final = 1000


class Piece(NamedTuple):
    """Frames of a video: which video, and from which frame to which, the last not included."""

    video: Path
    first: int
    stop: int

    @property
    def frames(self) -> int:
        """How many there are."""
        return self.stop - self.first


def shuffle_pieces(lengths: dict[Path, int], seed: int) -> list[Piece]:
    """Return every frame of every video once, in pieces, and hardly ever two of one video in a row."""
    rng = np.random.default_rng(seed)
    pieces = []
    for video, frames in lengths.items():
        count = max(round(frames / _PIECE_FRAMES), 1)
        even = np.linspace(0, frames, count + 1)
        shift = rng.uniform(-0.2, 0.2, count + 1) * frames / count
        shift[[0, -1]] = 0
        cuts = np.round(even + shift).astype(int)
        pieces += [Piece(video, int(a), int(b)) for a, b in pairwise(cuts)]
    for _ in range(_TRIES):
        order = [pieces[k] for k in rng.permutation(len(pieces))]
        if all(one.video != other.video for one, other in pairwise(order)):
            break
    return order


def write_pieces(pieces: Sequence[Piece], path: Path) -> None:
    """Write pieces as one video without loss, each frame fitted into `SIZE`, at `FPS`."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        stream.options = {"preset": "ultrafast", "qp": "0"}
        for piece in pieces:
            for image in _read(piece):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(_fit(image), format="rgb24")))
        container.mux(stream.encode())


def count_frames(video: Path) -> int:
    """Return how many frames a video has."""
    with av.open(str(video)) as container:
        return sum(1 for _ in container.decode(video=0))


def _read(piece: Piece) -> Iterator[Image]:
    with av.open(str(piece.video)) as container:
        for number, picture in enumerate(container.decode(video=0)):
            if number >= piece.stop:
                return
            if number >= piece.first:
                yield picture.to_ndarray(format="rgb24")


def _fit(image: Image) -> Image:
    """Return a picture made smaller or larger, in the middle of a black one."""
    width, height = SIZE
    scale = min(width / image.shape[1], height / image.shape[0])
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    fitted = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale != 1 else image
    canvas = np.zeros((height, width, 3), np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    canvas[top : top + size[1], left : left + size[0]] = fitted
    return canvas
