"""How well two recordings are told to show the same person, or two, for a list of pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from classify.background import crossing, learning
from classify.background.background import Background
from classify.background.files import load_background
from classify.background.pairs import (
    Compared,
    PairFigures,
    compare_across,
    compare_by_background,
    name_people,
)
from classify.background.selection import LeftOut, find_reason, select_footage, tell_left_out
from classify.background.trials import Trials, list_trials
from classify.copies import describe_copies
from extract.frame_table import read_metadata
from features.formats import list_some
from features.labels import Label
from features.pair_list import ListedPair, find_written, may_be_one, read_pairs, refuse_lines
from features.recordings import SIGNATURE_CLIPS, Recording
from features.windows import ClipRule, parse_clip_rules
from ground.errors import InputError
from ground.files import hash_file, to_path
from ground.names import key_of_file, key_of_name
from ground.text import count
from motionsig.use_cases.inputs import Names, check_kind, check_workers, find_files, read_labels
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.recordings import Described, describe_tables
from report.verification_figures import write_pair_plots


@dataclass(frozen=True)
class _Pair:
    """A listed pair whose recordings are found: the tables on both sides."""

    listed: ListedPair
    enrolment: Path
    test: Path

    @property
    def tables(self) -> tuple[Path, Path]:
        """Those of both sides."""
        return self.enrolment, self.test


@dataclass(frozen=True)
class _Usable:
    """The pairs whose recordings can be compared, as trials; and the recordings that cannot.

    `of_one_session` is how many pairs of one person are of one session.
    """

    pairs: list[_Pair]
    trials: Trials
    of_one_session: int
    left_out: list[LeftOut]

    @classmethod
    def of(
        cls,
        pairs: Sequence[_Pair],
        recordings: Sequence[Recording],
        rows: Mapping[Path, int],
        left_out: list[LeftOut],
    ) -> _Usable:
        """Take the pairs of which both tables have rows in `recordings`."""
        usable = [pair for pair in pairs if all(table in rows for table in pair.tables)]
        trials = list_trials(
            [rows[pair.enrolment] for pair in usable],
            [rows[pair.test] for pair in usable],
            [pair.listed.is_target for pair in usable],
        )
        sessions = [{recordings[rows[table]].session for table in pair.tables} for pair in usable]
        alike = zip(sessions, usable, strict=True)
        of_one_session = sum(pair.listed.is_target and len(names) == 1 for names, pair in alike)
        return cls(usable, trials, of_one_session, left_out)


def verify_pairs(
    tables: Names,
    pairs: str | Path,
    *,
    background: str | Path | None = None,
    manifest: str | Path | None = None,
    window: str | None = None,
    plots: str | Path | None = None,
    workers: int | None = None,
    monitor: Monitor | None = None,
) -> PairFigures:
    """Try on a list of pairs of recordings how well those of one person are told from those of two.

    One recording is enrolled, the other judged. Ratios are calibrated on people who are not in the pair.

    Parameters
    ----------
    tables
        Frame tables of `extract`, or folders of them.
    pairs
        The list, see `features.pair_list.read_pairs`.
    background
        File of `background`, learnt from other people. Without it all that judges a pair is learnt from the
        tables, without the two people of the pair: then there must be at least ten people, five of them in
        several sessions, and tables that are not listed help.
    manifest
        CSV with ``path,subject,group,session`` and, where known, ``collection``, ``driver`` and
        ``driver_session``. Of a fake whose driver it names, the driver counts as the person, and the
        driver's session as the session; the fake is a session of its own where nobody says that.
    window
        Length and overlap of the clips in seconds, such as ``2/1``; by default those of the background, or
        ``8/4``.
    plots
        Folder for plots of the likelihood ratios.
    workers
        Number of processes for describing recordings; None for one a processor.
    monitor
        Progress, notices, and whether to stop.

    Raises
    ------
    InputError
        When a path or a value cannot be worked with.
    TableError
        When the list or the manifest breaks its contract: lines are named whose recordings are missing, or
        the same, or that contradict each other or the manifest.
    ModelError
        When the background is damaged, or recordings were read in different ways.
    TrainingError
        When the background knows the people, or there are too few to learn from, or to compare.
    StoppedError
        When the monitor says so.
    """
    monitor = monitor or Monitor()
    check_workers(workers)
    path = to_path(pairs)
    listed, learnt, rule = read_choices(pairs, background, window)
    found = find_files(tables, {".parquet"}, "frame table", on_notice=monitor.notice)
    labels = _label_movers(read_labels(manifest, monitor.notice))
    chosen = _find_tables(path, listed, found, monitor)
    needed = {table for pair in chosen for table in pair.tables}
    used = found if learnt is None else [table for table in found if table in needed]
    names = learning.FUSED if learnt is None else learnt.card.fused
    described = describe_tables(used, names, labels, workers, monitor, rule)
    recordings = _name_by_table(used, described)
    _check_answers(path, chosen, recordings)
    kept = [pair for pair in chosen if all(table in recordings for table in pair.tables)]
    assumed = _name_people(path, kept, recordings)
    for sentence in assumed:
        monitor.notice(sentence)
    if learnt is None:
        usable, compared = _compare_across(kept, recordings, monitor)
    else:
        usable, compared = _compare_by(learnt, kept, recordings)
    figures = compared.measure()
    if plots is not None:
        write_pair_plots(compared, to_path(plots))
    return PairFigures(
        pairs=len(chosen),
        scored=compared.scored,
        recordings=len({table for pair in usable.pairs for table in pair.tables}),
        background_sha256=None if background is None else hash_file(to_path(background)),
        clip_s=rule.length_s if learnt is None else learnt.card.clip_s,
        step_s=(rule.step_s or 0.0) if learnt is None else learnt.card.step_s,
        descriptors=compared.descriptors,
        figures=figures,
        by_source=compared.measure_sources(),
        left_out=(
            *tell_left_out([*described.left_out, *usable.left_out]),
            *_tell_lost(len(chosen) - compared.scored),
            *_tell_one_session(usable.of_one_session),
            *assumed,
        ),
    )


def read_choices(
    pairs: str | Path, background: str | Path | None, window: str | None
) -> tuple[list[ListedPair], Background | None, ClipRule]:
    """Return the pairs, the background and the clips that `verify_pairs` is given.

    Raises
    ------
    InputError, TableError, ModelError
        When one of them cannot be worked with, or they do not go together.
    """
    if window is not None and background is not None:
        raise InputError("--window cannot be chosen with --background, which has clips of its own.")
    rule = _choose_rule(window)
    listed = read_pairs(to_path(pairs))
    return listed, None if background is None else load_background(to_path(background)), rule


def _choose_rule(window: str | None) -> ClipRule:
    if window is None:
        return SIGNATURE_CLIPS
    check_kind(window, str, "The clips")
    rules = parse_clip_rules(window)
    if len(rules) != 1:
        raise InputError(f"--window takes clips of one length, such as 2/1, not '{window}'.")
    return rules[0]


def _label_movers(labels: Mapping[str, Label] | None) -> dict[str, Label] | None:
    """Return labels of who moves: of a fake its driver, where somebody says it.

    The session of a fake is a method, which is no occasion. So the one in which the driver was filmed
    counts, and where nobody says it each fake is a session of its own.
    """
    if labels is None:
        return None
    return {
        name: Label(label.driver, "pristine", label.driver_session or name, label.collection)
        if label.group == "fake" and label.driver
        else label
        for name, label in labels.items()
    }


def _find_tables(
    path: Path, listed: Sequence[ListedPair], found: Sequence[Path], monitor: Monitor
) -> list[_Pair]:
    """Return the pairs with the tables that they mean, each once.

    Raises
    ------
    TableError
        With the lines of missing recordings, of names that mean several, of pairs of a recording with
        itself, and of contradictions.
    """
    named = _list_names(found)
    written_of: dict[Path, set[str]] = {}
    problems: list[str] = []
    first: dict[frozenset[Path], _Pair] = {}
    repeated = 0
    for pair in listed:
        names = (pair.enrolment, pair.test)
        meant = [find_written(name, named) or [] for name in names]
        tables = [one[0] for one in meant if len(one) == 1]
        if unclear := list(_tell_unclear(names, meant, written_of)):
            problems += [f"line {pair.line}: {words}" for words in unclear]
            continue
        enrolment, test = tables
        before = first.setdefault(frozenset((enrolment, test)), _Pair(pair, enrolment, test))
        if enrolment == test:
            problems.append(f"line {pair.line}: {pair.enrolment} is paired with itself")
        elif before.listed.is_target != pair.is_target:
            problems.append(f"lines {before.listed.line} and {pair.line} contradict each other on one pair")
        elif before.listed is not pair:
            repeated += 1
    refuse_lines(path, problems)
    if repeated:
        pairs = count(repeated, "pair")
        monitor.notice(f"{pairs} of the list stand there more than once. Each pair counts once.")
    return list(first.values())


def _list_names(found: Sequence[Path]) -> dict[str, list[Path]]:
    """Return the tables of each name: that of the table or, where no table is called so, of its video."""
    named = {key_of_file(table.stem): [table] for table in found}
    by_video: dict[str, list[Path]] = {}
    for table in found:
        by_video.setdefault(key_of_file(Path(read_metadata(table).source.name).stem), []).append(table)
    return {**by_video, **named}


def _tell_unclear(
    names: Sequence[str], meant: Sequence[Sequence[Path]], written_of: dict[Path, set[str]]
) -> Iterator[str]:
    """Yield what is wrong with the names of a line; `written_of` keeps how each table was written before."""
    if lacking := [name for name, tables in zip(names, meant, strict=True) if not tables]:
        yield f"no frame table of {' and '.join(lacking)}"
    for name, tables in zip(names, meant, strict=True):
        if len(tables) > 1:
            yield f"{name} may be any of {list_some([table.name for table in tables])}"
        elif tables:
            before = written_of.setdefault(tables[0], set())
            if name in before:
                continue
            if clash := min((one for one in before if not may_be_one(one, name)), default=None):
                yield f"{clash} and {name} would both be {tables[0].name}"
            before.add(name)


def _name_by_table(used: Sequence[Path], described: Described) -> dict[Path, Recording]:
    """Return the recordings that could be described, by their tables."""
    left_out = {one.name for one in described.left_out}
    tables = [table for table in used if table.stem not in left_out]
    return dict(zip(tables, described.recordings, strict=True))


def _check_answers(path: Path, pairs: Sequence[_Pair], recordings: Mapping[Path, Recording]) -> None:
    """Raise TableError where both sides are one file, or the manifest answers otherwise than the list."""
    problems = []
    for pair in pairs:
        one, other = (recordings.get(table) for table in pair.tables)
        if one is None or other is None:
            continue
        line = pair.listed.line
        if one.sha256 == other.sha256:
            problems.append(f"line {line}: {one.video} and {other.video} are the same file")
        elif one.subject is not None and other.subject is not None:
            said = key_of_name(one.subject) == key_of_name(other.subject)
            if said != pair.listed.is_target:
                kind = "the same person" if pair.listed.is_target else "two people"
                problems.append(
                    f"line {line}: the list says {kind}, but in {one.video} is {one.subject} and in "
                    f"{other.video} {other.subject}"
                )
    refuse_lines(path, problems)


def _name_people(path: Path, pairs: Sequence[_Pair], recordings: dict[Path, Recording]) -> list[str]:
    """Give the listed recordings names where nobody does; return what was assumed.

    Raises
    ------
    TableError
        When pairs of the same person join recordings that another line, or their names, call those of two.
    """
    tables = list(dict.fromkeys(table for pair in pairs for table in pair.tables))
    row_of = {table: row for row, table in enumerate(tables)}
    rows = [(row_of[pair.enrolment], row_of[pair.test], pair.listed.is_target) for pair in pairs]
    named, assumed = name_people([recordings[table] for table in tables], rows)
    problems = []
    for pair, (one, other, is_target) in zip(pairs, rows, strict=True):
        who = [str(named[row].subject) for row in (one, other)]
        line, tested = (
            f"line {pair.listed.line}: the list says",
            f"{pair.listed.enrolment} and {pair.listed.test}",
        )
        is_one = key_of_name(who[0]) == key_of_name(who[1])
        if is_one and not is_target:
            problems.append(f"{line} two people, but other lines join {tested} as one")
        elif is_target and not is_one:
            problems.append(
                f"{line} the same person, but with other lines {tested} are {who[0]} and {who[1]}"
            )
    refuse_lines(path, problems)
    recordings.update(zip(tables, named, strict=True))
    return assumed


def _compare_by(
    learnt: Background, pairs: Sequence[_Pair], recordings: Mapping[Path, Recording]
) -> tuple[_Usable, Compared]:
    left_out: list[LeftOut] = []
    tables: dict[Path, int] = {}
    for table, recording in recordings.items():
        if why := find_reason(recording, learnt.card.fused):
            left_out.append(LeftOut(recording.video, why))
        else:
            tables[table] = len(tables)
    used = [recordings[table] for table in tables]
    usable = _Usable.of(pairs, used, tables, left_out)
    return usable, compare_by_background(learnt, used, usable.trials)


def _compare_across(
    pairs: Sequence[_Pair], recordings: Mapping[Path, Recording], monitor: Monitor
) -> tuple[_Usable, Compared]:
    selected = select_footage(list(recordings.values()), learning.FUSED)
    for sentence in describe_copies(selected.copies):
        monitor.notice(sentence)
    row_of = {one.sha256: row for row, one in enumerate(selected.recordings)}
    lost = {one.name for one in selected.left_out}
    tables = {
        table: row_of[one.sha256]
        for table, one in recordings.items()
        if one.sha256 in row_of and one.video not in lost
    }
    usable = _Usable.of(pairs, selected.recordings, tables, selected.left_out)
    steps = crossing.count_steps(selected.footage)
    with monitor.stage("Verifying", steps, "steps") as advance:
        return usable, compare_across(selected.footage, usable.trials, learning.WAYS, lambda: advance(1))


def _tell_lost(lost: int) -> list[str]:
    if not lost:
        return []
    return [f"{count(lost, 'listed pair')} could not be compared, because of recordings that are left out."]


def _tell_one_session(pairs: int) -> list[str]:
    if not pairs:
        return []
    which = "1 listed pair of one person is" if pairs == 1 else f"{pairs:,} listed pairs of one person are"
    return [f"{which} of one session. That is easier than to know somebody again on another occasion."]
