"""What every action unit's measure answers to on rendered faces, as the tables of docs/measurements/face.md.

    python bench/face_response.py [VIDEOS]

One action is driven at a time, at three sizes and six angles of the head; then the resting face is turned and
moved away. With a folder of mp4 files of people, what they do is printed beside the last. Takes about five
minutes.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from support.driven_faces import (
    ACTIONS,
    FACE_PX,
    Array,
    column,
    compute_responses,
    read_faces,
    render_driven,
    render_rest,
    scale,
    turn,
)

from extract.extraction import extract_video
from extract.frame_table import ACTION_UNITS, read_frame_table

SMALL_PX = (80, 40)
ANGLE_DEG = 20
VIEWS = {
    **{f"{px} px": scale(px / FACE_PX) for px in SMALL_PX},
    **{f"pitch {sign * ANGLE_DEG:+d}": turn(pitch_deg=sign * ANGLE_DEG) for sign in (1, -1)},
    **{f"yaw {sign * ANGLE_DEG:+d}": turn(yaw_deg=sign * ANGLE_DEG) for sign in (1, -1)},
    **{f"roll {sign * ANGLE_DEG:+d}": turn(roll_deg=sign * ANGLE_DEG) for sign in (1, -1)},
}
TURNS_DEG = np.arange(-25.0, 25.1, 2.5)
NODS = np.abs(TURNS_DEG) <= 10  # what speakers do
SIZES_PX = np.array([40, 50, 60, 80, 100, 120, 150, 183, 240])
_REPEATS = 4  # frames of each size, until the trackers have settled
_NAMES = [unit.removesuffix("_r") for unit in ACTION_UNITS]


def main(videos: Path | None) -> None:
    """Print three tables."""
    frames = render_driven()
    responses = compute_responses(read_faces(frames))
    own = np.diag(responses)
    print_responses(responses / own[:, None], own)
    views = {name: compute_responses(read_faces(map(view, frames))) for name, view in VIEWS.items()}
    print_views({name: responses / own[:, None] for name, responses in views.items()})
    spans = measure_spans()
    if videos is not None:
        spans["speakers"] = measure_speakers(videos)
    print_table({name: [f"{value:.3f}" for value in values] for name, values in spans.items()})


def print_responses(shares: Array, own: Array) -> None:
    """Print the response matrix in shares of each measure's own response."""
    columns = {"own": [f"{response:.3f}" for response in own]}
    for k, action in enumerate(_NAMES):
        cells = [f"{share:.1f}" if abs(share) >= 0.25 else "" for share in shares[:, k]]
        cells[k] = f"**{cells[k]}**"
        columns[action.removeprefix("AU").lstrip("0")] = cells
    print_table(columns)


def print_views(shares: dict[str, Array]) -> None:
    """Print each measure's own response in other views and, in brackets, the largest to another action."""
    columns = {}
    for name, view in shares.items():
        others = np.abs(view * (1 - np.eye(len(ACTIONS)))).max(axis=1)
        columns[name] = [f"{own:.2f} ({other:.1f})" for own, other in zip(np.diag(view), others, strict=True)]
    print_table(columns)


def measure_spans() -> dict[str, Array]:
    """Return half the range of each measure when nothing but the head's angle or distance changes."""
    rest, spans = render_rest(), {}
    for axis, name in (("pitch", "pose_Rx"), ("yaw", "pose_Ry"), ("roll", "pose_Rz")):
        sweep = sweep_from_zero(TURNS_DEG)
        turned = read_faces(turn(**{f"{axis}_deg": angle})(rest) for angle in sweep)[-len(TURNS_DEG) :]
        slope = np.polyfit(np.radians(TURNS_DEG), column(turned, name), 1)[0]
        print(f"{name} rises by {slope:.2f} of the {axis} that was rendered")
        spans[f"{axis} +-25"] = find_span(turned)
        if axis == "pitch":
            spans["pitch +-10"] = find_span(turned[NODS])
    print()
    repeated = np.repeat(SIZES_PX, _REPEATS)
    away = read_faces(scale(px / FACE_PX)(rest) for px in repeated)
    return {**spans, "distance": find_span(away[_REPEATS - 1 :: _REPEATS])}


def find_span(measured: Array) -> Array:
    """Return half the range of each action unit."""
    return np.asarray(np.ptp(measured[:, : len(ACTION_UNITS)], axis=0) / 2)


def measure_speakers(videos: Path) -> Array:
    """Return each action unit's standard deviation over a video, the median over the videos of a folder."""
    deviations = []
    with tempfile.TemporaryDirectory() as folder:
        for video in sorted(videos.glob("*.mp4")):
            table = extract_video(video, Path(folder) / f"{video.stem}.parquet").table
            deviations.append(read_frame_table(table).frames[[*ACTION_UNITS]].std())
    return np.median(deviations, axis=0)


def print_table(columns: dict[str, list[str]]) -> None:
    """Print cells as a table with a row for each action unit."""
    print("| | " + " | ".join(columns) + " |\n" + "|---" * (len(columns) + 1) + "|")
    for name, *cells in zip(_NAMES, *columns.values(), strict=True):
        print(f"| {name} | " + " | ".join(cells) + " |")
    print()


def sweep_from_zero(angles: Array) -> Array:
    """Return a slow way from 0 to the first angle, then the angles, so that the tracker never jumps."""
    return np.concatenate([np.linspace(0, angles[0], 10), angles])


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
