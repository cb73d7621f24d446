"""Voice tables beside frame tables: whether they are there, what they lack, and whether they agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from extract.description import Backend
from extract.frame_table import FrameTableMetadata
from extract.sound.voice_table import VoiceTable, read_voice_of
from features.formats import list_some
from features.voice import list_unheard, tell_no_voice_table
from ground.errors import TableError


def read_needed_voice(table: Path, metadata: FrameTableMetadata) -> VoiceTable:
    """Read the voice table beside a frame table.

    Raises
    ------
    TableError
        When it is not there, as beside tables of older versions, or damaged.
    """
    voice = read_voice_of(table, metadata)
    if voice is None:
        raise TableError(tell_no_voice_table(metadata.source.name))
    return voice


def list_missing_voice(video: str, voice: VoiceTable) -> list[str]:
    """Return a sentence on each thing that is missing throughout the voice of a video."""
    sound = voice.metadata.sound
    if sound.lack is not None:
        return [f"{video} has no sound to read ({sound.lack}). So its pairs with the voice are missing."]
    return [
        f"The sound of {video} has only {sound.rate_hz:,} samples a second. So its pairs with {name} are "
        "missing."
        for name in list_unheard(sound.rate_hz)
    ]


def describe_other_voices(readers: Sequence[tuple[Path, Backend]]) -> list[str]:
    """Return a sentence for each way in which voices were measured differently from the first of them.

    Parameters
    ----------
    readers
        What measured the voice beside each frame table.
    """
    by_reader = defaultdict(list)
    for table, reader in readers:
        by_reader[reader.label].append(str(table))
    wanted = next(iter(by_reader), None)
    return [
        f"the voice of {list_some(tables)} was measured by {label} instead of {wanted}"
        for label, tables in by_reader.items()
        if label != wanted
    ]
