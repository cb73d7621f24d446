"""`motionsig verify --pairs`, on frame tables of simulated people who clearly differ."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import pytest
from backgrounds import few_descriptors, write_world
from command_line import Run, assert_refused

import motionsig
from classify.background.trials import LISTED
from extract.frame_table import read_frame_table, write_frames
from features.manifest import read_manifest
from ground.errors import InputError, StoppedError, TableError, TrainingError
from motionsig import Monitor, PairFigures
from motionsig.use_cases.pairs import _label_movers

PEOPLE = 10


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


def name(number: int) -> str:
    return f"{number}_id{number // 2}_pristine"


def write_pairs(path: Path, pairs: Sequence[tuple[str, str, int]]) -> Path:
    path.write_text("".join(f"{target} {one}.mp4 {other}.mp4\n" for one, other, target in pairs))
    return path


def all_pairs(numbers: Sequence[int]) -> list[tuple[str, str, int]]:
    return [(name(a), name(b), int(a // 2 == b // 2)) for a, b in combinations(numbers, 2)]


def test_pairs_are_judged_by_what_was_learnt_from_everybody_else(world: Path, tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4, 14)))
    found = motionsig.verify_pairs(world / "background", pairs, manifest=world / "few.csv", workers=1)
    assert (found.pairs, found.scored, found.recordings) == (45, 45, 10)
    assert (found.figures.target_trials, found.figures.non_target_trials) == (5, 40)
    assert found.figures.people == 5
    assert found.figures.auc.value > 0.95, "these people clearly differ"
    assert found.background_sha256 is None
    assert (found.clip_s, found.step_s) == (8.0, 4.0)


def test_listed_pairs_teach_nothing_and_are_judged_as_any_pair(
    world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same pair of recordings, listed or laid out anyway, gets the same ratio."""
    from classify.background import pairs as module

    verified = []
    original = module.verify_footage
    monkeypatch.setattr(
        module,
        "verify_footage",
        lambda *given, **more: verified.append(original(*given, **more)) or verified[-1],
    )
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4, 14)))
    motionsig.verify_pairs(world / "background", pairs, manifest=world / "few.csv", workers=1)
    (made,) = verified
    trials = made.trials
    ratio = {
        (trials.kinds[k], *sorted((trials.enrolled[k], trials.suspects[k]))): made.picked_ratios.llrs[k]
        for k in range(len(trials.kinds))
    }
    listed = {key[1:]: llr for key, llr in ratio.items() if key[0] == LISTED}
    assert len(listed) == 45
    assert all(ratio["recording", *key] == pytest.approx(llr) for key, llr in listed.items())


def test_a_background_of_other_people_compares_too_few_to_learn_from(
    world: Path, learnt: Path, tmp_path: Path
) -> None:
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4)))
    found = motionsig.verify_pairs(
        world / "unseen", pairs, background=learnt, manifest=world / "unseen.csv", workers=1
    )
    assert (found.scored, found.figures.target_trials) == (6, 2)
    assert found.figures.auc.value == 1.0
    assert found.figures.auc.low is None, "two people are too few for an interval"
    assert found.background_sha256


def test_a_ratio_by_a_background_is_that_of_an_enrolment_from_one_recording(
    world: Path, learnt: Path, tmp_path: Path
) -> None:
    from classify.background.background import Background
    from classify.background.files import load_background
    from classify.background.pairs import compare_by_background
    from classify.background.trials import list_trials
    from motionsig.use_cases.recordings import describe_table

    background: Background = load_background(learnt)
    names = [one.name for one in background.card.descriptors]
    one, other = (describe_table(world / "unseen" / f"{name(k)}.parquet", names) for k in (0, 2))
    compared = compare_by_background(background, [one, other], list_trials([0], [1], [False]))
    enrolment = motionsig.enrol(
        "ann", world / "unseen" / f"{name(0)}.parquet", learnt, tmp_path / "ann.skops"
    )
    assert compared.ratios.ranks[0] == pytest.approx(enrolment.judge(other).score)


def test_a_background_that_knows_the_people_is_refused(world: Path, learnt: Path, tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4, 8)))
    with pytest.raises(TrainingError, match="learnt from some of what the list compares") as caught:
        motionsig.verify_pairs(
            world / "background", pairs, background=learnt, manifest=world / "background.csv", workers=1
        )
    assert any(problem.startswith("people: ") for problem in caught.value.problems)


def test_figures_are_given_by_source(world: Path, tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4, 14)))
    found = motionsig.verify_pairs(world / "background", pairs, manifest=world / "few.csv", workers=1)
    with (world / "few.csv").open() as stream:
        collections = {row["collection"] for row in csv.DictReader(stream)}
    assert {name for source in found.by_source for name in source.sources} <= collections
    assert sum(one.target_trials + one.non_target_trials for one in found.by_source) == 45
    assert PairFigures.model_validate_json(found.model_dump_json()) == found


def test_where_nobody_says_who_it_is_the_list_says_it_and_that_is_told(
    world: Path, learnt: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    for k in range(4):
        table = read_frame_table(world / "unseen" / f"{name(k)}.parquet")
        source = table.metadata.source.model_copy(update={"name": f"film{k}.mp4"})
        metadata = table.metadata.model_copy(update={"source": source})
        write_frames(type(table)(table.frames, metadata), folder / f"film{k}.parquet")
    pairs = [("film0", "film1", 1), ("film2", "film3", 1), ("film0", "film2", 0)]
    notices: list[str] = []
    found = motionsig.verify_pairs(
        folder,
        write_pairs(tmp_path / "pairs.txt", pairs),
        background=learnt,
        workers=1,
        monitor=Monitor(on_notice=notices.append),
    )
    assert found.figures.people == 2
    assert [text for text in notices if "Nobody says who is in 4 recordings" in text]
    contradiction = [*pairs, ("film1", "film2", 1)]
    with pytest.raises(TableError, match="line 3: the list says two people, but other lines join"):
        motionsig.verify_pairs(
            folder, write_pairs(tmp_path / "c.txt", contradiction), background=learnt, workers=1
        )


def test_of_a_fake_the_driver_counts(world: Path, learnt: Path, tmp_path: Path) -> None:
    manifest = world / "avatars.csv"
    rows = [(f"unseen/{name(k)}.parquet", "mask", "fake", "LIVE", f"driver {k // 2}") for k in range(4)]
    with manifest.open("w", newline="") as stream:
        csv.writer(stream).writerows([("path", "subject", "group", "session", "driver"), *rows])
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4)))
    found = motionsig.verify_pairs(world / "unseen", pairs, background=learnt, manifest=manifest, workers=1)
    assert (found.figures.people, found.figures.auc.value) == (2, 1.0)


def test_fakes_of_one_film_are_one_session_and_that_is_said(
    world: Path, learnt: Path, tmp_path: Path
) -> None:
    """What is learnt across occasions must not be learnt from two fakes of one film of the driver."""
    manifest = world / "films.csv"
    header = ("path", "subject", "group", "session", "driver", "driver_session")
    films = ("one film", "one film", "", "")
    rows = [
        (f"unseen/{name(k)}.parquet", "mask", "fake", "LIVE", f"driver {k // 2}", films[k]) for k in range(4)
    ]
    with manifest.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    labels = _label_movers(read_manifest(manifest))
    assert labels
    assert [labels[name(k)].session for k in range(4)] == ["one film", "one film", name(2), name(3)]
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4)))
    found = motionsig.verify_pairs(world / "unseen", pairs, background=learnt, manifest=manifest, workers=1)
    assert [text for text in found.left_out if "1 listed pair of one person is of one session." in text]


def copy_tables(world: Path, folder: Path, videos: Sequence[str]) -> Path:
    """Copy tables of the unseen under other names: ``table0`` of the video ``videos[0]``, and so on."""
    folder.mkdir()
    for k, video in enumerate(videos):
        table = read_frame_table(world / "unseen" / f"{name(k)}.parquet")
        source = table.metadata.source.model_copy(update={"name": f"{video}.mp4"})
        metadata = table.metadata.model_copy(update={"source": source})
        write_frames(type(table)(table.frames, metadata), folder / f"table{k}.parquet")
    return folder


def test_a_name_that_means_several_recordings_is_refused(world: Path, learnt: Path, tmp_path: Path) -> None:
    folder = copy_tables(world, tmp_path / "tables", ["film", "film", "other", "table0"])
    pairs = [
        ("film", "other", 0),
        ("a/other", "table0", 1),
        ("b/other", "table1", 0),
        ("table2", "table3", 1),
    ]
    with pytest.raises(TableError) as caught:
        motionsig.verify_pairs(folder, write_pairs(tmp_path / "p.txt", pairs), background=learnt, workers=1)
    assert list(caught.value.problems) == [
        "line 1: film.mp4 may be any of table0.parquet, table1.parquet",
        "line 3: a/other.mp4 and b/other.mp4 would both be table2.parquet",
    ]


def test_a_list_that_makes_one_person_of_two_who_have_names_is_refused(
    world: Path, learnt: Path, tmp_path: Path
) -> None:
    folder = copy_tables(world, tmp_path / "tables", ["1_id1_pristine", "film", "2_id2_pristine", "else"])
    pairs = [("1_id1_pristine", "film", 1), ("film", "2_id2_pristine", 1), ("film", "else", 0)]
    with pytest.raises(
        TableError, match="line 2: the list says the same person, but with other lines film"
    ) as e:
        motionsig.verify_pairs(folder, write_pairs(tmp_path / "p.txt", pairs), background=learnt, workers=1)
    assert "are id1 and id2" in str(e.value.problems)


def test_bad_lines_are_named_all_at_once(run: Run, world: Path, tmp_path: Path) -> None:
    one, other = name(4), name(5)
    pairs = [
        (one, other, 1),
        (other, one, 1),
        (one, name(6), 0),
        (one, one, 1),
        (one, "gone", 0),
        (other, one, 0),
    ]
    result = run("verify", world / "background", "--pairs", write_pairs(tmp_path / "p.txt", pairs))
    assert_refused(
        result,
        "has 3 problems",
        f"line 4: {one}.mp4 is paired with itself",
        "line 5: no frame table of gone.mp4",
        "lines 1 and 6 contradict each other",
        nothing_in=tmp_path / "nothing",
    )


def test_a_list_that_contradicts_the_manifest_is_refused(world: Path, tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path / "p.txt", [(name(4), name(5), 0), (name(4), name(6), 1)])
    with pytest.raises(TableError) as caught:
        motionsig.verify_pairs(world / "background", pairs, manifest=world / "few.csv", workers=1)
    assert [problem[:31] for problem in caught.value.problems] == [
        "line 1: the list says two peopl",
        "line 2: the list says the same ",
    ]


def test_what_cannot_be_described_leaves_its_pairs_out_by_name(
    run: Run, world: Path, learnt: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    for k in range(4):
        table = read_frame_table(world / "unseen" / f"{name(k)}.parquet")
        short = table.frames.iloc[: 12 * 6] if k == 3 else table.frames  # 6 s
        counts = table.metadata.counts.model_copy(
            update={"frames": len(short), "body_frames": len(short), "face_frames": len(short)}
        )
        source = table.metadata.source.model_copy(
            update={"frames_decoded": len(short), "frames_promised": len(short)}
        )
        metadata = table.metadata.model_copy(update={"counts": counts, "source": source})
        write_frames(type(table)(short, metadata), folder / f"{name(k)}.parquet")
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4)))
    words = ("verify", folder, "--pairs", pairs, "--background", learnt, "--workers", 1)
    result = run(*words)
    assert result.code == 0, result.err
    assert f"{name(3)} is left out, because one clip is longer than it." in result.err
    assert "3 listed pairs could not be compared" in result.err
    assert "3 of 6 listed pairs compared, of 3 recordings of 2 people" in result.out


def test_shorter_clips_reach_shorter_recordings(world: Path, tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4, 14)))
    found = motionsig.verify_pairs(
        world / "background", pairs, manifest=world / "few.csv", window="2/1", workers=1
    )
    assert (found.clip_s, found.step_s, found.scored) == (2.0, 1.0, 45)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--window", "2/1"), "--background and --window need --pairs"),
        (("--pairs", "p.txt", "--window", "2/1", "--background", "b"), "--window cannot be chosen with"),
        (("--pairs", "p.txt", "--window", "2/1,4/2"), "clips of one length"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    run: Run, world: Path, more: tuple[str, ...], words: str, tmp_path: Path
) -> None:
    assert_refused(run("verify", world / "background", *more), words, nothing_in=tmp_path)


def test_the_terminal_shows_figures_and_json_all_of_them(
    run: Run, world: Path, learnt: Path, tmp_path: Path
) -> None:
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4)))
    words = (
        "verify", world / "unseen", "--pairs", pairs, "--background", learnt,
        "--manifest", world / "unseen.csv", "--workers", 1,
    )  # fmt: skip
    shown = run(*words, "--plots", "plots")
    assert shown.code == 0, shown.err
    for plot in ("tippett", "ece", "pav"):
        assert "listed pairs" in (tmp_path / "plots" / f"{plot}.svg").read_text(encoding="utf-8")
    for text in ("6 of 6 listed pairs compared", "equal error rate", "Cllr", "pairs between"):
        assert text in shown.out
    content = json.loads(run(*words, "--json").out)
    assert PairFigures.model_validate(content).scored == 6


def test_stopping_ends_it(world: Path, tmp_path: Path) -> None:
    class Stop:
        def is_set(self) -> bool:
            return True

    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4, 8)))
    with pytest.raises(StoppedError):
        motionsig.verify_pairs(world / "background", pairs, workers=1, monitor=Monitor(stop=Stop()))


def test_a_file_that_is_no_background_is_refused(world: Path, tmp_path: Path) -> None:
    pairs = write_pairs(tmp_path / "pairs.txt", all_pairs(range(4, 8)))
    with pytest.raises((InputError, motionsig.ModelError)):
        motionsig.verify_pairs(world / "background", pairs, background=pairs, workers=1)
