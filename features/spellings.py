"""One spelling for each person, group, session and collection, however their names were typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from features.labels import GROUPS, Label
from ground.names import list_near, list_united, unite
from ground.text import count

if TYPE_CHECKING:
    import pandas as pd

_SHOWN: Final = 5
_QUOTED: Final = "'{}'".format


def unite_labels(
    labels: Mapping[str, Label], on_warning: Callable[[str], None] | None = None
) -> dict[str, Label]:
    """Give each person, group, session and collection one spelling, the first of those in `labels`.

    Drivers of fakes are people too.

    Parameters
    ----------
    labels
        By video.
    on_warning
        Called with a sentence about the names that were spelt in several ways, and with one about those of
        different people that are nearly the same.
    """
    subjects = [name for label in labels.values() for name in (label.subject, label.driver) if name]
    groups = [label.group for label in labels.values()]
    sessions = [name for label in labels.values() for name in (label.session, label.driver_session) if name]
    collections = [label.collection or "" for label in labels.values()]
    _warn(subjects, groups, sessions, on_warning, collections)
    subject_of, group_of, session_of = unite(subjects), unite([*GROUPS, *groups]), unite(sessions)
    collection_of = unite(collections)
    return {
        video: Label(
            subject_of[label.subject],
            group_of[label.group],
            session_of[label.session],
            collection_of[label.collection or ""] or None,
            subject_of[label.driver] if label.driver else None,
            session_of[label.driver_session] if label.driver_session else None,
        )
        for video, label in labels.items()
    }


def unite_clip_labels(clips: pd.DataFrame, on_warning: Callable[[str], None] | None = None) -> pd.DataFrame:
    """Return a clip table with one spelling for each person, session and group; as `unite_labels`."""
    names = {column: clips[column].dropna().unique().tolist() for column in ("subject", "group", "session")}
    _warn(names["subject"], names["group"], names["session"], on_warning)
    names["group"] = [*GROUPS, *names["group"]]
    united = {column: unite(spellings) for column, spellings in names.items()}
    changed = {
        column: clips[column].map(spelling_of, na_action="ignore")
        for column, spelling_of in united.items()
        if any(spelling != shown for spelling, shown in spelling_of.items())
    }
    return clips.assign(**changed) if changed else clips


def describe_people(people: Iterable[str]) -> list[str]:
    """Return a sentence about names of people with several spellings, and one about names nearly alike."""
    spellings = list(dict.fromkeys(people))
    near = list_near(spellings)
    sentences = _describe_united(spellings, "person", "people")
    if near:
        sentences.append(
            f"Some names are nearly the same: {_join(f'{one!r} and {other!r}' for one, other in near)}. They "
            "count as different people. If they are one person, write the name in one way everywhere."
        )
    return sentences


def _warn(
    subjects: Iterable[str],
    groups: Iterable[str],
    sessions: Iterable[str],
    on_warning: Callable[[str], None] | None,
    collections: Iterable[str] = (),
) -> None:
    if on_warning is None:
        return
    for sentence in (
        *describe_people(subjects),
        *_describe_united([*GROUPS, *groups], "group", "groups"),
        *_describe_united(sessions, "session", "sessions"),
        *_describe_united(collections, "collection", "collections"),
    ):
        on_warning(sentence)


def _describe_united(spellings: Iterable[str], one: str, several: str) -> list[str]:
    found = list_united(spellings)
    if not found:
        return []
    listed = _join(f"'{name}' also as {', '.join(map(_QUOTED, others))}" for name, others in found)
    sentence = (
        f"{count(len(found), one, several)} {'is' if len(found) == 1 else 'are'} spelt in several ways, and "
        f"each counts as one: {listed}. If two of them are not the same, give them different names."
    )
    return [sentence]


def _join(parts: Iterable[str]) -> str:
    listed = list(parts)
    more = f"; and {len(listed) - _SHOWN} more" if len(listed) > _SHOWN else ""
    return "; ".join(listed[:_SHOWN]) + more
