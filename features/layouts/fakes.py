"""Public data sets with fakes: whom each shows, and who drives it.

In a face swap the filmed actor moves, and wears the face that is put on: the fake shows the face and is
driven by the actor. In a reenactment the filmed person keeps the face, and the expressions are somebody
else's.
"""

from __future__ import annotations

from typing import Final

from features.layouts.layout import Layout, Rule

_ONE_VIDEO_EACH: Final = (
    "The people of {} have no names. Each of their videos counts as a person of its own, in the group celeb. "
    "If one of them is in two videos, a pair of these two wrongly counts as one of two people."
)


def _lay_out_celeb_df(version: str, content: str) -> Layout:
    title = f"Celeb-DF {version}"
    return Layout(
        name=f"celeb-df-{version}",
        title=title,
        citation="Y. Li, X. Yang, P. Sun, H. Qi and S. Lyu: Celeb-DF: A Large-scale Challenging Dataset for "
        "DeepFake Forensics. CVPR 2020",
        licence="Terms to Use Celeb-DF: for research, on request. The original videos belong to others",
        source="https://github.com/yuezunli/celeb-deepfakeforensics",
        tree="Celeb-real/id0_0000.mp4\nCeleb-synthesis/id0_id16_0000.mp4\nYouTube-real/00000.mp4",
        rules=(
            Rule(
                r"Celeb-real/(?P<person>id\d+)_(?P<number>\d+)\.mp4",
                subject="{person}",
                group="pristine",
                session="{person}_{number}",
                collection=title,
            ),
            Rule(
                r"Celeb-synthesis/(?P<target>id\d+)_(?P<donor>id\d+)_(?P<number>\d+)\.mp4",
                subject="{donor}",
                group="fake",
                session="Celeb-synthesis",
                collection=title,
                driver="{target}",
                driver_session="{target}_{number}",
            ),
            Rule(
                r"YouTube-real/(?P<number>\d+)\.mp4",
                subject="YouTube {number}",
                group="celeb",
                session="YouTube {number}",
                collection=title,
            ),
        ),
        notes=(
            content,
            (
                "id0_id16_0000.mp4 is the video id0_0000.mp4 with the face of id16: it shows id16, and id0 "
                "drives it."
            ),
            "All fakes are by one method.",
            _ONE_VIDEO_EACH.format("YouTube-real"),
        ),
    )


# Youtube sequences have three digits, actors two.
_YOUTUBE: Final = r"(?P<target>\d{3})_(?P<source>\d{3})"
_VIDEOS: Final = r"(?P<quality>raw|c23|c40)/videos"
_FACE_SWAPS: Final = "Deepfakes|FaceSwap|FaceShifter"
_REENACTMENTS: Final = "Face2Face|NeuralTextures"
_OF_YOUTUBE: Final = "FaceForensics++ youtube {quality}"
_OF_ACTORS: Final = "FaceForensics++ actors {quality}"

_FACE_FORENSICS: Final = Layout(
    name="faceforensics",
    title="FaceForensics++",
    citation="A. Rössler, D. Cozzolino, L. Verdoliva, C. Riess, J. Thies and M. Nießner: FaceForensics++: "
    "Learning to Detect Manipulated Facial Images. ICCV 2019. Actors and DeepFakeDetection: N. Dufour and "
    "A. Gully: Contributing Data to Deepfake Detection Research. Google AI Blog 2019",
    licence="FaceForensics terms of use: non-commercial research and education, on request",
    source="https://github.com/ondyari/FaceForensics",
    tree="original_sequences/youtube/c23/videos/000.mp4\n"
    "original_sequences/actors/c23/videos/01__kitchen_pan.mp4\n"
    "manipulated_sequences/Deepfakes/c23/videos/000_003.mp4\n"
    "manipulated_sequences/DeepFakeDetection/c23/videos/01_02__kitchen_pan__YVGY8LOK.mp4",
    rules=(
        Rule(
            rf"original_sequences/youtube/{_VIDEOS}/(?P<number>\d{{3}})\.mp4",
            subject="youtube {number}",
            group="celeb",
            session="youtube {number}",
            collection=_OF_YOUTUBE,
            name="{number}_youtube_{quality}",
        ),
        Rule(
            rf"original_sequences/actors/{_VIDEOS}/(?P<actor>\d{{2}})__(?P<scene>.+)\.mp4",
            subject="actor {actor}",
            group="pristine",
            session="{scene}",
            collection=_OF_ACTORS,
            name="{actor}__{scene}_{quality}",
        ),
        Rule(
            rf"manipulated_sequences/(?P<method>{_FACE_SWAPS})/{_VIDEOS}/{_YOUTUBE}\.mp4",
            subject="youtube {source}",
            group="fake",
            session="{method}",
            collection=_OF_YOUTUBE,
            driver="youtube {target}",
            driver_session="youtube {target}",
            name="{target}_{source}_{method}_{quality}",
        ),
        Rule(
            rf"manipulated_sequences/(?P<method>{_REENACTMENTS})/{_VIDEOS}/{_YOUTUBE}\.mp4",
            subject="youtube {target}",
            group="fake",
            session="{method}",
            collection=_OF_YOUTUBE,
            driver="youtube {source}",
            driver_session="youtube {source}",
            name="{target}_{source}_{method}_{quality}",
        ),
        Rule(
            rf"manipulated_sequences/(?P<method>DeepFakeDetection)/{_VIDEOS}/"
            r"(?P<target>\d{2})_(?P<source>\d{2})__(?P<scene>.+)__(?P<id>[^_/]+)\.mp4",
            subject="actor {source}",
            group="fake",
            session="{method}",
            collection=_OF_ACTORS,
            driver="actor {target}",
            driver_session="{scene}",
            name="{target}_{source}__{scene}__{id}_{quality}",
        ),
    ),
    notes=(
        (
            "Files are named TARGET_SOURCE. Deepfakes, FaceSwap, FaceShifter and DeepFakeDetection put the "
            "source's face on the target's video: they show the source, and the target drives them. "
            "Face2Face and NeuralTextures put the source's expressions on the target's face: they show the "
            "target, and the source drives the expressions. Head and body are the target's."
        ),
        "The compressions of a video are one recording: they have one session.",
        (
            "Whether the scenes of an actor were filmed on different days is not said. Each scene counts as "
            "a session."
        ),
        _ONE_VIDEO_EACH.format("the youtube sequences"),
    ),
)

_DFDC: Final = Layout(
    name="dfdc",
    title="Deepfake Detection Challenge",
    citation="B. Dolhansky, J. Bitton, B. Pflaum, J. Lu, R. Howes, M. Wang and C. Canton Ferrer: The "
    "DeepFake Detection Challenge (DFDC) Dataset. arXiv 2006.07397",
    licence="Terms of the challenge, which must be accepted. We could not look them up",
    source="https://ai.meta.com/datasets/dfdc/",
    tree="dfdc_train_part_0/metadata.json   (label, split and original of each video)\n"
    "dfdc_train_part_0/aaaaaaaaaa.mp4",
    rules=tuple(
        Rule(
            r"(?:.*/)?(?P<file>[^/]+\.mp4)",
            annotations="metadata.json",
            where={"label": label},
            collection="DFDC",
            **said,
        )
        for label, said in {
            "REAL": {
                "subject": "the person in {file}",
                "group": "celeb",
                "session": "{file}",
            },
            "FAKE": {
                "subject": "nobody says who",
                "group": "fake",
                "session": "DFDC",
                "driver": "the person in {original}",
                "driver_session": "{original}",
            },
        }.items()
    ),
    notes=(
        (
            "The people have no names, so nobody can be verified or evaluated by these labels alone. Each "
            "original counts as a person of its own, who drives the fakes made of it. Whom a fake shows "
            "is not said."
        ),
        "Several methods were used, and which made a fake is not said.",
    ),
)

_GENERATORS: Final = "GAGA|LIVE|HUNY"


def _list_avatars(of: str, person: str) -> Rule:
    return Rule(
        rf"(?:.*/)?(?P<target>{person})--(?P<driver>{person})--(?P<film>[0-9a-f-]+)--(?P<method>{_GENERATORS})\.mp4",
        subject="{target}",
        group="fake",
        session="{method}",
        collection=f"AVAPrintDB {of}",
        driver="{driver}",
        driver_session="{film}",
    )


_AVAPRINTDB: Final = Layout(
    name="avaprintdb",
    title="AVAPrintDB",
    citation="L. Pedrouzo-Rodriguez, L. F. Gomez, R. Tolosana, R. Vera-Rodriguez, R. Daza, A. Morales and "
    "J. Fierrez: Leveraging Avatar Fingerprinting: A Multi-Generator Photorealistic Talking-Head Public "
    "Database and Benchmark. arXiv 2603.26934",
    licence="CC BY, and the terms of CREMA-D and RAVDESS, of which it is made",
    source="https://github.com/BiDAlab/AVAPrintDB",
    tree="videos/TEST/GAGA/C1061--C1005--063b1674-e708-5f9c-8f09-2f75f27a31aa--GAGA.mp4\n"
    "videos/TEST/LIVE/Actor_01--Actor_02--(identifier)--LIVE.mp4\n"
    "eval_files/evaluation_pairs_CREMA-D_GAGA.csv   (for motionsig verify --pairs)",
    rules=(_list_avatars("CREMA-D", r"C\d{4}"), _list_avatars("RAVDESS", r"Actor_\d{2}")),
    notes=(
        (
            "Every video is a fake: it shows the first person of its name, and the second one drives it. "
            "`motionsig verify --pairs` compares who drives."
        ),
        "Videos that were made of one film of the driver, by any generator, are one session of the driver.",
        "The videos are shorter than the 8 s that a clip has. Give `motionsig verify --window 2/1`.",
    ),
)

FAKES: Final = (
    _lay_out_celeb_df(
        "v1", "158 videos of 13 celebrities, 795 fakes of them, and 250 videos of other people."
    ),
    _lay_out_celeb_df(
        "v2", "590 videos of 59 celebrities, 5,639 fakes of them, and 300 videos of other people."
    ),
    _FACE_FORENSICS,
    _DFDC,
    _AVAPRINTDB,
)
