"""What is read of faces in profile, behind hands, and beside somebody else's.

    python bench/hard_faces.py VIDEOS

Renders heads that turn to profile and back, hands that go before the face, and strangers beside a profile;
reads them with and without the rules that refuse a face; and prints how many frames have a face, and how far
it is off: the most that any of the 16 measures differs from the one at rest, in its standard deviation in the
mp4 files of the folder VIDEOS (the median over the files), the median over frames. Of those files it prints
how many frames have a body and no face. Takes six minutes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
from support.driven_faces import Array, render_rest

from extract.face import Readings
from extract.frame_table import ACTION_UNITS
from extract.head import HeadBox, HeadPlace
from extract.mesh_reader import FaceMesh, MeshReader, restore_fits
from extract.person_body import PersonBody
from extract.picture import Frame
from extract.pose_reader import PoseTracker
from extract.reading import FrameReadings, read_frames
from extract.video import VideoReader
from simulate.painting import Image
from simulate.portrait import ANCHORS
from simulate.reaching import reach
from simulate.render import Renderer
from simulate.turned_head import TurnedHead

THERE_DEG = np.arange(0, 91, 2.5)
YAWS_DEG = np.concatenate(([0] * 3, THERE_DEG, [90] * 3, THERE_DEG[::-1], [0] * 2))
EDGES_DEG = (0, 40, 50, 60, 65, 75, 91)
RATIOS_DEG = (10, 25, 45, 60)
# Where the wrist goes: hands over mouth, eye, cheek and brow, right across, on the chin, and beside or below.
LEFT_WRISTS = (
    (500, 345), (530, 365), (450, 400), (545, 250), (520, 270), (560, 330), (560, 200), (360, 250),
    (470, 420), (450, 520), (470, 480), (630, 330), (680, 230),
)  # fmt: skip
BOTH = {"left": (525, 330), "right": (372, 330)}
WRISTS = (*({"left": place} for place in LEFT_WRISTS), BOTH)
OVER = {"the mouth": {"left": (500, 345)}, "an eye": {"left": (545, 250)}, "the face": BOTH}
SHARES = np.concatenate(([0] * 4, np.linspace(0, 1, 8), [1] * 8, np.linspace(1, 0, 8), [0] * 3))
COVER_EDGES = (0, 0.005, 0.05, 0.1, 0.2, 1)
SCALES = (1.0, 0.45)
# Left edge and width of a stranger's head beside the person's, px of the portrait.
STRANGERS = ((600, 230), (640, 180), (660, 130), (150, 130), (60, 180), (20, 150))
STRANGER_YAWS_DEG = np.concatenate(([0, 0], np.arange(10, 91, 10), [90] * 2, np.arange(90, -1, -10), [0]))

# Rules switched off: faces turned less than the body's head, faces in profile and behind hands.
TURNED_LESS_TOO = patch.object(HeadPlace, "is_turned_more_than", lambda *face: False)
HIDDEN_TOO = patch("extract.reading.shows_face", lambda body, place: True)


def read(pictures: Iterable[Image]) -> FrameReadings:
    """Return what is read of successive pictures."""
    return read_through(Frame(k, k / 25, picture, (1.0, 1.0)) for k, picture in enumerate(pictures))


def read_through(frames: Iterable[Frame]) -> FrameReadings:
    """Return what is read of successive frames."""
    reader, body = MeshReader(), PoseTracker()
    readings = FrameReadings.join(
        list(read_frames(frames, PersonBody(body), reader.open_tracker(), reader.batch_size))
    )
    body.close()
    return readings


def vary(pictures: list[Image]) -> Iterator[tuple[bool, FrameReadings]]:
    """Read pictures as they are, smaller, and mirrored; yield whether they are mirrored, and the readings."""
    for scale in SCALES:
        scaled = [cv2.resize(picture, None, fx=scale, fy=scale) for picture in pictures]
        yield False, read(scaled)
        yield True, read(np.ascontiguousarray(picture[:, ::-1]) for picture in scaled)


def measure(readings: Readings) -> Array:
    """Return the 16 measures of each frame."""
    return MeshReader().measure(readings)[:, : len(ACTION_UNITS)]


def find_worst(readings: Readings, deviations: Array) -> Array:
    """Return by how many deviations the measure that is off most is, against the third frame."""
    measured = measure(readings)
    return np.asarray(np.abs((measured - measured[2]) / deviations).max(axis=1))


def measure_speakers(videos: Path) -> Array:
    """Return each measure's deviation, and print how many frames have a body and no face."""
    deviations = []
    for path in sorted(videos.glob("*.mp4")):
        with VideoReader(path) as video:
            readings = read_through(video)
        lost = readings.count_bodies() - readings.count_faces()
        yaw = np.degrees(np.nanmax(np.abs(restore_fits(readings.face)[:, 2])))
        frames = len(readings.indices)
        print(f"{path.name}: {lost} of {frames} frames have a body and no face; yaw up to {yaw:.0f}")
        deviations.append(np.nanstd(measure(readings.face), axis=0))
    return np.median(deviations, axis=0)


def measure_profiles(head: TurnedHead, deviations: Array) -> None:
    """Print how many frames with a turned head have a face, which yaw it has, and how far it is off."""
    rows = []
    for side in (1, -1):
        for mirrored, readings in vary([head.render(side * yaw) for yaw in YAWS_DEG]):
            yaws = side * (-1 if mirrored else 1) * np.degrees(restore_fits(readings.face)[:, 2])
            rows.append(np.column_stack((YAWS_DEG, yaws, find_worst(readings.face, deviations))))
    turned, yaws, worst = np.concatenate(rows).T
    print("rendered yaw   frames   with a face   yaw read (median, least, most)   below half   off")
    for low, high in pairwise(EDGES_DEG):
        here = (low <= turned) & (turned < high)
        seen = here & ~np.isnan(yaws)
        below = (yaws[seen] < turned[seen] / 2).sum() if low else "-"
        print(
            f"{low:2d} to {high:2d}       {here.sum():6d}        {seen.sum() / here.sum():.2f}      "
            f"{describe(yaws[seen])}   {below} of {seen.sum()}   {find_median(worst[seen]):.1f}"
        )
    for yaw in RATIOS_DEG:
        seen = (turned == yaw) & ~np.isnan(yaws)
        print(f"{yaw} degrees read as {np.median(yaws[seen]) / yaw:.2f}, off by {np.median(worst[seen]):.1f}")
    invented = (turned >= 45) & (yaws < turned / 2)
    print(f"below half: yaw {describe(yaws[invented])}, off by {find_median(worst[invented]):.1f}")


def describe(values: Array) -> str:
    """Return median, least and most."""
    return f"{np.median(values):.0f}, {values.min():.0f}, {values.max():.0f}" if len(values) else "-"


def find_median(values: Array) -> float:
    """Return the median, NaN of nothing."""
    return float(np.median(values)) if len(values) else np.nan


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


def measure_hidden(deviations: Array) -> None:
    """Print how far faces behind hands are off where they are read."""
    renderer, arrived = Renderer(), SHARES == 1
    for name, wrists in OVER.items():
        pictures = [renderer.render(reach(wrists, share)) for share in SHARES]
        worst = np.concatenate([find_worst(seen.face, deviations)[arrived] for _, seen in vary(pictures)])
        seen = worst[~np.isnan(worst)]
        print(f"read with hands over {name}: {len(seen)} of {len(worst)}, off by {find_median(seen):.1f}")


def count_strangers(person: Image, head: TurnedHead) -> None:
    """Print how often the stranger is read beside a head that turns to profile and back."""
    own, scenes = ANCHORS["nose_tip"][0], 0
    frames = read_ones = strangers = 0
    for left, width in STRANGERS:
        for side in (1, -1):
            pasted = [paste(head.render(side * yaw), person, left, width) for yaw in STRANGER_YAWS_DEG]
            places = restore_fits(read(pasted).face)[:, 4]
            stranger = left + width * (own - 310) / 280
            seen = places[~np.isnan(places)]
            scenes, frames, read_ones = scenes + 1, frames + len(places), read_ones + len(seen)
            strangers += (np.abs(seen - stranger) < np.abs(seen - own)).sum()
    print(f"stranger beside: {scenes} scenes, {frames} frames, {read_ones} read, {strangers} the stranger")


def paste(picture: Image, person: Image, left: int, width: int) -> Image:
    """Return a picture with somebody else's head, seen from the front, in it."""
    face = person[60:375, 310:590]
    face = cv2.resize(face, (width, round(width * face.shape[0] / face.shape[1])))
    picture = picture.copy()
    picture[80 : 80 + face.shape[0], left : left + width] = face[:, : picture.shape[1] - left]
    return picture


def main(videos: Path) -> None:
    """Print the tables."""
    deviations = measure_speakers(videos)
    person = render_rest()
    mesh = FaceMesh().find(HeadBox(200, -20, 500).cut_from(person))
    head = TurnedHead(person, mesh)
    measure_profiles(head, deviations)
    measure_hands()
    count_strangers(person, head)
    print("\nwithout the rule that the face of a turned head is turned")
    with TURNED_LESS_TOO:
        measure_profiles(head, deviations)
    print("\nwithout any rule")
    with TURNED_LESS_TOO, HIDDEN_TOO:
        measure_profiles(head, deviations)
        measure_hidden(deviations)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("Needs videos of people: python bench/hard_faces.py VIDEOS")
    else:
        main(Path(sys.argv[1]))
