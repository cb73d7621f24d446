"""Why correlations are missing, in sentences for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from features.formats import list_some
from features.quality import VOICED_COLUMN
from features.voice import LEAST_VOICED

if TYPE_CHECKING:
    from extract.sound.voice_table import VoiceTable
    from features.rows import ClipRows


class ClipNotes:
    """Gathers why correlations of one video's clips are missing, part by part.

    Parameters
    ----------
    voice
        Of the video, where the correlations are also of its voice; None where they are not.
    """

    def __init__(self, voice: VoiceTable | None = None) -> None:
        self._voice = voice
        self._unvoiced: list[str] = []
        self._lone: list[str] = []
        self._empty: list[str] = []
        self._still: list[str] = []
        self._still_features: dict[str, None] = {}

    def add(self, rows: ClipRows) -> None:
        """Look through some of the clips."""
        needed = ("frames", "pairs_missing", "constant_features", VOICED_COLUMN)
        columns = (rows.clips[name] for name in needed)
        for name, frames, missing, constant, voiced in zip(rows.names, *columns, strict=True):
            if frames < 2:
                self._lone.append(name)
                continue
            if self._voice is not None and voiced < LEAST_VOICED:
                self._unvoiced.append(name)
            elif missing == 1:
                self._empty.append(name)
            if constant is not None:
                self._still.append(name)
                self._still_features.update(dict.fromkeys(constant.split()))

    def describe(self, video: str, n_clips: int) -> list[str]:
        """Return a sentence about each thing found, for a video with `n_clips` clips altogether."""
        sentences = []
        if self._lone:
            sentences.append(
                f"{len(self._lone)} of the {n_clips} clips of {video} have fewer than two frames "
                f"({list_some(self._lone)}). All their correlations are missing."
            )
        if self._empty:
            sentences.append(
                f"{len(self._empty)} of the {n_clips} clips of {video} have no correlations "
                f"({list_some(self._empty)}), because face and body were found in too few frames."
            )
        # Of a video without sound, that is all there is to say: see `features.voices.list_missing_voice`.
        if self._unvoiced and self._voice is not None and self._voice.metadata.sound.lack is None:
            sentences.append(
                f"In {len(self._unvoiced)} of the {n_clips} clips of {video}, a voice is heard in less than "
                f"{LEAST_VOICED:.0%} of the frames ({list_some(self._unvoiced)}). That is too little to know "
                "a person by."
            )
        if self._still:
            sentences.append(
                f"In {len(self._still)} of the {n_clips} clips of {video}, some features do not vary "
                f"({list_some(list(self._still_features))}). Their correlations are missing there."
            )
        return sentences
