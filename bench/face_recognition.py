"""How well faces are told apart: one look at a face against the mean of other looks.

    python bench/face_recognition.py VIDEOS

Every mp4 file of the folder VIDEOS shows one person, each file another one. A look is a picture of such a
file, and they are spread evenly over it. Each look is compared with its own person, the
mean of the looks of the other half of the file, and with everybody else, the mean of all of theirs; the two
rendered portraits are among them. Before, the picture is made smaller, pasted into a grey one of 1280 x 720
px, and altered. Printed are in how many a face was found that is clear enough to be told from others, but for
its size, and the cosines; then how often each threshold would err; then times of one core.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from extract.limits import Limits
from extract.people.faces import SMALLEST_PX, Face, FaceNetworks, average_directions
from extract.people.person import OTHER_PERSON, SAME_PERSON, Embedding
from extract.video import VideoReader
from simulate.controls import CONTROL_NAMES
from simulate.officer import OFFICER
from simulate.painting import Image
from simulate.render import Renderer

LOOKS: Final = 12
SIZE: Final = (1280, 720)
WIDTHS: Final = (24, 32, 40, 48, 64, 80, 120, 240)
ALTERED_WIDTHS: Final = (48, 80)
THRESHOLDS: Final = (0.25, 0.30, 0.35, 0.40, 0.45, 0.50, 0.55, 0.60, 0.65)
LEVEL: Final = 0.95
GREY: Final = 110

Alter = Callable[[Image, Face], Image]


@dataclass(frozen=True)
class Look:
    """A picture of a person with their face in it."""

    person: str
    half: int
    image: Image
    face: Face


@dataclass
class Tally:
    """What became of looks: how many were taken, and of those with a clear face the embeddings and cosines.

    `own` are cosines to the person's mean, `others` to those of everybody else, and `alike` to the person's
    mean of looks that are altered in the same way; with each, who was compared.
    """

    taken: int = 0
    embeddings: list[tuple[Look, Embedding]] = field(default_factory=list)
    own: list[tuple[str, float]] = field(default_factory=list)
    alike: list[float] = field(default_factory=list)
    others: list[tuple[str, float]] = field(default_factory=list)

    def compare_among_themselves(self) -> None:
        """Compare each look with the mean of the altered looks of the other half of its video."""
        for look, embedding in self.embeddings:
            rest = [
                other for one, other in self.embeddings if one.person == look.person and one.half != look.half
            ]
            if rest:
                self.alike.append(float(average_directions(rest) @ embedding))


def take_looks(folder: Path, networks: FaceNetworks) -> Iterator[Look]:
    """Yield looks at the people of the videos, evenly spread."""
    for path in sorted(folder.glob("*.mp4")):
        with VideoReader(path, Limits()) as video:
            step_s = (video.duration_s or 10.0) / LOOKS
            due_s, number = step_s / 2, 0
            for picture in video.iter_pictures():
                if picture.time_s < due_s:
                    continue
                due_s, number = due_s + step_s, number + 1
                image = picture.to_frame(None).image
                faces = networks.find(image)
                if faces:
                    largest = max(faces, key=lambda face: face.width)
                    yield Look(path.stem, int(number > LOOKS / 2), image, largest)


def render_portraits(networks: FaceNetworks) -> dict[str, Embedding]:
    """Return the embeddings of the two rendered portraits."""
    rest = np.zeros(len(CONTROL_NAMES))
    pictures = {"portrait": Renderer().render(rest), "officer": Renderer(portrait=OFFICER).render(rest)}
    return {name: networks.embed(image, networks.find(image)[0]) for name, image in pictures.items()}


def shrink(look: Look, width: float) -> tuple[Image, Face]:
    """Return a look in a grey picture with its face so wide, and the face there."""
    scale = width / look.face.width
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(look.image, None, fx=scale, fy=scale, interpolation=way)
    middle = np.array((look.face.left, look.face.top)) * scale + width / 2
    left, top = (round(side / 2 - at) for side, at in zip(SIZE, middle, strict=True))
    canvas = np.full((SIZE[1], SIZE[0], 3), GREY, np.uint8)
    height, across = small.shape[:2]
    x, y = max(left, 0), max(top, 0)
    right, bottom = min(left + across, SIZE[0]), min(top + height, SIZE[1])
    canvas[y:bottom, x:right] = small[y - top : bottom - top, x - left : right - left]
    box = np.array((look.face.left, look.face.top)) * scale + (left, top)
    points = look.face.points * scale + (left, top)
    return canvas, Face(*box, look.face.width * scale, look.face.height * scale, points, look.face.score)


def leave(image: Image, face: Face) -> Image:
    """Return a picture as it is."""
    return image


def take_colour(image: Image, face: Face) -> Image:
    """Return a picture in black and white."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)


def darken(image: Image, face: Face) -> Image:
    """Return a picture with a fifth of its light, and noise."""
    noise = np.random.default_rng(0).normal(0, 3, image.shape)
    return np.asarray(np.clip(0.2 * image + noise, 0, 255), np.uint8)


def mirror(image: Image, face: Face) -> Image:
    """Return a picture the other way round."""
    return np.ascontiguousarray(image[:, ::-1])


def blur(image: Image, face: Face) -> Image:
    """Return a picture out of focus, by 4 % of the face's width."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.04 * face.width), np.uint8)


def mask(image: Image, face: Face) -> Image:
    """Return a picture with a mask over nose and mouth."""
    masked, nose = image.copy(), face.points[2]
    left, right, bottom = face.left, face.left + face.width, face.top + face.height
    outline = np.array([(left, nose[1]), (nose[0], nose[1] - 0.12 * face.height), (right, nose[1]),
                        (right, bottom), (left, bottom)])  # fmt: skip
    cv2.fillPoly(masked, [np.rint(outline).astype(np.int32)], (120, 160, 200))
    return masked


def turn(image: Image, face: Face) -> Image:
    """Return a picture turned by 20 degrees."""
    matrix = cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), 20, 1)
    return np.asarray(cv2.warpAffine(image, matrix, SIZE, borderValue=(GREY,) * 3), np.uint8)


def encode(image: Image, face: Face, crf: int) -> Image:
    """Return a picture as x264 leaves it at a constant rate factor."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "one.mkv"
        with av.open(path, "w") as container:
            stream = container.add_stream("libx264", rate=25)
            stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
            stream.options = {"crf": str(crf), "preset": "veryfast"}
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
            container.mux(stream.encode(None))
        with av.open(path) as container:
            return np.asarray(next(container.decode(video=0)).to_ndarray(format="rgb24"), np.uint8)


ALTERATIONS: Final[dict[str, Alter]] = {
    "x264 crf 28": partial(encode, crf=28), "x264 crf 34": partial(encode, crf=34),
    "x264 crf 40": partial(encode, crf=40), "black and white": take_colour, "a fifth of the light": darken,
    "mirrored": mirror, "out of focus": blur, "masked": mask, "turned by 20 degrees": turn,
}  # fmt: skip


class Bench:
    """All looks, and what they are compared with."""

    def __init__(self, folder: Path) -> None:
        self.networks = FaceNetworks()
        self.looks = list(take_looks(folder, self.networks))
        self.seconds: dict[str, list[float]] = {"finding faces": [], "telling one apart": []}
        embeddings = [self.networks.embed(look.image, look.face) for look in self.looks]
        self.means = render_portraits(self.networks)
        self.halves: dict[tuple[str, int], Embedding] = {}
        for person in {look.person for look in self.looks}:
            of = [
                (look.half, e)
                for look, e in zip(self.looks, embeddings, strict=True)
                if look.person == person
            ]
            self.means[person] = average_directions([e for _, e in of])
            for half in (0, 1):
                self.halves[person, half] = average_directions([e for h, e in of if h == half])

    def compare(self, width: float, alter: Alter) -> Tally:
        """Take all looks with faces so wide, altered, and return what became of them."""
        tally = Tally()
        for look in self.looks:
            canvas, face = shrink(look, width)
            altered = alter(canvas, face)
            tally.taken += 1
            start = time.process_time()
            faces = self.networks.find(altered)
            self.seconds["finding faces"].append(time.process_time() - start)
            if not faces:
                continue
            nearest = min(faces, key=lambda one: np.hypot(one.spot.x - SIZE[0] / 2, one.spot.y - SIZE[1] / 2))
            if not nearest._replace(width=SMALLEST_PX).is_clear:  # too small ones are compared, too
                continue
            start = time.process_time()
            embedding = self.networks.embed(altered, nearest)
            self.seconds["telling one apart"].append(time.process_time() - start)
            tally.embeddings.append((look, embedding))
            tally.own.append((look.person, float(self.halves[look.person, 1 - look.half] @ embedding)))
            tally.others += [
                (f"{look.person} {name}", float(mean @ embedding))
                for name, mean in self.means.items()
                if name != look.person
            ]
        tally.compare_among_themselves()
        return tally


def bound(errors: int, trials: int) -> str:
    """Return a share and its Clopper-Pearson interval in per cent."""
    rest = (1 - LEVEL) / 2
    low = beta.ppf(rest, errors, trials - errors + 1) if errors else 0.0
    high = beta.ppf(1 - rest, errors + 1, trials - errors) if errors < trials else 1.0
    return f"{errors}/{trials} = {100 * errors / max(trials, 1):.1f} % ({100 * low:.1f} to {100 * high:.1f})"


def share(values: npt.NDArray[np.float64]) -> str:
    """Return the share of a condition, per cent."""
    return f"{100 * values.mean():5.0f}" if len(values) else "    -"


def print_row(name: str, tally: Tally) -> None:
    """Print a row of the table of conditions."""
    own, others = (np.array([value for _, value in pairs]) for pairs in (tally.own, tally.others))
    alike = np.array(tally.alike)
    if not len(own) or not len(alike):
        print(f"{name:28s} {tally.taken:5d} {len(own):5d}   too few to compare")
        return
    print(
        f"{name:28s} {tally.taken:5d} {len(own):5d}   {own.min():.2f} {np.median(own):.2f}   "
        f"{share(own >= SAME_PERSON)} {share((own < SAME_PERSON) & (own >= OTHER_PERSON))} "
        f"{share(own < OTHER_PERSON)}   {alike.min():.2f} {np.median(alike):.2f} "
        f"{share(alike >= SAME_PERSON)}   {np.median(others):.2f} {others.max():.2f}   "
        f"{share(others >= SAME_PERSON)} {share((others < SAME_PERSON) & (others >= OTHER_PERSON))}"
    )


def print_thresholds(name: str, tallies: list[Tally]) -> None:
    """Print how often each threshold errs in some conditions together, by look and by person."""
    own = [pair for tally in tallies for pair in tally.own]
    others = [pair for tally in tallies for pair in tally.others]
    print(f"\n{name}: errors by looks as if they were independent, and by people or pairs with any error")
    for threshold in THRESHOLDS:
        below = [who for who, value in own if value < threshold]
        above = [who for who, value in others if value >= threshold]
        people, pairs = ({who for who, _ in all_of} for all_of in (own, others))
        print(
            f"{threshold:.2f}  own below: {bound(len(below), len(own))}, people "
            f"{bound(len(set(below)), len(people))};  others above: "
            f"{bound(len(above), len(others))}, pairs {bound(len(set(above)), len(pairs))}"
        )


def main(folder: Path) -> None:
    """Print the tables."""
    cv2.setNumThreads(1)
    bench = Bench(folder)
    people = sorted({look.person for look in bench.looks})
    print(f"{len(bench.looks)} looks at {len(people)} people, one recording each; 2 rendered portraits")
    print(
        f"{'':28s} looks clear   own: least, median; % same, unclear, other   "
        "own altered alike: least, median, % same   others: median, greatest; % same, unclear"
    )
    plain, altered = {}, {}
    for width in WIDTHS:
        plain[width] = bench.compare(width, leave)
        print_row(f"{width} px", plain[width])
    for width in ALTERED_WIDTHS:
        for name, alter in ALTERATIONS.items():
            altered[name, width] = bench.compare(width, alter)
            print_row(f"{width} px, {name}", altered[name, width])
    print_thresholds("faces of 40 px and more", [plain[width] for width in WIDTHS if width >= 40])
    print_thresholds("the same altered, without masks", [t for (n, _), t in altered.items() if n != "masked"])
    print_thresholds("masked", [tally for (name, _), tally in altered.items() if name == "masked"])
    print()
    for what, seconds in bench.seconds.items():
        print(f"{what}: {1e3 * np.median(seconds):.1f} ms (median of {len(seconds)})")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("Needs videos of people: python bench/face_recognition.py VIDEOS")
    else:
        main(Path(sys.argv[1]))
