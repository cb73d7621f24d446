"""What a face reader is: pictures of the head go in, action units and head rotation come out.

Reading has two steps. A `FaceTracker` reads the frames of a stretch of video in order and writes down what
its network saw. When the whole video is read, `FaceReader.measure` turns that into the columns of the frame
table, so that a measure may be relative to the whole video, however the work on it was divided.

To add a reader, write both in a module of its own and name it in `find_face_reader`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from extract.description import Backend
from extract.head import HeadView
from ground.errors import InputError

Readings = npt.NDArray[np.floating[Any]]

# Numbers in the mesh of one face: x, y and z of 478 points.
MESH_WIDTH: Final = 478 * 3


class FaceTracker(Protocol):
    """Reads one person's face through successive frames of one video; holds the networks."""

    def read(self, views: Sequence[HeadView | None]) -> Readings:
        """Return what is seen of the face in the next frames.

        Parameters
        ----------
        views
            The head in each frame, None where there is none; at most `FaceReader.batch_size` of them.

        Returns
        -------
        ndarray
            Shape (frames, `FaceReader.width`); a row is NaN throughout where no face is found.
        """

    def restart(self) -> None:
        """Forget where the face was: the next frame shows another scene."""

    def close(self) -> None:
        """Free the networks."""


class FaceReader(Protocol):
    """A way of reading faces; stateless, and cheap until `open_tracker` is called.

    Attributes
    ----------
    name
        What users call it.
    backend_name
        Name in its identity, whichever its version.
    batch_size
        How many frames a tracker is best given at once.
    width
        How many numbers a tracker writes down for each frame.
    columns
        What `measure` returns: `extract.frame_table.FACE_COLUMNS`, and after them what else the reader
        measures: names of `extract.frame_table.SIDES`, or action units named as ``AU11_r``
        (`extract.frame_table.check_further_columns`). Features use what they know of them.
    """

    name: str
    backend_name: str
    batch_size: int
    width: int
    columns: tuple[str, ...]

    def prepare(self, on_notice: Callable[[str], None]) -> None:
        """See that everything that the reader needs is there, and download what may be downloaded.

        To be called once, before the work on videos is divided; `open_tracker` never downloads.

        Parameters
        ----------
        on_notice
            Called with a sentence that the user must see, before anything is downloaded.

        Raises
        ------
        DependencyError
            When something is missing and cannot be had.
        InputError
            When the device that was asked for is absent.
        """

    def describe(self) -> Backend:
        """Return the identity of the reader, which decides whose numbers are comparable.

        Name and version decide that alone: tables of clips keep no hashes. So weights that can change while
        the version of the library stays must be told apart in `Backend.version`, as by the first digits of
        their SHA-256.

        Raises
        ------
        DependencyError
            When a package or a file of weights that the reader needs is missing.
        """

    def open_tracker(self) -> FaceTracker:
        """Return a new tracker.

        Raises
        ------
        DependencyError
            When a package or a file of weights that the reader needs is missing.
        """

    def measure(self, readings: Readings) -> npt.NDArray[np.float64]:
        """Turn the readings of a whole video into shape (frames, len(columns)), NaN where missing."""


FACE_READERS: Final = ("mesh", "py-feat")
DEVICES: Final = ("auto", "cpu", "cuda")


def find_face_reader(name: str, device: str = "auto", *, keep_mesh: bool = False) -> FaceReader:
    """Return the face reader of the given name.

    Parameters
    ----------
    name
        One of `FACE_READERS`.
    device
        Where its network runs, one of `DEVICES`; ``auto`` takes CUDA where it is there and the reader can use
        it.
    keep_mesh
        Whether the rows of its trackers are to end with the `MESH_WIDTH` numbers of the mesh, after the
        `width` numbers that `measure` takes.

    Raises
    ------
    InputError
        When there is no reader or device of that name, the reader cannot use the device, or it has no mesh to
        keep.
    """
    if device not in DEVICES:
        raise InputError(f"There is no device {device!r}. Choose one of: {', '.join(DEVICES)}.")
    if name == "mesh":
        from extract.mesh_reader import MeshReader

        if device == "cuda":
            raise InputError("The face reader mesh runs on the CPU only. Leave out `--device cuda`.")
        return MeshReader(keep_mesh=keep_mesh)
    if keep_mesh and name in FACE_READERS:
        raise InputError(
            f"The face reader {name!r} has no mesh to keep. Use --face mesh, or leave out --keep-mesh."
        )
    if name == "py-feat":
        from extract.pyfeat_reader import PyFeatReader

        return PyFeatReader(device)
    raise InputError(f"There is no face reader {name!r}. Choose one of: {', '.join(FACE_READERS)}.")
