"""What is known of the sound of a video file."""

from __future__ import annotations

from typing import Final, Literal

import pydantic

from ground.records import Record, Share
from ground.text import count

# Why there is no voice at all in a table: the file has no sound track, none that FFmpeg can decode, or times
# that were repaired, so that nobody knows which sound belongs to which picture; or it lasts for days.
SoundLack = Literal["no sound track", "not decodable", "times repaired", "too long"]

# Less is the usual delay of an encoder, or a rest that was cut off.
_MUCH_LATER_S: Final = 0.5
_CLIPPED_MUCH: Final = 0.001
_MOST_TRACKS: Final = 4


class SoundSource(Record):
    """The sound track that was read, and how it lies to the picture.

    Attributes
    ----------
    lack
        Why nothing was read; None where something was.
    track
        The track in words, such as "aac, 48000 Hz, 2 channels, eng"; None without one.
    other_tracks
        The file's other sound tracks, each in words.
    rate_hz
        Samples per second of the track; 0 where nothing was read. Nothing above half of it can be heard.
    start_s, end_s
        When the sound begins, and when it ends as far as it was read, which is no further than the picture
        lasts. Seconds on the clock of `time_s`, so before 0 where it begins before the picture; 0 where
        nothing was read.
    gap_s
        How much of it is missing between the two, seconds, of what belongs to the picture.
    clipped
        Share of samples at full scale, in any of the channels.
    decode_errors
        Packets that could not be decoded.
    """

    lack: SoundLack | None = None
    track: str | None = None
    other_tracks: tuple[str, ...] = ()
    rate_hz: int = pydantic.Field(default=0, ge=0)
    start_s: float = 0.0
    end_s: float = 0.0
    gap_s: float = pydantic.Field(default=0.0, ge=0)
    clipped: Share = 0.0
    decode_errors: int = pydantic.Field(default=0, ge=0)

    def list_warnings(self, name: str, picture_s: float) -> list[str]:
        """Return a sentence on each thing that people should know of the sound.

        Parameters
        ----------
        name
            Of the video.
        picture_s
            How long its picture lasts, seconds.
        """
        if self.lack == "times repaired":
            return [f"The clock of {name} was repaired. Nobody knows which sound belongs to which picture."]
        if self.lack == "not decodable":
            return [f"FFmpeg cannot decode the sound of {name} ({self.track}), so there is no voice."]
        if self.lack == "too long":
            return [f"{name} lasts {picture_s / 3600:,.0f} hours, too long to measure its voice."]
        if self.lack is not None:
            return []  # many videos are silent, and whoever needs the voice says so
        said = []
        if self.other_tracks:
            tracks = "; ".join(self.other_tracks[:_MOST_TRACKS])
            more = len(self.other_tracks) - _MOST_TRACKS
            tracks += f"; and {more} more" if more > 0 else ""
            said.append(
                f"{name} has {count(1 + len(self.other_tracks), 'sound track')}. Read: {self.track}. "
                f"Not read: {tracks}."
            )
        if self.start_s > _MUCH_LATER_S:
            said.append(f"The sound of {name} begins {self.start_s:.1f} s after its picture.")
        if self.end_s < picture_s - _MUCH_LATER_S:
            said.append(f"The sound of {name} ends {picture_s - self.end_s:.1f} s before its picture.")
        if self.gap_s > _MUCH_LATER_S:
            said.append(f"{self.gap_s:.1f} s of the sound of {name} are missing in between.")
        if self.clipped > _CLIPPED_MUCH:
            said.append(f"{self.clipped:.1%} of the samples of the sound of {name} are clipped.")
        if self.decode_errors:
            said.append(f"{count(self.decode_errors, 'packet')} of the sound of {name} could not be decoded.")
        return said
