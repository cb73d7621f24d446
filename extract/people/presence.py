"""How much of a video shows the person whom its frame table measures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Self

import numpy as np
import pydantic

from extract.frame_table import CUT, FACE_COLUMNS
from extract.people.person import ChosenPerson
from extract.unpacked_size import check_unpacked_size
from ground.errors import TableError
from ground.records import Record
from ground.text import count

if TYPE_CHECKING:
    import pandas as pd

_Seconds = Annotated[float, pydantic.Field(ge=0)]
_LEAST_DOUBLE_S: Final = 1.0  # a shorter time may be one face in two tracks
_COLUMNS: Final = ("time_s", "nose_x", *FACE_COLUMNS, CUT)


class Presence(Record):
    """The shots of a video, and how many of them, and of its seconds, show the person who is measured.

    Attributes
    ----------
    shots_s
        When each shot begins, seconds, rising; the first is that of the first frame.
    shown_shots
        In how many shots the person was measured in at least one frame.
    duration_s
        Length of the video.
    shown_s
        How long frames last, together, in which the person's body or face was measured.
    """

    shots_s: tuple[_Seconds, ...] = pydantic.Field(min_length=1)
    shown_shots: int = pydantic.Field(ge=0)
    duration_s: _Seconds
    shown_s: _Seconds

    @pydantic.model_validator(mode="after")
    def _check_parts(self) -> Self:
        if self.shown_shots > len(self.shots_s) or self.shown_s > self.duration_s:
            raise ValueError("the person is shown in more shots or seconds than there are")
        return self


def measure_presence(frames: pd.DataFrame) -> Presence:
    """Return how much of a video shows the person.

    Parameters
    ----------
    frames
        Rows of a frame table, at least one, with rising times. A frame lasts until the next one, and the last
        of all as long as frames do in the median. Frames whose `cut` is missing begin no shot.
    """
    times = frames["time_s"].to_numpy(dtype=np.float64)
    begins = frames[CUT].to_numpy(dtype=np.float64) == 1
    begins[0] = True
    shown = (frames["nose_x"].notna() | frames[list(FACE_COLUMNS)].notna().any(axis=1)).to_numpy()
    steps = np.diff(times)
    lasting = np.append(steps, np.median(steps) if len(steps) else 0.0)
    shot = np.cumsum(begins) - 1
    duration_s = float(lasting.sum())
    return Presence(
        shots_s=tuple(times[begins].tolist()),
        shown_shots=len(np.unique(shot[shown])),
        duration_s=duration_s,
        shown_s=min(float(lasting[shown].sum()), duration_s),
    )


def read_presence(table: Path) -> Presence:
    """Return how much of a video shows the person whom its frame table at `table` measures.

    Raises
    ------
    TableError
        When the table cannot be read, or its times do not rise.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with table.open("rb") as stream:
            check_unpacked_size(pq.read_metadata(stream), table)
            stored = pq.read_table(stream, columns=list(_COLUMNS))
        return measure_presence(stored.replace_schema_metadata(None).to_pandas())
    except (pa.ArrowException, OSError, LookupError, TypeError, ValueError) as error:
        raise TableError(f"{table} is damaged. Extract the video again.") from error


def measures_nobody(person: ChosenPerson) -> bool:
    """Return whether a table measures nobody, because whoever was asked for was not seen.

    Where nobody was asked for and no face can be told from others, whoever is in the picture is measured.
    """
    return person.number is None and person.choice != "most seen"


def describe_measured(person: ChosenPerson, presence: Presence) -> str | None:
    """Return who was measured and how much of the video shows them, in a phrase; None for nobody.

    Examples
    --------
    >>> from extract.description import Backend
    >>> network = Backend(name="sface", version="1")
    >>> person = ChosenPerson(choice="most seen", network=network, number=1, people=3, shots=2)
    >>> describe_measured(person, Presence(shots_s=(0.0, 8.0), shown_shots=1, duration_s=20.4, shown_s=12.1))
    'person 1 of 3, most seen, in 1 of 2 shots, 12 of 20 s'
    """
    if measures_nobody(person):
        return None
    alike = "" if person.likeness is None else f" (similarity {person.likeness:.2f})"
    how = {"most seen": "most seen", "reference": f"like the reference{alike}", "number": None}[person.choice]
    shots = f"in {presence.shown_shots} of {count(len(presence.shots_s), 'shot')}"
    seconds = f"{presence.shown_s:.0f} of {presence.duration_s:.0f} s"
    if person.number is None:
        return f"whoever is in the picture, because no face can be told from others, {shots}, {seconds}"
    return ", ".join(filter(None, (f"person {person.number} of {person.people}", how, shots, seconds)))


def describe_nobody(person: ChosenPerson | None, video: str) -> str | None:
    """Return that whoever was asked for is not in a video, and what to do; None where they are."""
    if person is None or not measures_nobody(person):
        return None
    asked = "like the reference" if person.choice == "reference" else "of that number"
    said = f"Nobody {asked} was seen in {video}, so its frame table measures nobody."
    if not person.people:
        return f"{said} No other face was found."
    others = count(person.people, "other person", "other people")
    return f"{said} Found: {others}. To measure each of them, extract the video with --everyone."


def find_doubles(person: ChosenPerson | None) -> float | None:
    """Return for how many seconds two faces at once were like the person's; None where none were."""
    return None if person is None or person.double_s < _LEAST_DOUBLE_S else person.double_s


def tell_doubles(seconds: float) -> str:
    """Return in two sentences that two faces at once were like the person's for so long."""
    return (
        f"For {seconds:.0f} s two faces at once are like the person's: a twin or double, a picture of the "
        "person, or a second view of them. Which of the two was measured there is uncertain."
    )


def describe_doubles(person: ChosenPerson | None) -> str | None:
    """Return in two sentences that two faces at once were like the person's; None where none were."""
    seconds = find_doubles(person)
    return None if seconds is None else tell_doubles(seconds)
