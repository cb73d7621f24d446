"""Fakes of each kind, as controls to render.

A reenactment is somebody else's session on the person's face, and a face swap the same session with another
`simulate.looks.Look`: neither needs more than `simulate.render.render_frames`. A lip-sync is made here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

MOUTH_CONTROLS: Final = (
    "upper_lip_raise", "lip_corner_pull", "dimple", "lip_corner_depress", "chin_raise", "lip_stretch",
    "lip_tighten", "lips_part", "jaw_drop",
)  # fmt: skip


def sync_lips(filmed: pd.DataFrame, speech: pd.DataFrame) -> pd.DataFrame:
    """Return a session whose mouth says what another session says.

    Parameters
    ----------
    filmed
        Controls of the authentic footage (`simulate.signature.draw_session`): brows, lids, head and body
        stay as they are.
    speech
        Controls that the mouth is taken from, of as many frames.

    Returns
    -------
    DataFrame
        A copy of `filmed` with the `MOUTH_CONTROLS` of `speech`.

    Raises
    ------
    InputError
        When the sessions differ in length.
    """
    if len(filmed) != len(speech):
        raise InputError(
            f"Lips cannot be synchronised: one session has {len(filmed)} frames, the other {len(speech)}. "
            "Draw both with the same length."
        )
    return filmed.assign(**{name: speech[name].to_numpy() for name in MOUTH_CONTROLS})
