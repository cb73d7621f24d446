"""Looking out for the person to measure while a video is read: now and then, never at every frame.

A look finds the faces of a picture. A face that goes on from the look before is known already; others are
told apart by their embeddings, and so is, every few looks, the face of the body that is followed. What the
looks say of that body is kept by segment: a segment is a stretch of frames in which one body is followed, and
its head does not suddenly look otherwise or lie elsewhere. Where that happens, as when somebody walks between
the person and the camera, a look at once says whose head it is now.
"""

from __future__ import annotations

import itertools
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.head import FaceSpot, HeadPlace
from extract.orientation import RgbImage
from extract.people.advice import FOLLOW, Advice, spot_of
from extract.people.cast import Cast, Recognition
from extract.people.face_track import FaceTrack
from extract.people.faces import Face, FaceNetworks, print_face
from extract.people.person import EMBEDDING_WIDTH, Embedding
from extract.people.segment import Segment, UntoldFace
from extract.people.sightings import Sightings
from extract.picture import Frame

# Looks lie so far apart while somebody is followed: in seconds, and in frames, because a look costs as much
# as it does however few frames a second there are; but no longer than the third number, seconds.
_LOOK_S: Final = 1.0
_LOOK_FRAMES: Final = 20
_LONGEST_S: Final = 2.0
# And so far apart while the person is searched for, and for `_LOOK_S` after the followed head was suddenly
# another or elsewhere.
_SEARCH_S: Final = 0.2
# A face that goes on is told from others again after so many seconds, and the one that is followed after so
# many: an undetected change of person costs no more than that.
_TELL_AGAIN_S: Final = 5.0
_VERIFY_S: Final = 4.0
# Where the video is known to show nobody else, looks lie so far apart, and the face is told so much later.
_ALONE_LOOK_S: Final = 1.75
_ALONE_VERIFY_S: Final = 8.0
# As long as the person may be behind somebody, at most so long, faces no further from where they were than so
# many widths are told anew in every look: the face that goes on there may be the other one's.
_ANEW_S: Final = 5.0
_ANEW_WAY: Final = 3.0
# A body that was not found in so many frames is searched for anew.
_LOST_FRAMES: Final = 10
# A face that has not moved at all for so many looks is a picture, where the person is seen beside it.
_STILL_LOOKS: Final = 2
# Of several faces that are the person's, one that is so much less like them (cosine) is a blurred copy.
_COPY: Final = 0.3
# Pictures are kept of the faces in view, and of so many that were: a crowd must not fill the memory.
_MOST_PICTURES: Final = 32
_QUALITY: Final = 85


class Lookout:
    """Watches the faces of successive frames of a stretch of video.

    Parameters
    ----------
    networks
        Find faces and tell them apart.
    cast
        The people of the video, and whom to look out for.
    last_seen
        Where the person was before these frames, px of the video's first picture; None where that is not
        known.
    """

    def __init__(self, networks: FaceNetworks, cast: Cast, last_seen: FaceSpot | None = None) -> None:
        self._networks, self._cast = networks, cast
        self._last_seen = last_seen
        # Only somebody else of the video can have taken the person's place unseen.
        self._has_others = len(cast.members) > 1
        self._tracks: list[FaceTrack] = []
        self._segments: list[Segment] = []
        self._following = False
        # While nobody is followed: whether whoever is found may be, and whether it is known to be the person.
        self._is_open, self._is_sure = False, False
        self._wanted: FaceSpot | None = None
        self._aimed: FaceTrack | None = None
        self._others: tuple[FaceSpot, ...] = ()
        self._last_s, self._frames_since = -np.inf, 0
        self._alarmed_s, self._anew_until_s, self._anew_at = -np.inf, -np.inf, FaceSpot(0, 0, 1)
        self._rows, self._rows_without = 0, 0
        self._seen: list[tuple[float, int, tuple[float, ...], Embedding, int]] = []
        self._numbers = itertools.count()
        self._past: list[FaceTrack] = []

    def begin_shot(self, since_row: int) -> None:
        """Note that the next frame begins another shot; rows from `since_row` on belong to neither."""
        self._leave(self._tracks)
        self._tracks, self._aimed = [], None
        self._end_segment(since_row)
        self._last_s, self._last_seen = -np.inf, None
        self._anew_until_s = -np.inf

    def advise(self, frame: Frame, head: HeadPlace | None) -> Advice:
        """Look at the next frame where it is time to, and say what to do about the body in it.

        Parameters
        ----------
        frame
            The frame.
        head
            Where the followed body had its head in the frame before; None where it was not found.
        """
        self._frames_since += 1
        if self._following and head is not None:
            self._last_seen = _to_video(spot_of(head), frame)
        if not self._is_due(frame.time_s):
            if self._following:
                return Advice(follow=True, wanted=self._wanted)
            return Advice(self._is_open, wanted=self._wanted, others=self._others, is_search=True)
        self._last_s, self._frames_since = frame.time_s, 0
        tracks = self._look(frame, head if self._following else None)
        own = self._find_own(tracks, frame, head) if self._following else None
        if own is not None and own.untold is not None:
            self._segments[-1].keep(UntoldFace(self._rows, frame.time_s, own.untold))
        chosen = [track for track in tracks if track.answer == "yes"]
        if self._following:
            advice = self._advise_following(frame, own, chosen)
        else:
            advice = self._advise_searching(frame, tracks, chosen)
        # Of several people the body reader must find the same again when it loses them.
        self._wanted = advice.wanted or (_to_frame(own.spot, frame) if own and len(tracks) > 1 else None)
        self._is_open, self._others = advice.follow, advice.others
        return advice

    def look_back(self, frame: Frame, head: HeadPlace) -> None:
        """Look at the frame before one in which something changes at once, so that it is known who was there.

        Parameters
        ----------
        frame
            The frame that was noted last.
        head
            Where the followed body has its head in it.
        """
        if not (self._following and self._has_others) or self._last_s == frame.time_s:
            return
        spot = spot_of(head)
        faces = [face for face in self._networks.find(frame.image) if spot.may_be(face.spot)]
        face = min(faces, key=lambda one: spot.distance_to(one.spot), default=None)
        if face is not None and face.is_clear:
            aligned = self._networks.align(frame.image, face)
            self._segments[-1].keep(UntoldFace(self._rows - 1, frame.time_s, aligned))

    def confirm(self, frame: Frame, head: HeadPlace) -> bool:
        """Look again at the same frame, because the followed head is suddenly another, or elsewhere.

        Parameters
        ----------
        frame
            The frame that was advised on last.
        head
            Where the followed body has its head in it.

        Returns
        -------
        bool
            False where it is somebody else's, or the person's face is elsewhere, so that the body is not
            followed. Else a new segment begins: what is known of the rows before says nothing of those that
            come.
        """
        if not self._following:
            return True
        self._end_segment(self._rows)
        self._last_s, self._frames_since = frame.time_s, 0
        self._alarmed_s, self._anew_until_s = frame.time_s, frame.time_s + _ANEW_S
        self._anew_at = _to_video(spot_of(head), frame)
        tracks = self._look(frame, head)
        own = self._find_own(tracks, frame, head)
        self._is_sure = own is not None and own.answer == "yes"
        is_other = own is not None and own.answer == "no"
        if is_other or (not self._is_sure and any(track.answer == "yes" for track in tracks)):
            self._last_s = -np.inf  # the person is searched for in the next frame
            return False
        self._is_open = True
        return True

    def note(self, *, found: bool) -> None:
        """Note whether the body that was advised on was read in the frame; to be called for every frame."""
        self._rows += 1
        if found:
            self._aimed = None
        if found and not self._following:
            self._following = True
            self._segments.append(Segment(self._rows - 1))
            self._anew_until_s = min(self._anew_until_s, self._alarmed_s + _LOOK_S)
            if self._is_sure:
                self._segments[-1].verify(self._rows - 1, self._last_s)
        if found:
            self._segments[-1].stop_row = self._rows
        self._rows_without = 0 if found else self._rows_without + 1
        if self._following and self._rows_without >= _LOST_FRAMES:
            self.lose()

    def lose(self) -> None:
        """Note that the followed body is not the same any more: the next frame is looked at."""
        if self._following:
            if self._last_seen is not None:
                self._anew_until_s, self._anew_at = self._last_s + _ANEW_S, self._last_seen
            self._last_s = -np.inf
        self._end_segment(self._rows)

    def label_rows(self) -> npt.NDArray[np.int8]:
        """Return for each row 1 where it is the person's, 0 where that is not known, -1 where it is not."""
        if self._following:
            self._segments[-1].settle(self._recognise)
        labels = np.full(self._rows, -1, np.int8)
        for segment in self._segments:
            rows = slice(segment.first_row, segment.stop_row)
            if segment.verified_row is None:
                labels[rows] = -1 if segment.refuted else 0
            else:
                labels[rows] = 1
                if segment.refuted:
                    labels[segment.verified_row + 1 : segment.stop_row] = -1
        return labels

    def sightings(self) -> Sightings:
        """Return all faces that were seen."""
        if not self._seen:
            return Sightings.none()
        times, tracks, spots, embeddings, still = zip(*self._seen, strict=True)
        pictures = {
            track.number: _encode(track.picture)
            for track in sorted((*self._past, *self._tracks), key=lambda one: one.number)
            if track.picture is not None
        }
        return Sightings(
            np.array(times),
            np.array(tracks),
            np.array(spots),
            np.stack(embeddings),
            np.array(still, np.int8),
            np.array(list(pictures)),
            np.array(list(pictures.values())),
        )

    def _is_due(self, time_s: float) -> bool:
        away_s = time_s - self._last_s
        if not self._following:
            return away_s >= _SEARCH_S
        if time_s < self._anew_until_s:
            return away_s >= _SEARCH_S
        if not self._has_others and len(self._tracks) < 2:
            return away_s >= _ALONE_LOOK_S
        return away_s >= _LONGEST_S or (away_s >= _LOOK_S and self._frames_since >= _LOOK_FRAMES)

    def _advise_following(self, frame: Frame, own: FaceTrack | None, chosen: list[FaceTrack]) -> Advice:
        segment = self._segments[-1]
        alive = [track for track in chosen if not track.still_looks]
        if own is not None and own.still_looks >= _STILL_LOOKS and alive:
            segment.refute_all()  # it is a picture of the person, who is there too
            self._end_segment(self._rows)
            return self._aim(frame, alive)
        if own is not None and own.answer == "yes":
            if own.told_s == frame.time_s:
                segment.verify(self._rows, frame.time_s)
            return FOLLOW
        is_doubtful = own is None or own.answer == "unclear"
        if is_doubtful and (not chosen or frame.time_s - segment.verified_s < _TELL_AGAIN_S):
            return FOLLOW
        # Somebody else is followed, or the person is seen in another place.
        segment.refuted = True
        self._end_segment(self._rows)
        return self._aim(frame, chosen) if chosen else Advice(follow=False, restart=True)

    def _advise_searching(self, frame: Frame, tracks: list[FaceTrack], chosen: list[FaceTrack]) -> Advice:
        if self._aimed is not None:
            self._aimed.missed_looks += 1
            self._aimed = None
        if chosen:
            return self._aim(frame, chosen)
        self._is_sure = False
        if tracks and all(track.answer == "unclear" for track in tracks):
            largest = max(tracks, key=lambda track: track.spot.width)
            wanted = _to_frame(largest.spot, frame)
            return Advice(follow=True, restart=True, wanted=wanted, is_search=True)
        # A body without a face may be the person's; with a stranger's face in view it rather is theirs, and
        # somebody whom the survey did not see is hardly there.
        is_expected = self._cast.chosen is not None or self._cast.reference is None
        return Advice(follow=not tracks and is_expected)

    def _aim(self, frame: Frame, chosen: list[FaceTrack]) -> Advice:
        """Return that the person is at one of the faces that are theirs, or a copy's or a double's.

        A face beside which no body was found is not tried again before the others.
        """
        self._is_sure = True
        last, least = self._last_seen, max(track.likeness for track in chosen) - _COPY

        def rank(one: FaceTrack) -> tuple[float, ...]:
            if last is None:
                return one.still_looks, one.likeness < least, one.missed_looks, -one.spot.width
            return one.still_looks, one.missed_looks, last.distance_to(one.spot)

        self._aimed = best = min(chosen, key=rank)
        others = tuple(_to_frame(track.spot, frame) for track in self._tracks if track is not best)
        wanted = _to_frame(best.spot, frame)
        return Advice(follow=True, restart=True, wanted=wanted, others=others, is_search=True)

    def _end_segment(self, row: int) -> None:
        if self._following:
            self._segments[-1].end(row)
            self._segments[-1].settle(self._recognise)
        self._following = self._is_open = self._is_sure = False
        self._wanted = None

    def _look(self, frame: Frame, head: HeadPlace | None) -> list[FaceTrack]:
        """Find the faces of a frame, link them with those of the look before, and tell apart what must be."""
        while self._seen and self._seen[-1][0] == frame.time_s:
            self._seen.pop()  # a second look at a frame replaces the first one
        found: list[FaceTrack] = []
        known = self._tracks
        if frame.time_s < self._anew_until_s:
            known = [track for track in known if self._anew_at.distance_to(track.spot) > _ANEW_WAY]
        free = list(known)
        for face in self._networks.find(frame.image):
            spot = _to_video(face.spot, frame)
            # Where it may be either of two that were seen before, it is told from others anew.
            near = [one for one in known if one.may_go_on_at(spot)]
            track = near[0] if len(near) == 1 and near[0] in free else None
            if track is None:
                track = FaceTrack(next(self._numbers), spot)
            else:
                free.remove(track)
            track.spot, track.looks = spot, track.looks + 1
            still = track.compare_print(print_face(frame.image, face.spot), frame.time_s)
            followed = head is not None and spot_of(head).may_be(face.spot)
            embedding = self._tell(track, face, frame, followed=followed)
            track.keep_picture(frame.image, face)
            across, down = frame.scale
            box = face.left * across, face.top * down, face.width * across, face.height * down
            self._seen.append((frame.time_s, track.number, box, embedding, still))
            found.append(track)
        self._leave([track for track in self._tracks if track not in found])
        self._tracks = found
        return found

    def _tell(self, track: FaceTrack, face: Face, frame: Frame, *, followed: bool) -> Embedding:
        """Return the embedding of a face where it is time to tell it from others, NaN elsewhere."""
        every_s = (_VERIFY_S if self._has_others else _ALONE_VERIFY_S) if followed else _TELL_AGAIN_S
        track.untold = None
        if not face.is_clear or (track.answer != "unclear" and frame.time_s - track.told_s < every_s):
            if face.is_clear and followed and self._has_others:
                track.untold = self._networks.align(frame.image, face)
            return np.full(EMBEDDING_WIDTH, np.nan, np.float32)
        embedding = self._networks.embed(frame.image, face)
        found = self._cast.recognise(embedding)
        answer, track.told_s = found.is_chosen, frame.time_s
        # A face that was known is given up only when it is unlike twice, or is that of another person of the
        # video: one picture of it may be bad. Until it is told again, at the next look, nothing is verified.
        track.doubts = track.doubts + 1 if track.answer == "yes" and answer == "no" else 0
        if track.answer == "yes" and (answer == "unclear" or (track.doubts == 1 and not found.is_another)):
            track.told_s -= every_s - _LOOK_S
            return embedding
        track.answer, track.likeness = answer, found.likeness
        return embedding

    def _recognise(self, aligned: RgbImage) -> Recognition:
        return self._cast.recognise(self._networks.embed_aligned(aligned))

    def _leave(self, tracks: list[FaceTrack]) -> None:
        """Keep the pictures of the person's faces that are gone, and of those that were seen longest."""
        past = sorted((*self._past, *tracks), key=lambda one: (one.answer != "yes", -one.looks, one.number))
        self._past = past[:_MOST_PICTURES]

    @staticmethod
    def _find_own(tracks: list[FaceTrack], frame: Frame, head: HeadPlace | None) -> FaceTrack | None:
        """Return the face of the body that is followed."""
        if head is None:
            return None
        spot = _to_video(spot_of(head), frame)
        own = [track for track in tracks if spot.may_be(track.spot)]
        return min(own, key=lambda track: spot.distance_to(track.spot), default=None)


def _encode(picture: RgbImage) -> bytes:
    import cv2

    return cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()


def _to_video(spot: FaceSpot, frame: Frame) -> FaceSpot:
    across, down = frame.scale
    return FaceSpot(spot.x * across, spot.y * down, spot.width * across)


def _to_frame(spot: FaceSpot, frame: Frame) -> FaceSpot:
    across, down = frame.scale
    return FaceSpot(spot.x / across, spot.y / down, spot.width / across)
