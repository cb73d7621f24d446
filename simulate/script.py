"""What an interview shows: the people, and who is where in each shot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ground.errors import InputError
from simulate.looks import Look
from simulate.placing import Place, Window
from simulate.portrait import ASTRONAUT, Portrait
from simulate.signature import Signature

Kind: TypeAlias = Literal["single", "two-shot", "inset", "insert", "passer-by", "upright", "poster"]

DEFAULT_FPS: Final = 12.5


@dataclass(frozen=True)
class Person:
    """Somebody in an interview.

    Attributes
    ----------
    name
        What their columns of the truth begin with.
    signature
        How they move.
    portrait, look
        Whose face it is, and how it is changed.
    liveliness
        What the controls of a session are multiplied by. At 1 some faces are so distorted that nobody would
        know them again, which tests of motion do not mind.
    """

    name: str
    signature: Signature
    portrait: Portrait = ASTRONAUT
    look: Look | None = None
    liveliness: float = 0.6


@dataclass(frozen=True)
class Appearance:
    """Somebody in a shot.

    Attributes
    ----------
    name
        Who.
    place
        Where in the picture, or, within an inset, where in it.
    walk_px
        How far they go to the right in every frame.
    inside
        The inset, such as an interpreter's, that they are shown in; None for the whole picture.
    still
        Whether it is a photograph of them, which does not move.
    """

    name: str
    place: Place
    walk_px: float = 0.0
    inside: Window | None = None
    still: bool = False

    def move(self, frame: int) -> Place:
        """Return where they are in a frame of the shot, in px of the picture."""
        left, top = (0, 0) if self.inside is None else (self.inside.left, self.inside.top)
        return Place(self.place.scale, self.place.left + self.walk_px * frame + left, self.place.top + top)


@dataclass(frozen=True)
class Shot:
    """One shot.

    Attributes
    ----------
    kind
        What it is an example of.
    frames
        How many, with those of the dissolve that it begins with.
    appearances
        Who is in it, those behind before those in front of them.
    scenery
        Which background, any whole number.
    dissolve
        Over how many of its frames the shot before it fades; 0 for a cut.
    skip
        By how many frames everybody's motion has gone on since the shot before: a jump cut if the two are
        framed alike.
    upright
        Width, px, of the upright video that is shown in the middle, over a blurred larger copy of itself; 0
        for a picture that fills the frame.
    """

    kind: Kind
    frames: int
    appearances: tuple[Appearance, ...] = ()
    scenery: int = 0
    dissolve: int = 0
    skip: int = 0
    upright: int = 0


@dataclass(frozen=True)
class Script:
    """What an interview shows.

    Attributes
    ----------
    people
        Everybody who is in it; names differ.
    shots
        One after the other.
    fps
        Frames a second.
    seed
        Of everybody's session.
    size
        Width and height of the picture, px, even numbers.

    Raises
    ------
    InputError
        When there is no shot, a shot has no frame or a longer dissolve than itself, two people have one name,
        or somebody is in a shot who is not among the people.
    """

    people: tuple[Person, ...]
    shots: tuple[Shot, ...]
    fps: float = DEFAULT_FPS
    seed: int = 0
    size: tuple[int, int] = (1280, 720)

    def __post_init__(self) -> None:
        names = {person.name for person in self.people}
        if len(names) < len(self.people):
            raise InputError("Two people of an interview have the same name. Give each one of their own.")
        for number, shot in enumerate(self.shots):
            if not 0 <= shot.dissolve < shot.frames or (shot.dissolve and not number):
                raise InputError(
                    f"Shot {number} has {shot.frames} frames, {shot.dissolve} of them a dissolve. A shot "
                    "needs a frame after its dissolve, and the first one has none."
                )
            if strangers := {one.name for one in shot.appearances} - names:
                raise InputError(f"Shot {number} shows {', '.join(sorted(strangers))}, who is not cast.")
        if not self.shots:
            raise InputError("An interview needs a shot.")

    @property
    def frames(self) -> int:
        """How many there are."""
        return sum(shot.frames for shot in self.shots)
