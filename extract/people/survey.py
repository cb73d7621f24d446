"""Who is in a video, before it is read: a look at its key frames, which are cheap to decode.

Encoders begin a new scene with a key frame, and put one in every few seconds, so that nearly every shot shows
in them. A file that has too few of them is decoded whole, and looked at every few seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np

from extract.claims import find_duration
from extract.container import OpenVideo, open_video
from extract.limits import Clock, Limits
from extract.orientation import RgbImage
from extract.people.cast import CastMember
from extract.people.faces import FaceNetworks, FacePrint, average_directions, print_face
from extract.people.groups import group_faces
from extract.people.person import Embedding
from extract.people.worn import GreyFace, is_one_print, lies_on_somebody, to_grey_face
from extract.picture import make_picture
from extract.video import VideoReader

# Pictures that are looked at lie so many seconds apart at least, so that no more than the second number are.
_STEP_S: Final = 4.0
_MOST_LOOKS: Final = 150
# With fewer than one key frame in so many seconds, short shots would not be seen.
_SPARSE_S: Final = 12.0
_HEIGHT: Final = 720
_NEIGHBOURS: Final = 2  # a poster and its person may be seen in turn


@dataclass(frozen=True)
class _SeenFace:
    """A face in a picture: when, whose, and whether it moves; `worn` is there where it may be a print."""

    time_s: float
    embedding: Embedding
    print: FacePrint
    worn: GreyFace | None

    def is_as(self, other: _SeenFace) -> bool:
        """Return whether nothing has moved in it since or until another look."""
        if self.print.is_same(other.print):
            return True
        return self.worn is not None and other.worn is not None and is_one_print(self.worn, other.worn)


def survey_people(path: Path, networks: FaceNetworks, limits: Limits) -> tuple[CastMember, ...]:
    """Return the people of a video, those who are seen longest first, and pictures of people last.

    Parameters
    ----------
    path
        The video.
    networks
        Find faces and tell them apart.
    limits
        What it may cost.

    Raises
    ------
    VideoError
        As of `extract.video.VideoReader`.
    """
    with open_video(path, limits) as video:
        duration_s = find_duration(video, Fraction(0)) or 0.0
        step_s = max(_STEP_S, duration_s / _MOST_LOOKS)
        times, faces = _look(_iter_key_frames(video, step_s, Clock(str(path), limits.time_s)), networks)
    if len(times) < max(1.0, duration_s / max(_SPARSE_S, 2 * step_s)):
        times, faces = _look(_iter_few(path, step_s, limits), networks)
    if not faces:
        return ()
    seconds = _spread(times)
    members = []
    # One person's faces at the extremes of their motion are less alike than two pictures of them usually are.
    for rows in group_faces([face.embedding for face in faces]):
        mean = average_directions([faces[k].embedding for k in rows])
        seen_s = sum(seconds[time_s] for time_s in {faces[k].time_s for k in rows})
        is_still = sum(_count_still([faces[k] for k in rows])) > len(rows) / 2
        members.append(CastMember(embedding=tuple(mean.tolist()), seen_s=seen_s, is_still=is_still))
    return tuple(sorted(members, key=lambda member: (member.is_still, -member.seen_s)))


def _look(
    pictures: Iterable[tuple[float, RgbImage]], networks: FaceNetworks
) -> tuple[list[float], list[_SeenFace]]:
    """Return the times of pictures, and the faces in them that can be told apart."""
    times, faces = [], []
    for time_s, image in pictures:
        times.append(time_s)
        found = networks.find(image)
        for face in found:
            if face.is_clear:
                is_worn = lies_on_somebody(face.spot, (other.spot for other in found))
                worn = to_grey_face(networks.align(image, face)) if is_worn else None
                embedding = networks.embed(image, face)
                faces.append(_SeenFace(time_s, embedding, print_face(image, face.spot), worn))
    return times, faces


def _iter_key_frames(video: OpenVideo, step_s: float, clock: Clock) -> Iterator[tuple[float, RgbImage]]:
    """Yield key frames that lie some time apart, with their time in the container's clock."""
    import av

    video.stream.codec_context.skip_frame = "NONKEY"
    due_s, number = -np.inf, 0
    packets = video.container.demux(video.stream)
    base = video.stream.time_base or Fraction(1)
    packet: av.Packet[av.VideoStream] | None = None
    while True:
        clock.check()
        try:
            packet = next(packets, None)
            if packet is not None:
                stamp = packet.pts if packet.pts is not None else packet.dts
                if not packet.is_keyframe or (stamp is not None and float(stamp * base) < due_s):
                    continue
            for raw in video.decode(packet):
                # Frames that the decoder hands out last forget their time base.
                shown_s = float(raw.pts * base) if raw.pts is not None else number * step_s
                yield shown_s, make_picture(raw, number, shown_s, video).to_frame(_HEIGHT).image
                due_s, number = shown_s + step_s, number + 1
        except av.error.FFmpegError:
            pass  # what follows may be whole; whoever reads the video tells what is damaged
        if packet is None:
            return


def _iter_few(path: Path, step_s: float, limits: Limits) -> Iterator[tuple[float, RgbImage]]:
    """Yield a picture every few seconds of a file that has too few key frames."""
    due_s = -np.inf
    with VideoReader(path, limits) as video:
        for picture in video.iter_pictures():
            if picture.time_s >= due_s:
                due_s = picture.time_s + step_s
                yield picture.time_s, picture.to_frame(_HEIGHT).image


def _spread(times: Sequence[float]) -> dict[float, float]:
    """Return for how many seconds each picture stands: half of what lies between it and its neighbours."""
    ordered = np.unique(times)
    if len(ordered) == 1:
        return {float(ordered[0]): 1.0}
    middles = (ordered[1:] + ordered[:-1]) / 2
    edges = np.concatenate(([ordered[0]], middles, [ordered[-1]]))
    # The first and the last picture stand for what lies beyond them, too, which nobody knows.
    lasting = np.diff(edges)
    lasting[[0, -1]] *= 2
    return dict(zip(ordered.tolist(), lasting.tolist(), strict=True))


def _count_still(faces: Sequence[_SeenFace]) -> list[bool]:
    """Return for each face of one person, in order of time, whether it is as it was a look before or after.

    Looks far from each other are not compared: in hours, people happen to sit as they sat before.
    """
    return [
        any(
            other.time_s != face.time_s and face.is_as(other)
            for other in (*faces[max(0, k - _NEIGHBOURS) : k], *faces[k + 1 : k + 1 + _NEIGHBOURS])
        )
        for k, face in enumerate(faces)
    ]
