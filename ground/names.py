"""Names that people typed: when two are the same, when two are nearly the same, and how they are shown.

One name comes in many spellings that look alike: letters composed or decomposed (macOS writes file names
decomposed), blanks that do not break, capitals, characters that nobody sees.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from ground.text import storable

# Names of fewer letters that are one letter apart are mostly two names, such as Anna and Nina.
_FEWEST_LETTERS: Final = 5
_NUMBER: Final = re.compile(r"\d+")


def tidy(name: str) -> str:
    r"""Return a name as it is shown: letters composed, one plain blank between words and none at the ends.

    Examples
    --------
    >>> tidy("\u00a0Zoe\u0308  Bell ")
    'Zoë Bell'
    """
    return " ".join(unicodedata.normalize("NFC", storable(name)).split())


def key_of_name(name: str) -> str:
    r"""Return what all spellings of a name have in common: two names are the same when this is.

    Capitals do not count (Unicode's full case folding), nor do characters that nobody sees, such as marks of
    direction. Accents do: Zoë and Zoe are two names.

    Examples
    --------
    >>> key_of_name("ZOE\u0308\u00a0Bell\u200b") == key_of_name("zoë bell")
    True
    """
    if name.isascii():
        return " ".join(name.split()).lower()
    folded = unicodedata.normalize("NFD", storable(name)).casefold()
    seen = "".join(letter for letter in folded if unicodedata.category(letter) != "Cf")
    return tidy(seen)


def key_of_file(name: str) -> str:
    """Return what spellings of a file's name have in common; its capitals count, and so does each blank."""
    if name.isascii():
        return name
    composed = unicodedata.normalize("NFC", storable(name))
    return "".join(" " if letter.isspace() else letter for letter in composed)


def unite(names: Iterable[str]) -> dict[str, str]:
    """Return for each spelling the one that was written first of those of the same name, tidied.

    A name of blanks alone becomes the empty one.
    """
    first: dict[str, str] = {"": ""}
    return {name: first.setdefault(key_of_name(name), tidy(name)) for name in names}


def list_united(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return each name that is spelt in several ways, and its other spellings, in which nothing is hidden."""
    spellings: defaultdict[str, list[str]] = defaultdict(list)
    for spelling, shown in unite(dict.fromkeys(names)).items():
        if shown:
            spellings[shown].append(spelling)
    return [
        (shown, [_write_out(spelling) for spelling in same if spelling != shown])
        for shown, same in spellings.items()
        if len(same) > 1
    ]


def list_near(names: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of different names that may well be one person's, in the order of the first of each.

    Two names are near when they are the same but for accents, punctuation and blanks; or when one word
    differs, has 5 letters or more and no digit, and becomes the same by leaving one letter out of one or of
    each. Names that differ in their numbers, such as id1 and id2, are never near.
    """
    shown = [name for name in dict.fromkeys(unite(names).values()) if name]
    by_mark: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, name in enumerate(shown):
        for mark in set(_mark(name)):
            by_mark[mark].append(place)
    # Of many that share a mark each is paired with the first, so that the work grows with their number only.
    pairs = {(same[0], other) for same in by_mark.values() for other in same[1:]}
    return [(shown[one], shown[other]) for one, other in sorted(pairs)]


def _mark(name: str) -> Iterator[tuple[str, ...]]:
    """Yield marks of a name; two names are near when they share one."""
    letters = unicodedata.normalize("NFKD", key_of_name(name))
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = "".join(letter if unicodedata.category(letter)[0] in "LNM" else " " for letter in letters).split()
    if words:
        yield ("".join(words), *_NUMBER.findall(letters))
    for k, word in enumerate(words):
        if len(word) >= _FEWEST_LETTERS and word.isalpha():
            for part in (word, *(word[:left_out] + word[left_out + 1 :] for left_out in range(len(word)))):
                yield (*words[:k], part, "", *words[k + 1 :])


def _write_out(name: str) -> str:
    """Return a name with the marks and blanks written out that make it look like another one."""
    return "".join(_write_letter_out(letter) for letter in name)


def _write_letter_out(letter: str) -> str:
    is_plain = letter == " " or not (
        unicodedata.combining(letter) or letter.isspace() or unicodedata.category(letter) == "Cf"
    )
    return letter if is_plain else ascii(letter)[1:-1]
