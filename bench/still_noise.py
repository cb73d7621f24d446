"""What the readers report of still photographs, for docs/measurements/evidence.md and `features/movement.py`.

    python bench/still_noise.py [PICTURE ...]

Each picture of a person is made into videos of 10 s: with the noise of a phone's camera and encoder (grain),
coming slowly nearer as in slide shows (zoom), and held by a hand that shakes (hand); at several heights. It
prints the motion that `features.movement` finds, and the spread of every feature within a second (median over
the seconds but the first). Without pictures it takes NASA's portrait in scikit-image. Takes about
three minutes a picture.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import skimage.data

from extract.extraction import extract_video
from extract.frame_table import read_frame_table
from features.clips import correlate_frame_table
from features.movement import BODY_NOISE, FACE_NOISE
from features.signals import compute_positions
from features.signature import FEATURES
from simulate.painting import Image

HEIGHTS = (84, 120, 240, 480)
FPS, FRAMES = 25, 250
KINDS = {"grain": 28, "zoom": 23, "hand": 26}  # kind -> quality of the encoder (CRF)
ZOOM = 0.0006  # a frame
NAMES = [*FACE_NOISE["mediapipe-face-mesh"], *BODY_NOISE["mediapipe-pose"]]


def animate(picture: Image, kind: str) -> Iterator[Image]:
    """Yield the frames of a still picture."""
    rng = np.random.default_rng(1)
    height, width = picture.shape[:2]
    smooth = np.exp(-(np.arange(-50, 51) ** 2) / (2 * 12**2))
    shake = np.stack(
        [
            np.convolve(rng.normal(size=FRAMES + 100), smooth / np.linalg.norm(smooth), "valid")
            for _ in range(3)
        ]
    )
    for k in range(FRAMES):
        scale, turn_deg, shift = 1.0, 0.0, np.zeros(2)
        if kind == "zoom":
            scale += ZOOM * k
        if kind == "hand":
            scale, turn_deg, shift = 1.02, 0.5 * shake[2, k], 0.01 * height * shake[:2, k]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, scale)
        matrix[:, 2] += shift
        moved = cv2.warpAffine(
            picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )
        noise = rng.normal(0, 1 if kind == "zoom" else 3, moved.shape)
        yield np.clip(moved + noise, 0, 255).astype(np.uint8)


def write(path: Path, frames: Iterator[Image], crf: int) -> None:
    """Encode frames as phones do."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"crf": str(crf), "preset": "veryfast"})
        stream.pix_fmt = "yuv420p"
        for image in frames:
            stream.height, stream.width = image.shape[:2]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))


def measure_spreads(positions: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the spread of each feature within a second, median over the seconds but the first."""
    seconds = positions.reshape(-1, FPS, len(FEATURES))[1:]
    return np.asarray(np.median(np.nanstd(seconds, axis=1), axis=0))


def main(pictures: list[Image]) -> None:
    """Print a row for each video, then the noise of each feature in the zooms of 240 px and more."""
    zooms = []
    print("| picture | height | kind | face box, px | face motion | body motion |\n|---|---|---|---|---|---|")
    for number, picture in enumerate(pictures):
        for height in HEIGHTS:
            width = round(picture.shape[1] * height / picture.shape[0] / 2) * 2
            small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
            for kind, crf in KINDS.items():
                with tempfile.TemporaryDirectory() as folder:
                    video = Path(folder) / "still.mp4"
                    write(video, animate(small, kind), crf)
                    table = read_frame_table(extract_video(video, video.with_suffix(".parquet")).table)
                clip = correlate_frame_table(table).block.clips.iloc[0]
                print(
                    f"| {number} | {height} | {kind} | {table.frames['face_px'].median():.0f} "
                    f"| {clip['face_motion']:.2f} | {clip['body_motion']:.2f} |",
                    flush=True,
                )
                if kind == "zoom" and height >= 240:
                    zooms.append(measure_spreads(compute_positions(table.frames)))
    noise = dict(zip(FEATURES, np.exp(np.log(zooms).mean(axis=0)), strict=True))
    print("\n| feature | noise |\n|---|---|")
    for name in NAMES:
        print(f"| {name} | {noise[name]:.4f} |")


if __name__ == "__main__":
    given = [cv2.imread(path)[:, :, ::-1] for path in sys.argv[1:]]
    main(given or [skimage.data.astronaut()])
