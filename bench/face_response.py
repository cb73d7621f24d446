"""What every action unit's measure answers to on rendered faces, as tables for docs/face.md.

    python bench/face_response.py

One action is driven at a time, at three sizes and six angles of the head; then the resting face is turned and
moved away. Takes about five minutes.
"""

from __future__ import annotations

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

from extract.frame_table import ACTION_UNITS

SMALL_PX = (80, 40)
ANGLE_DEG = 20
VIEWS = {
    **{f"{px} px": scale(px / FACE_PX) for px in SMALL_PX},
    **{f"pitch {sign * ANGLE_DEG:+d}": turn(pitch_deg=sign * ANGLE_DEG) for sign in (1, -1)},
    **{f"yaw {sign * ANGLE_DEG:+d}": turn(yaw_deg=sign * ANGLE_DEG) for sign in (1, -1)},
    **{f"roll {sign * ANGLE_DEG:+d}": turn(roll_deg=sign * ANGLE_DEG) for sign in (1, -1)},
}
TURNS_DEG = np.arange(-25.0, 25.1, 2.5)
SIZES_PX = np.array([40, 50, 60, 80, 100, 120, 150, 183, 240])
_REPEATS = 4  # frames of each size, until the trackers have settled


def main() -> None:
    """Print three tables."""
    frames = render_driven()
    own = print_responses(compute_responses(read_faces(frames)))
    print_views(own, {name: compute_responses(read_faces(map(view, frames))) for name, view in VIEWS.items()})
    print_invariance(own)


def print_responses(responses: Array) -> Array:
    """Print the response matrix in shares of each measure's own response, which is returned."""
    own = np.diag(responses)
    print("| | " + " | ".join(ACTIONS) + " |\n" + "|---" * (len(ACTIONS) + 1) + "|")
    for row, unit in enumerate(ACTION_UNITS):
        shares = responses[row] / own[row]
        cells = [
            f"**{s:.1f}**" if k == row else f"{s:.1f}" if abs(s) >= 0.25 else "" for k, s in enumerate(shares)
        ]
        print(f"| {unit} {own[row]:+.3f} | " + " | ".join(cells) + " |")
    return own


def print_views(own: Array, views: dict[str, Array]) -> None:
    """Print each measure's own response in other views, in shares of that in the plain one."""
    print("\n| | " + " | ".join(views) + " |\n" + "|---" * (len(views) + 1) + "|")
    for row, unit in enumerate(ACTION_UNITS):
        shares = [responses[row, row] / own[row] for responses in views.values()]
        print(f"| {unit} | " + " | ".join(f"{share:.2f}" for share in shares) + " |")


def print_invariance(own: Array) -> None:
    """Print how far each measure goes when nothing but the head's angle or distance changes."""
    rest = render_rest()
    turned = {
        axis: read_faces(turn(**{f"{axis}_deg": angle})(rest) for angle in sweep_from_zero(TURNS_DEG))
        for axis in ("pitch", "yaw", "roll")
    }
    for axis, name in (("pitch", "pose_Rx"), ("yaw", "pose_Ry"), ("roll", "pose_Rz")):
        angles = column(turned[axis], name)[-len(TURNS_DEG) :]
        slope = np.polyfit(np.radians(TURNS_DEG), angles, 1)[0]
        print(f"\n{name} rises by {slope:.2f} of the {axis} that was rendered", end="")
    repeated = np.repeat(SIZES_PX, _REPEATS)
    away = read_faces(scale(px / FACE_PX)(rest) for px in repeated)[_REPEATS - 1 :: _REPEATS]
    print(f"\n\n| | response | pitch | yaw | roll | {SIZES_PX[0]}-{SIZES_PX[-1]} px |\n" + "|---" * 6 + "|")
    for row, unit in enumerate(ACTION_UNITS):
        spans = [np.ptp(values[-len(TURNS_DEG) :, row]) / 2 for values in turned.values()]
        cells = " | ".join(f"{span:.3f}" for span in spans)
        print(f"| {unit} | {own[row]:.3f} | {cells} | {np.ptp(away[:, row]) / 2:.3f} |")


def sweep_from_zero(angles: Array) -> Array:
    """Return a slow way from 0 to the first angle, then the angles, so that the tracker never jumps."""
    return np.concatenate([np.linspace(0, angles[0], 10), angles])


if __name__ == "__main__":
    main()
