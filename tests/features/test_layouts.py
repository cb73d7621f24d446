"""Public data sets as trees of empty files: exactly the expected rows, nothing left out without a word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import motionsig
from features.labels import GROUPS, Label
from features.layouts.layout import lay_out
from features.layouts.registry import LAYOUTS, find_layout
from features.manifest import read_manifest
from ground.errors import InputError, TableError

UUID = "063b1674-e708-5f9c-8f09-2f75f27a31aa"
CELEB_DF = (
    "Celeb-real/id0_0000.mp4",
    "Celeb-synthesis/id0_id16_0000.mp4",
    "YouTube-real/00170.mp4",
)
ORIGINAL, MADE = "original_sequences", "manipulated_sequences"
FACE_FORENSICS = (
    f"{ORIGINAL}/youtube/c23/videos/000.mp4",
    f"{ORIGINAL}/youtube/raw/videos/000.mp4",
    f"{ORIGINAL}/actors/c40/videos/01__kitchen_pan.mp4",
    *(
        f"{MADE}/{method}/c23/videos/000_003.mp4"
        for method in ("Deepfakes", "FaceSwap", "FaceShifter", "Face2Face", "NeuralTextures")
    ),
    f"{MADE}/DeepFakeDetection/c23/videos/01_02__kitchen_pan__YVGY8LOK.mp4",
)

# Of each layout: a tree of its names, and the labels that these give by the name of the video.
TREES: dict[str, tuple[tuple[str, ...], dict[str, Label]]] = {
    **{
        f"celeb-df-{version}": (
            CELEB_DF,
            {
                "id0_0000": Label("id0", "pristine", "id0_0000", f"Celeb-DF {version}"),
                # The film of id0 with the face of id16.
                "id0_id16_0000": Label(
                    "id16", "fake", "Celeb-synthesis", f"Celeb-DF {version}", "id0", "id0_0000"
                ),
                "00170": Label("YouTube 00170", "celeb", "YouTube 00170", f"Celeb-DF {version}"),
            },
        )
        for version in ("v1", "v2")
    },
    "faceforensics": (
        FACE_FORENSICS,
        {
            "000_youtube_c23": Label("youtube 000", "celeb", "youtube 000", "FaceForensics++ youtube c23"),
            "000_youtube_raw": Label("youtube 000", "celeb", "youtube 000", "FaceForensics++ youtube raw"),
            "01__kitchen_pan_c40": Label("actor 01", "pristine", "kitchen_pan", "FaceForensics++ actors c40"),
            # Faces of the source on the film of the target.
            **{
                f"000_003_{method}_c23": Label(
                    "youtube 003", "fake", method, "FaceForensics++ youtube c23", "youtube 000", "youtube 000"
                )
                for method in ("Deepfakes", "FaceSwap", "FaceShifter")
            },
            # Expressions of the source on the face of the target.
            **{
                f"000_003_{method}_c23": Label(
                    "youtube 000", "fake", method, "FaceForensics++ youtube c23", "youtube 003", "youtube 003"
                )
                for method in ("Face2Face", "NeuralTextures")
            },
            "01_02__kitchen_pan__YVGY8LOK_c23": Label(
                "actor 02",
                "fake",
                "DeepFakeDetection",
                "FaceForensics++ actors c23",
                "actor 01",
                "kitchen_pan",
            ),
        },
    ),
    "dfdc": (
        ("part_0/aaa.mp4", "part_0/bbb.mp4"),
        {
            "aaa": Label("the person in aaa.mp4", "celeb", "aaa.mp4", "DFDC"),
            "bbb": Label("nobody says who", "fake", "DFDC", "DFDC", "the person in aaa.mp4", "aaa.mp4"),
        },
    ),
    "avaprintdb": (
        (
            f"videos/TEST/GAGA/C1061--C1005--{UUID}--GAGA.mp4",
            f"videos/DEV/LIVE/Actor_01--Actor_02--{UUID}--LIVE.mp4",
        ),
        {
            f"C1061--C1005--{UUID}--GAGA": Label(
                "C1061", "fake", "GAGA", "AVAPrintDB CREMA-D", "C1005", UUID
            ),
            f"Actor_01--Actor_02--{UUID}--LIVE": Label(
                "Actor_01", "fake", "LIVE", "AVAPrintDB RAVDESS", "Actor_02", UUID
            ),
        },
    ),
    "voxceleb2": (
        (
            "dev/mp4/id00012/21Uxsk56VDQ/00001.mp4",
            "dev/mp4/id00012/21Uxsk56VDQ/00002.mp4",
            "test/mp4/id00017/01dfn2spqyE/00001.mp4",
        ),
        {
            "id00012_21Uxsk56VDQ_00001": Label("id00012", "pristine", "21Uxsk56VDQ", "VoxCeleb2"),
            "id00012_21Uxsk56VDQ_00002": Label("id00012", "pristine", "21Uxsk56VDQ", "VoxCeleb2"),
            "id00017_01dfn2spqyE_00001": Label("id00017", "pristine", "01dfn2spqyE", "VoxCeleb2"),
        },
    ),
    "talkingcelebs": (
        (
            "train/id00000/ZNYmK19-d0U/000.mp4",
            "train/id00000/ZNYmK19-d0U/001.mp4",
            "data/test/id00000/ZNYmK19-d0U/000.mp4",
            "test/id00002/01dfn2spqyE/000.mp4",
        ),
        {
            "train_id00000_ZNYmK19-d0U_000": Label("id00000", "pristine", "ZNYmK19-d0U", "TalkingCelebs"),
            "train_id00000_ZNYmK19-d0U_001": Label("id00000", "pristine", "ZNYmK19-d0U", "TalkingCelebs"),
            "test_id00000_ZNYmK19-d0U_000": Label("id00000", "pristine", "ZNYmK19-d0U", "TalkingCelebs"),
            "test_id00002_01dfn2spqyE_000": Label("id00002", "pristine", "01dfn2spqyE", "TalkingCelebs"),
        },
    ),
    "deepspeak": (
        ("deepspeak/87-0.mp4", "deepspeak/87-1.mp4"),
        {
            "87-0": Label("87", "pristine", "87", "DeepSpeak"),
            "87-1": Label("87", "pristine", "87", "DeepSpeak"),
        },
    ),
    "crema-d": (
        ("VideoFlash/1001_DFA_ANG_XX.flv", "VideoFlash/1002_IEO_SAD_HI.flv"),
        {
            "1001_DFA_ANG_XX": Label("1001", "pristine", "1001", "CREMA-D"),
            "1002_IEO_SAD_HI": Label("1002", "pristine", "1002", "CREMA-D"),
        },
    ),
    "ravdess": (
        ("Actor_12/01-01-06-01-02-01-12.mp4", "Actor_12/02-02-03-01-02-02-12.mp4"),
        {
            "01-01-06-01-02-01-12": Label("Actor_12", "pristine", "Actor_12", "RAVDESS"),
            "02-02-03-01-02-02-12": Label("Actor_12", "pristine", "Actor_12", "RAVDESS"),
        },
    ),
    "folders": (
        ("Ada/talk.mp4", "Ada/2021/one.mov", "Ada/2021/two.mov", "Bob/talk.mp4"),
        {
            "Ada_talk": Label("Ada", "pristine", "Ada_talk"),
            "Ada_2021_one": Label("Ada", "pristine", "2021"),
            "Ada_2021_two": Label("Ada", "pristine", "2021"),
            "Bob_talk": Label("Bob", "pristine", "Bob_talk"),
        },
    ),
}


def plant(folder: Path, *files: str) -> Path:
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).touch()
    return folder


def plant_data_set(folder: Path, layout: str) -> Path:
    plant(folder, *TREES[layout][0])
    if layout == "dfdc":
        said = {
            "aaa.mp4": {"label": "REAL", "split": "train"},
            "bbb.mp4": {"label": "FAKE", "split": "train", "original": "aaa.mp4"},
        }
        (folder / "part_0" / "metadata.json").write_text(json.dumps(said))
    return folder


def test_every_layout_has_a_tree_here_and_says_where_it_comes_from() -> None:
    assert set(TREES) == set(LAYOUTS)
    for layout in LAYOUTS.values():
        assert all((layout.title, layout.citation, layout.licence, layout.source, layout.tree))
        assert {rule.group for rule in layout.rules} <= set(GROUPS)


@pytest.mark.parametrize("layout", TREES)
def test_the_names_of_a_data_set_give_exactly_these_rows(layout: str, tmp_path: Path) -> None:
    folder = plant_data_set(tmp_path / "data", layout)
    notices: list[str] = []
    written = motionsig.manifest(layout, folder, monitor=motionsig.Monitor(on_notice=notices.append))
    assert read_manifest(written.path) == TREES[layout][1]
    assert written.path == folder / "manifest.csv"
    assert not written.found.unfit
    expected = ["1 other file is left out, because the ending is not that of a video: part_0/metadata.json."]
    assert notices == (expected if layout == "dfdc" else [])


@pytest.mark.parametrize("layout", sorted(TREES.keys() - {"dfdc"}))  # whose labels do not stand in names
def test_the_tree_that_a_layout_shows_fits_it(layout: str, tmp_path: Path) -> None:
    shown = find_layout(layout)
    paths = [line.split("   ")[0].replace("(identifier)", UUID) for line in shown.tree.splitlines()]
    videos = [path for path in paths if not path.endswith(".csv")]
    assert len(lay_out(shown, plant(tmp_path, *videos)).videos) == len(videos)


def test_files_that_do_not_fit_are_counted_and_named(tmp_path: Path) -> None:
    plant(tmp_path, *CELEB_DF, "Celeb-real/id0.mp4", "x.mp4", "List_of_testing_videos.txt", ".DS_Store")
    notices: list[str] = []
    motionsig.manifest("celeb-df-v2", tmp_path, monitor=motionsig.Monitor(on_notice=notices.append))
    assert notices == [
        "2 videos are left out, because no rule of the layout 'celeb-df-v2' fits: Celeb-real/id0.mp4, x.mp4.",
        "1 other file is left out, because the ending is not that of a video: List_of_testing_videos.txt.",
    ]


def test_fakes_of_deepspeak_are_left_out_by_name(tmp_path: Path) -> None:
    fake = "deepspeak/facefusion--118-119--1626-1737--0.mp4"
    found = lay_out(find_layout("deepspeak"), plant(tmp_path, "deepspeak/87-0.mp4", fake))
    assert found.unfit == (fake,)


def test_a_folder_without_the_data_set_is_refused_with_what_was_expected(tmp_path: Path) -> None:
    plant(tmp_path, "holiday.mp4")
    with pytest.raises(TableError) as caught:
        motionsig.manifest("celeb-df-v2", tmp_path)
    assert "no video of Celeb-DF v2" in str(caught.value)
    assert "holiday.mp4" in str(caught.value)
    assert caught.value.problems == (
        "Celeb-real/id0_0000.mp4",
        "Celeb-synthesis/id0_id16_0000.mp4",
        "YouTube-real/00000.mp4",
    )
    assert not (tmp_path / "manifest.csv").exists()


def test_a_manifest_elsewhere_lies_beside_links_to_the_videos(tmp_path: Path) -> None:
    folder = plant_data_set(tmp_path / "data", "celeb-df-v2")
    before = sorted(folder.rglob("*"))
    out = tmp_path / "bench" / "people.csv"
    for _ in range(2):  # what is there already is kept
        written = motionsig.manifest("celeb-df-v2", folder, out)
        assert written.videos == tmp_path / "bench" / "people-videos"
        assert read_manifest(out) == TREES["celeb-df-v2"][1]
    assert sorted(folder.rglob("*")) == before
    assert (written.videos / "id0_0000.mp4").resolve() == (folder / CELEB_DF[0]).resolve()


def test_links_that_are_not_followed_are_named(tmp_path: Path) -> None:
    """A folder behind a link, a video that is there already, and one that is gone."""
    folder = plant(tmp_path / "data", "Ada/talk.mp4")
    elsewhere = plant(tmp_path / "other", "talk.mp4", "alone.mp4")
    (folder / "Bob").symlink_to(elsewhere)
    (folder / "Ada" / "again.mp4").symlink_to(folder / "Ada" / "talk.mp4")
    (folder / "Ada" / "gone.mp4").symlink_to(elsewhere / "gone.mp4")
    (folder / "Ada" / "linked.mp4").symlink_to(elsewhere / "alone.mp4")
    notices: list[str] = []
    written = motionsig.manifest("folders", folder, monitor=motionsig.Monitor(on_notice=notices.append))
    assert set(read_manifest(written.path)) == {"Ada_talk", "Ada_linked"}
    (notice,) = notices
    assert notice.startswith(
        "3 links are left out, because links to folders, into the data set and to nothing"
    )
    assert notice.endswith("are not followed: Ada/again.mp4, Ada/gone.mp4, Bob.")


def test_links_of_another_manifest_are_no_people(tmp_path: Path) -> None:
    plant(tmp_path, "Ada/talk.mp4", "Bob/talk.mp4")
    motionsig.manifest("folders", tmp_path, tmp_path / "people.csv")
    written = motionsig.manifest("folders", tmp_path)
    assert {label.subject for label in read_manifest(written.path).values()} == {"Ada", "Bob"}


def test_a_manifest_that_somebody_wrote_or_corrected_is_kept(tmp_path: Path) -> None:
    folder = plant_data_set(tmp_path, "celeb-df-v2")
    path = motionsig.manifest("celeb-df-v2", folder).path
    plant(folder, "Celeb-real/id0_0001.mp4")
    assert len(read_manifest(motionsig.manifest("celeb-df-v2", folder).path)) == 4, (
        "one more video is no loss"
    )
    corrected = path.read_text().replace("YouTube 00170,celeb", "Ada,pristine")
    for text in (corrected, "path,subject,group,session\nCeleb-real/id0_0000.mp4,Ada,pristine,\n", "\0"):
        path.write_text(text)
        with pytest.raises(InputError, match="is there already, and says something else"):
            motionsig.manifest("celeb-df-v2", folder)
        assert path.read_text() == text
    motionsig.manifest("celeb-df-v2", folder, path)  # whoever names it wants it


def test_links_are_made_anew_when_the_data_set_was_moved(tmp_path: Path) -> None:
    folder = plant_data_set(tmp_path / "data", "celeb-df-v2")
    out = tmp_path / "bench" / "manifest.csv"
    motionsig.manifest("celeb-df-v2", folder, out)
    folder.rename(tmp_path / "moved")
    written = motionsig.manifest("celeb-df-v2", tmp_path / "moved", out)
    assert (written.videos / "id0_0000.mp4").resolve() == (tmp_path / "moved" / CELEB_DF[0]).resolve()


def test_a_video_that_is_gone_is_gone_from_the_manifest_and_the_links(tmp_path: Path) -> None:
    plant(tmp_path, "Ada/a.mp4", "Ada/=b.mp4", "Ada/line\nbreak.mp4")
    assert len(read_manifest(motionsig.manifest("folders", tmp_path).path)) == 3
    (tmp_path / "Ada" / "a.mp4").unlink()
    written = motionsig.manifest("folders", tmp_path)
    assert set(read_manifest(written.path)) == {"Ada_=b", "Ada_line\nbreak"}
    assert len(list(written.videos.iterdir())) == 2


def test_other_files_among_the_links_are_refused_and_kept(tmp_path: Path) -> None:
    folder = plant_data_set(tmp_path / "data", "celeb-df-v2")
    mine = plant(tmp_path / "bench" / "manifest-videos", "mine.mp4")
    with pytest.raises(InputError, match=r"holds 1 other file: mine.mp4"):
        motionsig.manifest("celeb-df-v2", folder, tmp_path / "bench" / "manifest.csv")
    assert (mine / "mine.mp4").exists()


def test_two_videos_of_one_name_are_refused_by_name(tmp_path: Path) -> None:
    plant(tmp_path, "Ada/2021_a/b.mp4", "Ada/2021/a_b.mp4")
    with pytest.raises(InputError, match=r"Ada/2021/a_b\.mp4 and Ada/2021_a/b\.mp4 would both be known as"):
        motionsig.manifest("folders", tmp_path)


def test_two_videos_of_one_name_leave_no_manifest_behind(tmp_path: Path) -> None:
    plant(tmp_path, "v1/87-0.mp4", "v2/87-0.mp4")
    with pytest.raises(InputError, match=r"v1/87-0\.mp4 and v2/87-0\.mp4 would both be known as 87-0"):
        motionsig.manifest("deepspeak", tmp_path)
    assert not (tmp_path / "manifest.csv").exists()


@pytest.mark.parametrize("text", ["[]", "{", "[" * 100_000])
def test_damaged_annotations_are_refused(text: str, tmp_path: Path) -> None:
    plant_data_set(tmp_path, "dfdc")
    (tmp_path / "part_0" / "metadata.json").write_text(text)
    with pytest.raises(TableError, match=r"metadata\.json"):
        motionsig.manifest("dfdc", tmp_path)


def test_a_video_that_the_annotations_do_not_know_is_left_out_by_name(tmp_path: Path) -> None:
    plant_data_set(tmp_path, "dfdc")
    plant(tmp_path, "part_0/ccc.mp4", "part_1/ddd.mp4")
    found = lay_out(find_layout("dfdc"), tmp_path)
    assert found.unfit == ("part_0/ccc.mp4", "part_1/ddd.mp4")


@pytest.mark.parametrize("original", [{}, {"original": None}, {"original": " "}])
def test_a_fake_of_which_nobody_says_the_original_is_left_out_by_name(
    tmp_path: Path, original: dict[str, str | None]
) -> None:
    plant_data_set(tmp_path, "dfdc")
    said = {"aaa.mp4": {"label": "REAL"}, "bbb.mp4": {"label": "FAKE", **original}}
    (tmp_path / "part_0" / "metadata.json").write_text(json.dumps(said))
    found = lay_out(find_layout("dfdc"), tmp_path)
    assert [one.path for one in found.videos] == ["part_0/aaa.mp4"]
    assert found.unfit == ("part_0/bbb.mp4",)


def test_a_folder_whose_name_is_blank_is_nobody(tmp_path: Path) -> None:
    found = lay_out(find_layout("folders"), plant(tmp_path, "Ada/talk.mp4", " /talk.mp4"))
    assert found.unfit == (" /talk.mp4",)


def test_a_name_is_no_template(tmp_path: Path) -> None:
    plant(tmp_path, "{driver}/{0}.mp4")
    written = motionsig.manifest("folders", tmp_path)
    assert read_manifest(written.path)["{driver}_{0}"].subject == "{driver}"
