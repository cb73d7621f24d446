"""What is known of a suspect's video besides its clips, and what a verdict must say of that."""

from __future__ import annotations

from dataclasses import dataclass

from classify.face_check import FaceCheck
from classify.reasons import Reason, ReasonCode, VerdictWarning, WarningCode
from classify.words.judgements import make_warning
from extract.damage import Damage
from extract.track_choice import TrackChoice
from features.shots import ShortShots


@dataclass(frozen=True)
class SuspectFacts:
    """What is known of the video of a frame table; all None for correlations tables, which do not say.

    Attributes
    ----------
    damage
        What of the video could not be read or was repaired; None for nothing.
    tracks
        Which of the video's tracks was read, where it has several.
    short_shots
        What of it lies in shots that are shorter than a clip; None for nothing.
    face
        Whether the person whom the judge knows was found in it; None where nobody looked.
    double_s
        For how many seconds two faces at once were like that of the person measured; None for none.
    """

    damage: Damage | None = None
    tracks: TrackChoice | None = None
    short_shots: ShortShots | None = None
    face: FaceCheck | None = None
    double_s: float | None = None

    def doubt_person(self) -> Reason | None:
        """Return why nobody was measured in the video; None where somebody was."""
        if self.face is None or self.face.missed is None:
            return None
        return Reason(code=ReasonCode.PERSON_NOT_FOUND, sought=self.face.missed)

    def list_warnings(self) -> tuple[VerdictWarning, ...]:
        """Return what the verdict on the video is to warn of."""
        warnings = []
        if self.damage is not None:
            warnings.append(make_warning(WarningCode.DAMAGED, damage=self.damage))
        if self.tracks is not None:
            warnings.append(make_warning(WarningCode.OTHER_TRACKS, tracks=self.tracks))
        if self.short_shots is not None:
            warnings.append(make_warning(WarningCode.SHOTS_TOO_SHORT, shots=self.short_shots))
        if self.face is not None and self.face.is_unlike:
            warnings.append(make_warning(WarningCode.FACE_UNLIKE, face=self.face))
        if self.double_s is not None:
            warnings.append(make_warning(WarningCode.DOUBLES, double_s=self.double_s))
        return tuple(warnings)
