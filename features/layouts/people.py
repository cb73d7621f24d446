"""Public data sets of people who speak, and a folder for each person."""

from __future__ import annotations

from typing import Final

from features.layouts.layout import Layout, Rule

_VOXCELEB2: Final = Layout(
    name="voxceleb2",
    title="VoxCeleb2",
    citation="J. S. Chung, A. Nagrani and A. Zisserman: VoxCeleb2: Deep Speaker Recognition. "
    "Interspeech 2018",
    licence="CC BY 4.0 according to copies of it; not confirmed at its owners'. The videos belong to others",
    source="https://www.robots.ox.ac.uk/~vgg/data/voxceleb/",
    tree="dev/mp4/id00012/21Uxsk56VDQ/00001.mp4\ntest/mp4/id00017/01dfn2spqyE/00001.mp4",
    rules=(
        Rule(
            r"(?:(?:dev|test)/)?(?:mp4/)?(?P<person>id\d{5})/(?P<video>[^/]+)/(?P<number>\d{5})\.mp4",
            subject="{person}",
            group="pristine",
            session="{video}",
            collection="VoxCeleb2",
            name="{person}_{video}_{number}",
        ),
    ),
    notes=("All utterances of a YouTube video are one session.",),
)

_TALKING_CELEBS: Final = Layout(
    name="talkingcelebs",
    title="TalkingCelebs",
    citation="We know of no paper. Name the page that you have it from",
    licence="We could not confirm it. The videos belong to others",
    source="https://huggingface.co/datasets/FaizanMirza123/talkingcelebs",
    tree="train/id00000/ZNYmK19-d0U/000.mp4   (person, YouTube video, clip; test likewise)",
    rules=(
        Rule(
            r"(?:data/)?(?P<part>train|test)/(?P<person>id\d{5})/(?P<video>[^/]+)/(?P<number>\d+)\.mp4",
            subject="{person}",
            group="pristine",
            session="{video}",
            collection="TalkingCelebs",
            name="{part}_{person}_{video}_{number}",
        ),
    ),
    notes=(
        "Five people, 13 to 18 videos of each, in clips of 30 s. A YouTube video is one session.",
        (
            "train and test are counted together, because one session may be in both. The code that prepares "
            "the clips cuts them to the talking head, so arms may be out of view."
        ),
    ),
)

_DEEPSPEAK: Final = Layout(
    name="deepspeak",
    title="DeepSpeak",
    citation="S. Barrington, M. Bohacek and H. Farid: The DeepSpeak Dataset. arXiv 2408.05366",
    licence="DeepSpeak licence: free for qualifying academic institutions, on request",
    source="https://huggingface.co/faridlab",
    tree="(any folder)/87-0.mp4   (person and recording)",
    rules=(
        Rule(
            r"(?:.*/)?(?P<person>\d+)-(?P<number>\d+)\.mp4",
            subject="{person}",
            group="pristine",
            session="{person}",
            collection="DeepSpeak",
        ),
    ),
    notes=(
        (
            "The fakes are left out and named, because we could not confirm for each engine whose motion "
            "they show: the release calls its two people source and target."
        ),
        "As far as we know each person was filmed on one occasion, so all their videos are one session.",
    ),
)

_CREMA_D: Final = Layout(
    name="crema-d",
    title="CREMA-D",
    citation="H. Cao, D. G. Cooper, M. K. Keutmann, R. C. Gur, A. Nenkova and R. Verma: CREMA-D: "
    "Crowd-sourced Emotional Multimodal Actors Dataset. IEEE Transactions on Affective Computing 5(4), 2014",
    licence="Open Database License 1.0; its contents: Database Contents License 1.0",
    source="https://github.com/CheyneyComputerScience/CREMA-D",
    tree="VideoFlash/1001_DFA_ANG_XX.flv   (actor, sentence, emotion, intensity)",
    rules=(
        Rule(
            r"(?:.*/)?(?P<actor>1\d{3})_[A-Z]{3}_(?:ANG|DIS|FEA|HAP|NEU|SAD)_(?:LO|MD|HI|XX|X)\.(?:flv|mp4)",
            subject="{actor}",
            group="pristine",
            session="{actor}",
            collection="CREMA-D",
        ),
    ),
    notes=(
        (
            "Whether an actor came on several days is not said, so all their videos are one session. The "
            "videos last some seconds."
        ),
    ),
)

_RAVDESS: Final = Layout(
    name="ravdess",
    title="RAVDESS",
    citation="S. R. Livingstone and F. A. Russo: The Ryerson Audio-Visual Database of Emotional Speech and "
    "Song (RAVDESS). PLoS ONE 13(5), 2018",
    licence="CC BY-NC-SA 4.0",
    source="https://zenodo.org/records/1188976",
    tree="Actor_01/01-01-03-01-01-01-01.mp4   (the actor is the last number)",
    rules=(
        Rule(
            r"(?:.*/)?0[12]-0[12]-\d\d-\d\d-\d\d-\d\d-(?P<actor>\d\d)\.mp4",
            subject="Actor_{actor}",
            group="pristine",
            session="Actor_{actor}",
            collection="RAVDESS",
        ),
    ),
    notes=(
        (
            "Whether an actor came on several days is not said, so all their videos are one session. Videos "
            "whose name begins with 02 are those that begin with 01, without sound. They last some seconds."
        ),
    ),
)

_FOLDERS: Final = Layout(
    name="folders",
    title="A folder for each person",
    citation="Your own footage",
    licence="Your own",
    source="Your own computer",
    tree="Ada/interview.mp4   (a session of its own)\nAda/2021-03-04/one.mp4   (the session is the folder)",
    rules=(
        Rule(
            r"(?P<person>[^/]+)/(?P<occasion>[^/]+)/(?P<file>.+)\.[^./]+",
            subject="{person}",
            group="pristine",
            session="{occasion}",
            name="{person}_{occasion}_{file}",
        ),
        Rule(
            r"(?P<person>[^/]+)/(?P<file>[^/]+)\.[^./]+",
            subject="{person}",
            group="pristine",
            name="{person}_{file}",
        ),
    ),
    notes=("All videos are taken for authentic. List fakes in a manifest of your own.",),
)

PEOPLE: Final = (_VOXCELEB2, _TALKING_CELEBS, _DEEPSPEAK, _CREMA_D, _RAVDESS, _FOLDERS)
