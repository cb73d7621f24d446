"""What of faces in profile and behind hands is read.

    python bench/hard_faces.py [VIDEOS]

Renders heads that turn to profile and back, and hands that go before the face, reads them, and prints how
many frames have a face. Of the mp4 files in the folder VIDEOS it prints in how many frames it takes the head
for one in profile or behind a hand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from support.driven_faces import render_rest

from extract.body import open_body_reader
from extract.following import PersonFollower
from extract.head import HeadBox, shows_face
from extract.mesh_reader import FaceMesh, MeshReader, restore_fits
from extract.reading import FrameReadings, read_frames
from extract.video import Frame, VideoReader
from simulate.painting import Image
from simulate.reaching import reach
from simulate.render import Renderer
from simulate.turned_head import TurnedHead

THERE_DEG = np.arange(0, 91, 2.5)
YAWS_DEG = np.concatenate(([0] * 3, THERE_DEG, [90] * 3, THERE_DEG[::-1], [0] * 2))
EDGES_DEG = (0, 30, 40, 50, 60, 65, 75, 91)
# Where the wrist goes: hands over mouth, eye, cheek and brow, right across, on the chin, and beside or below.
LEFT_WRISTS = (
    (500, 345), (530, 365), (450, 400), (545, 250), (520, 270), (560, 330), (560, 200), (360, 250),
    (470, 420), (450, 520), (470, 480), (630, 330), (680, 230),
)  # fmt: skip
WRISTS = (*({"left": place} for place in LEFT_WRISTS), {"left": (525, 330), "right": (372, 330)})
SHARES = np.concatenate(([0] * 4, np.linspace(0, 1, 8), [1] * 8, np.linspace(1, 0, 8), [0] * 3))
COVER_EDGES = (0, 0.005, 0.05, 0.1, 0.2, 1)
SCALES = (1.0, 0.45)


def read(pictures: Iterable[Image]) -> FrameReadings:
    """Return what is read of successive pictures."""
    reader, body = MeshReader(), open_body_reader()
    frames = (Frame(k, k / 25, picture, (1.0, 1.0)) for k, picture in enumerate(pictures))
    readings = FrameReadings.join(list(read_frames(frames, body, reader.open_tracker(), reader.batch_size)))
    body.close()
    return readings


def vary(pictures: list[Image]) -> Iterator[tuple[bool, FrameReadings]]:
    """Read pictures as they are, smaller, and mirrored; yield whether they are mirrored, and the readings."""
    for scale in SCALES:
        scaled = [cv2.resize(picture, None, fx=scale, fy=scale) for picture in pictures]
        yield False, read(scaled)
        yield True, read(np.ascontiguousarray(picture[:, ::-1]) for picture in scaled)


def measure_profiles() -> None:
    """Print how many frames with a turned head have a face, and which yaw it has."""
    person = render_rest()
    mesh = FaceMesh().find(HeadBox(200, -20, 500).cut_from(person))
    head = TurnedHead(person, mesh)
    rows = []
    for side in (1, -1):
        for mirrored, readings in vary([head.render(side * yaw) for yaw in YAWS_DEG]):
            yaws = side * (-1 if mirrored else 1) * np.degrees(restore_fits(readings.face)[:, 2])
            rows.append(np.column_stack((YAWS_DEG, yaws)))
    turned, yaws = np.concatenate(rows).T
    print("rendered yaw   frames   with a face   yaw read (median, least, most)")
    for low, high in pairwise(EDGES_DEG):
        here = yaws[(low <= turned) & (turned < high)]
        seen = here[~np.isnan(here)]
        read_yaws = f"{np.median(seen):.0f}, {seen.min():.0f}, {seen.max():.0f}" if len(seen) else "-"
        print(
            f"{low:2d} to {high:2d}       {len(here):6d}        {len(seen) / len(here):.2f}      {read_yaws}"
        )


def measure_hands() -> None:
    """Print how many frames have a face, by how much of the face hands cover."""
    renderer, rest = Renderer(), render_rest()
    face = np.zeros(rest.shape[:2], np.uint8)
    cv2.ellipse(face, (449, 247), (92, 108), 0, 0, 360, (255,), cv2.FILLED)
    covered, missing = [], []
    for wrists in WRISTS:
        pictures = [renderer.render(reach(wrists, share)) for share in SHARES]
        shares = [(picture != rest).any(axis=2)[face > 0].mean() for picture in pictures]
        for _, readings in vary(pictures):
            covered.append(shares)
            missing.append(np.isnan(readings.face[:, 0]))
    cover, lost = np.concatenate(covered), np.concatenate(missing)
    print("share of the face covered   frames   without a face")
    for low, high in pairwise(COVER_EDGES):
        here = lost[(low <= cover) & (cover < high)]
        print(f"{low:5.3f} to {high:5.3f}              {len(here):6d}        {here.mean():.3f}")


def count_hidden(path: Path) -> None:
    """Print in how many frames of a video the body says that its face cannot be read."""
    body, follower = open_body_reader(), PersonFollower()
    frames = hidden = 0
    with VideoReader(path) as video:
        for frame in video:
            if follower.notice_cut(frame.image):
                body.restart()
            found = follower.keep(body.read(follower.show(frame.image, frame.time_s)))
            frames += 1
            hidden += found is not None and not shows_face(found)
    body.close()
    print(f"{path.name}: {hidden} of {frames} frames")


def main() -> None:
    """Print the tables."""
    measure_profiles()
    measure_hands()
    for path in sorted(Path(sys.argv[1]).glob("*.mp4")) if len(sys.argv) > 1 else ():
        count_hidden(path)


if __name__ == "__main__":
    main()
