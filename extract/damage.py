"""What of a video could not be read, in words."""

from __future__ import annotations

from typing import Final

from extract.frame_table import SourceVideo

# A container's own duration is rounded, and edit lists trim frames; less than this is no shortfall.
_SHORTFALL_S: Final = 0.5
_SHORTFALL_SHARE: Final = 0.01


def describe_damage(source: SourceVideo, read_s: float) -> str | None:
    """Return one sentence that says what of a video could not be read; None when all could.

    Parameters
    ----------
    source
        What the file promises and what was counted.
    read_s
        How much was read, seconds.
    """
    found = []
    if source.container_fps:
        # Where frames are missing, the average one lasts too long, and so does the last.
        read_s -= max(read_s / max(source.frames_decoded, 1) - 1 / source.container_fps, 0.0)
    if source.duration_s is not None and source.duration_s - read_s >= _SHORTFALL_S:
        found.append(f"{read_s:.1f} s of {source.duration_s:.1f} s were readable")
    promised = source.frames_promised or 0
    if promised - source.frames_decoded > _SHORTFALL_SHARE * promised + 1:
        found.append(f"{source.frames_decoded} of {promised} frames could be decoded")
    if source.decode_errors:
        found.append(f"{source.decode_errors} part(s) of the data could not be decoded")
    if source.frames_discarded:
        found.append(
            f"{source.frames_discarded} frame(s) with a time before their predecessor's were left out"
        )
    if not found:
        return None
    return f"{source.name} is damaged or cut off: {'; '.join(found)}. Only what was readable was used."
