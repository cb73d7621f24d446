"""background, enrol, verify, classify and compare, on frame tables of simulated people who clearly differ."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from backgrounds import few_descriptors, write_world
from command_line import Run, assert_refused, files_below
from population import make_correlations, write_correlations

import motionsig
from classify.background.files import load_background
from classify.background.summary import VerificationSummary
from extract.description import Backend
from extract.frame_table import FACE_COLUMNS, SIDES, Counts, FrameTable, read_frame_table, write_frames
from features.descriptors.registry import DESCRIPTORS
from ground.errors import InputError, StoppedError
from ground.files import hash_file
from motionsig import Monitor
from motionsig.use_cases import backgrounds
from motionsig.use_cases.population_tables import write_recordings
from motionsig.use_cases.recordings import describe_table, describe_tables
from motionsig.use_cases.verification import COMPARED, check_ways
from simulate.recordings import SEPARABLE, RecordingPlan

NOT_LISTED = (
    "5 recordings are left out, because the manifest does not list them: 15_id7_pristine, 17_id8_pristine, "
    "19_id9_pristine, 21_id10_pristine, 23_id11_pristine."
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_world(tmp_path_factory.mktemp("world"))


@pytest.fixture(autouse=True)
def few() -> Iterator[None]:
    with few_descriptors():
        yield


@pytest.fixture(scope="module")
def learnt(world: Path) -> Path:
    path = world / "b.skops"
    with few_descriptors():
        motionsig.background(world / "background", path, manifest=world / "few.csv", workers=1)
    return path


@pytest.fixture
def enrolled(world: Path, learnt: Path, tmp_path: Path) -> Path:
    path = tmp_path / "models" / "ann.skops"
    motionsig.enrol("ann", table(world, 0), learnt, path)
    return path


def table(world: Path, number: int) -> Path:
    """The first person's two recordings are 0 and 1, the second's 2 and 3."""
    return world / "unseen" / f"{number}_id{number // 2}_pristine.parquet"


def change_table(path: Path, out: Path, change: object, **metadata: object) -> Path:
    found = read_frame_table(path)
    frames = change(found.frames.copy())  # type: ignore[operator]
    n = len(frames)
    source = found.metadata.source.model_copy(update={"frames_decoded": n, "frames_promised": n})
    counts = Counts(frames=n, body_frames=n, face_frames=n, read_s=0.0)
    known = {"source": source, "counts": counts}
    write_frames(FrameTable(frames, found.metadata.model_copy(update={**known, **metadata})), out)
    return out


# --- background


def test_a_background_is_written_and_told_with_its_figures(run: Run, world: Path) -> None:
    result = run("background", world / "background", "--manifest", world / "few.csv", "-o", "b.skops")
    assert result.code == 0, result.err
    for words in (
        "Background: 15 recordings (6 minutes) of 10 people, 5 of them in several sessions; 2 collections.",
        "Not used: 5 recordings, 5 because the manifest does not list them.",
        "Verified on 10 people, 5 of them in several sessions",
        "AUC, mean over people",
        "Background: b.skops",
    ):
        assert result.out.count(words) == 1, words
    assert result.err == f"{NOT_LISTED}\n"
    assert load_background("b.skops").card.footage.people == 10


def test_json_is_the_card(run: Run, world: Path, learnt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backgrounds, "background", lambda *_, **__: load_background(learnt))
    result = run(
        "background", world / "background", "--manifest", world / "few.csv", "-o", "b.skops", "--json"
    )
    content = json.loads(result.out)
    assert content.pop("background") == "b.skops"
    assert content == json.loads(load_background(learnt).card.model_dump_json())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere",), ("nowhere does not exist.",)),
        (("{world}/unseen",), ("at least 10 people are needed", "2 people, 2 of them in several sessions")),
        (
            ("{world}/background", "--manifest", "{world}/unseen.csv"),
            ("No table can be learnt from", "20 rec"),
        ),
        (("{world}/background", "--manifest", "none.csv"), ("none.csv",)),
        (
            ("{world}/background", "-o", "{world}/background/4_id2_pristine.parquet"),
            ("would be overwritten",),
        ),
    ],
)
def test_what_gives_no_background_is_refused(
    run: Run, world: Path, tmp_path: Path, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    before = hash_file(world / "background" / "4_id2_pristine.parquet")
    result = run("background", *(argument.format(world=world) for argument in arguments))
    assert_refused(result, *words, nothing_in=tmp_path)
    assert hash_file(world / "background" / "4_id2_pristine.parquet") == before


def test_a_stop_leaves_nothing(world: Path, tmp_path: Path) -> None:
    class Stop:
        """Is set once learning has begun."""

        def __init__(self) -> None:
            self.stages: list[str] = []

        def is_set(self) -> bool:
            return "Learning" in self.stages

    stop = Stop()
    monitor = Monitor(on_progress=lambda progress: stop.stages.append(progress.stage), stop=stop)
    with pytest.raises(StoppedError):
        motionsig.background(
            world / "background", tmp_path / "b.skops", manifest=world / "few.csv", workers=1, monitor=monitor
        )
    assert files_below(tmp_path) == set()


def test_tables_that_cannot_be_described_are_told_by_reason(world: Path, tmp_path: Path) -> None:
    original = table(world, 0)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1")
    change_table(
        original, tmp_path / "no_sides.parquet", lambda frames: frames.assign(**dict.fromkeys(SIDES, np.nan))
    )
    change_table(original, tmp_path / "short.parquet", lambda frames: frames.iloc[:50])
    shutil.copy(original, tmp_path / "fine.parquet")
    frames = read_frame_table(original)
    source = frames.metadata.source.model_copy(update={"name": "16_id0_fake.mp4"})
    write_frames(
        FrameTable(frames.frames, frames.metadata.model_copy(update={"source": source})),
        tmp_path / "f.parquet",
    )
    found = describe_tables(sorted(tmp_path.glob("*.parquet")), ("region:mouth",), None, 1, Monitor())
    assert [recording.video for recording in found.recordings] == ["0_id0_pristine.mp4"]
    reasons = {one.name: str(getattr(one.why, "name", one.why)) for one in found.left_out}
    assert str(tmp_path / "broken.parquet") in reasons.pop("broken")
    assert reasons == {"no_sides": "NO_SIDES", "short": "TOO_SHORT", "f": "FAKE"}


def test_many_tables_are_described_by_several_processes_alike(world: Path) -> None:
    tables = sorted((world / "background").glob("*.parquet"))
    one, two = (describe_tables(tables, ("spreads",), None, workers, Monitor()) for workers in (1, 2))
    assert [found.video for found in two.recordings] == [f"{path.stem}.mp4" for path in tables]
    for here, there in zip(one.recordings, two.recordings, strict=True):
        np.testing.assert_array_equal(here.numbers["spreads"], there.numbers["spreads"])


# --- enrol


def test_a_person_is_enrolled_from_one_recording_and_judged(
    run: Run, world: Path, learnt: Path, tmp_path: Path
) -> None:
    result = run("enrol", "Ann", table(world, 0), "--background", learnt)
    assert result.code == 0, result.err
    assert "Ann: enrolled from 1 recording of 1 session" in result.out
    assert result.out.endswith("Enrolled: Ann.skops\n")
    shown = run("show", "Ann.skops")
    assert "Verified on 10 people" in shown.out
    for number, label in ((1, "consistent"), (3, "inconsistent")):
        judged = run(
            "classify", table(world, number), "-m", "Ann.skops", "-o", "v", "--report", "r.html", "--json"
        )
        assert judged.code == 0, judged.err
        (video,) = json.loads(judged.out)["videos"]
        assert video["label"] == label
        assert [region["region"] for region in video["regions"]] == ["head", "body"]
        assert len(video["clips"]) == 5
    assert "Region by region" in (tmp_path / "r.html").read_text()


def test_json_of_an_enrolment_is_its_card(run: Run, world: Path, learnt: Path) -> None:
    result = run("enrol", "ann", table(world, 0), "-b", learnt, "--json")
    content = json.loads(result.out)
    assert content["enrolment"] == "ann.skops"
    assert content["background_sha256"] == hash_file(learnt)
    assert content["recordings"][0]["video"] == "0_id0_pristine.mp4"


def test_a_recording_of_somebody_else_is_named(run: Run, world: Path, learnt: Path, tmp_path: Path) -> None:
    more = []
    for number in (4, 5):  # further recordings of the first person, who is not in the background
        plan = RecordingPlan(people=3, sessions=6, seconds=16, fps=12, spread=SEPARABLE)
        write_recordings(tmp_path / "more", plan)
        more.append(tmp_path / "more" / "unseen" / f"{number}_id0_pristine.parquet")
    result = run("enrol", "ann", table(world, 0), table(world, 1), *more, table(world, 3), "-b", learnt)
    assert result.code == 0, result.err
    assert "3_id1_pristine.mp4 does not move like the other recordings. Perhaps it shows somebody else." in (
        result.out
    )


def test_a_manifest_says_which_tables_show_the_person(
    run: Run, world: Path, learnt: Path, tmp_path: Path
) -> None:
    unseen = shutil.copytree(world / "unseen", tmp_path / "unseen")
    rows = [
        "path,subject,group,session",
        "0_id0_pristine.parquet,ANN,pristine,s",
        "2_id1_pristine.parquet,bo,pristine,",
    ]
    rows.append("1_id0_pristine.parquet,Ann,fake,swap")
    (unseen / "m.csv").write_text("\n".join(rows))
    result = run("enrol", "ann", unseen, "-b", learnt, "--manifest", unseen / "m.csv", "--json")
    assert [one["session"] for one in json.loads(result.out)["recordings"]] == ["s"]
    for words in (
        "1_id0_pristine is left out, because what moves in a fake is not the person whom it shows.",
        "2_id1_pristine is left out, because the manifest says that somebody else is in it.",
        "3_id1_pristine is left out, because the manifest does not list it.",
    ):
        assert words in result.err
    refused = run("enrol", "Cy", unseen, "-b", learnt, "--manifest", unseen / "m.csv", "-o", "cy.skops")
    assert refused.code == 1
    assert "The manifest says of no table that it shows Cy." in refused.err
    assert not Path("cy.skops").exists()


def test_what_cannot_be_enrolled_is_refused(run: Run, world: Path, learnt: Path, tmp_path: Path) -> None:
    own = table(world, 0)
    short = change_table(own, tmp_path / "in" / "short.parquet", lambda frames: frames.iloc[:36])
    frames = read_frame_table(own)
    reading = frames.metadata.reading.model_copy(update={"face": Backend(name="simulated", version="2")})
    other = change_table(own, tmp_path / "in" / "other.parquet", lambda frames: frames, reading=reading)
    hidden = change_table(
        own, tmp_path / "in" / "hidden.parquet",
        lambda frames: frames.assign(**dict.fromkeys((*FACE_COLUMNS, *SIDES), np.nan)),
    )  # fmt: skip
    of_background = world / "background" / "5_id2_pristine.parquet"
    correlations = write_correlations(tmp_path / "in", make_correlations({"id0": 1}, clips=2))
    for arguments, words in (
        (("ann", short, "-b", learnt), "is 3.0 s long, shorter than one clip of 8 s"),
        (("ann", other, "-b", learnt), "The background and 0_id0_pristine.mp4 were read differently"),
        (
            ("ann", hidden, "-b", learnt),
            "too little of a face was measured in each clip of 0_id0_pristine.mp4",
        ),
        (("ID3", own, "-b", learnt), "The background was learnt from a person named ID3"),
        (("ann", of_background, "-b", learnt), "The background was learnt from 5_id2_pristine.mp4"),
        (
            ("ann", own, "-b", "none.skops"),
            "There is no file none.skops. Make one with `motionsig background`",
        ),
        (("ann", correlations, "-b", learnt), "correlations.csv"),
        (("", own, "-b", learnt), "A person has a name"),
        (("ann", own, "-b", learnt, "-o", learnt), "would be overwritten"),
        (("a/b", own, "-b", learnt), "cannot be part of a file name"),
    ):
        result = run("enrol", *arguments)
        assert_refused(result, words, nothing_in=tmp_path / "out")
    assert [path.name for path in tmp_path.glob("*.skops")] == []


def test_a_background_or_a_suspect_that_does_not_fit_is_refused_by_classify(
    run: Run, world: Path, learnt: Path, enrolled: Path, tmp_path: Path
) -> None:
    result = run("classify", table(world, 1), "-m", learnt, "-o", "v")
    assert_refused(result, "is a background, which knows no person", nothing_in=tmp_path / "v")
    short = change_table(table(world, 1), tmp_path / "short.parquet", lambda frames: frames.iloc[:60])
    result = run("classify", short, "-m", enrolled, "-o", "v")
    assert_refused(result, "shorter than one clip of 8 s", nothing_in=tmp_path / "v")
    result = run("enrol", "bo", table(world, 2), "-b", enrolled)
    assert_refused(result, "is an enrolment, and this needs a background", nothing_in=tmp_path / "v")
    result = run("classify", table(world, 1), "-m", "gone.skops", "-o", "v")
    assert_refused(result, "or `motionsig enrol`", nothing_in=tmp_path / "v")


def test_the_footage_of_the_background_is_not_judged(world: Path, enrolled: Path, tmp_path: Path) -> None:
    known = motionsig.classify(world / "background" / "5_id2_pristine.parquet", enrolled, tmp_path / "v")
    (video,) = known.verdict.videos
    assert (video.label, video.reason.code.value) == ("inconclusive", "in-background-footage")


def test_the_judge_says_in_python_what_classify_writes(world: Path, enrolled: Path) -> None:
    judge = motionsig.load_judge(enrolled)
    assert isinstance(judge, motionsig.Enrolment)
    recording = describe_table(table(world, 1), [one.name for one in judge.card.background.descriptors])
    (video,) = motionsig.classify(table(world, 1), enrolled, enrolled.parent / "v").verdict.videos
    assert judge.judge(recording).score == video.score


# --- verify and compare


@pytest.fixture
def arguments(world: Path) -> tuple[object, ...]:
    return (world / "background", "--manifest", world / "few.csv")


def test_verify_prints_what_to_quote_and_all_ways(
    run: Run, arguments: tuple[object, ...], tmp_path: Path
) -> None:
    result = run("verify", *arguments, "--plots", "plots")
    assert result.code == 0, result.err
    for words in (
        "15 recordings of 10 people, 5 of them in several sessions: 5 pairs of one person, 100 of two.",
        "face-pairs + side-covariance + spreads",
        "Quote the first table.",
        "Plots: plots",
    ):
        assert words in result.out, words
    assert result.err.count("left out") == 1
    assert files_below(tmp_path / "plots") == {"tippett.svg", "ece.svg", "pav.svg"}


def test_compare_ranks_the_ways_that_are_named(run: Run, arguments: tuple[object, ...]) -> None:
    ways = ("--descriptors", "spreads", "--descriptors", "face-pairs+spreads", "--descriptors", "spreads")
    result = run("compare", *arguments, *ways, "--json")
    assert result.code == 0, result.err
    summary = VerificationSummary.model_validate_json(result.out)
    assert {way.descriptors for way in summary.ways} == {("spreads",), ("face-pairs", "spreads")}
    assert summary.one_recording.auc.value > 0.95
    assert summary.left_out == (NOT_LISTED,)
    shown = run("compare", *arguments, *ways)
    assert "face-pairs + spreads" in shown.out
    assert "Quote the first table." in shown.out


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--descriptors", "wobbles"), "There is no descriptor 'wobbles'. Choose among: face-pairs"),
        (("--descriptors", "spreads+"), "There is no descriptor ''"),
        (("--signals", "position"), "--signals needs --person"),
        (("--person", "id0", "--descriptors", "spreads"), "--descriptors cannot be used with --person"),
    ],
)
def test_options_of_the_other_way_and_unknown_descriptors_are_refused(
    run: Run, arguments: tuple[object, ...], tmp_path: Path, more: tuple[str, ...], words: str
) -> None:
    assert_refused(run("compare", *arguments, *more), words, nothing_in=tmp_path)


def test_compare_tries_each_descriptor_alone_and_the_default_without_each_part() -> None:
    assert {way[0] for way in COMPARED if len(way) == 1} == {*DESCRIPTORS}
    assert len(COMPARED) == len(set(COMPARED))
    assert check_ways(COMPARED) == list(COMPARED)


@pytest.mark.parametrize("ways", [[], [()], "spreads", ["spreads"]])
def test_ways_that_are_none_are_refused(world: Path, ways: object) -> None:
    with pytest.raises(InputError, match="Give"):
        motionsig.verify(world / "background", ways=ways)  # type: ignore[arg-type]
