"""What is said of an enrolled person and of the background: never more than the figures carry."""

from __future__ import annotations

import pytest
from enrolments import THRESHOLDS, make_background, make_card

from classify.background.card import BackgroundFootage
from classify.words.cards import describe_error_rates, describe_others, list_card
from classify.words.enrolments import doubt_usual, list_doubts, list_propositions, list_verification
from classify.words.judgements import describe_support
from classify.words.movements import describe_deviation


def test_the_card_tells_person_recordings_background_and_limits() -> None:
    text = "\n".join(list_card(make_card()))
    for words in (
        "ann: enrolled from 2 recordings of 2 sessions, with a face in 2.0 minutes of them.",
        "ann-0.mp4: session s0, 1.0 minutes, 14 clips, face in 98% of the frames; compared with the",
        "Background: 60 recordings (93 minutes) of 30 people, 11 of them in several sessions; 2 collections.",
        "face-pairs, spreads, over clips of 8 s every 4 s; ",
        "Thresholds for videos: consistent above +1.386, inconsistent below -1.386.",
        "With so few people, 5% and 8% are the lowest rates that can be promised.",
        "Likelihood ratios lie between 0.025 and 40, because the background supports no stronger ones:",
        "a lip-sync on authentic footage keeps the person's head and brows",
        "SHA-256 beginning with cccccccccccc",
    ):
        assert words in text
    assert "one session" not in text


def test_an_enrolment_of_one_session_says_what_it_does_not_know() -> None:
    card = make_card(sessions=1)
    text = "\n".join(list_card(card))
    assert "All recordings are of one session. So it is not known how ann moves on another occasion." in text
    assert "compared with the other recordings" not in text
    assert "another occasion may lie outside ann's usual range" in (doubt_usual(card) or "")
    assert doubt_usual(make_card(sessions=2)) is None


def test_recordings_that_disagree_are_named_with_what_to_do() -> None:
    (line,) = [line for line in list_card(make_card(disagreeing=("ann-1.mp4",))) if "Perhaps" in line]
    assert line == (
        "ann-1.mp4 does not move like the other recordings. Perhaps it shows somebody else. Check who is "
        "shown, and enrol ann again without what is wrong."
    )


def test_sessions_that_nobody_named_are_told_where_there_are_several() -> None:
    said = "Nobody said which recordings belong to one session, so each counts as a session of its own."
    assert any(line.startswith(said) for line in list_doubts(make_card(sessions_said=False)))
    assert list(list_doubts(make_card())) == []
    (line,) = list_doubts(make_card(sessions=1, sessions_said=False))
    assert line.startswith("All recordings are of one session.")


def test_unknown_collections_are_not_called_one() -> None:
    footage = BackgroundFootage(
        people=12, people_again=1, recordings=13, sessions=13, collections=None, minutes=9.0,
    )  # fmt: skip
    text = "\n".join(
        list_card(make_card(background=make_background(footage=footage, notes=("All is one.",))))
    )
    assert "of 12 people, 1 of them in several sessions; nobody said from which collections." in text
    assert "All is one." in text


def test_error_rates_are_those_of_the_thresholds_and_of_people_who_were_held_out() -> None:
    assert describe_error_rates(make_card()) == (
        "The thresholds aim at 5% of others' recordings called consistent, and 8% of a person's own called "
        "inconsistent. Among 30 people who were held out (11 of them in several sessions) the equal error "
        "rate was 15% [10%, 21%]. Brackets: 95 % interval over people. Whether that holds for ann was not "
        "measured."
    )


def test_enough_people_promise_the_rate_that_was_aimed_at() -> None:
    many = THRESHOLDS.model_copy(update={"target_sources": 400, "non_target_sources": 900})
    text = "\n".join(list_card(make_card(background=make_background(thresholds=many))))
    assert "They aim at 5% errors on each side." in text
    assert "With so few people" not in text


def test_both_propositions_name_their_side() -> None:
    card = make_card()
    assert list_propositions(card) == (
        "The suspect video shows the movements of the person who was enrolled as ann.",
        "The suspect video shows the movements of somebody like the 30 people of the background.",
    )
    assert describe_support(1.0, card.person, describe_others(card)) == (
        "The motion is about 10 times more probable if it is ann's than if it is that of somebody like the "
        "30 people of the background (LR 10): moderate support that it is ann's."
    )


def test_figures_that_there_are_none_of_are_left_out() -> None:
    figures = dict(list_verification(make_card().background.verification))
    assert "AUC within a collection" not in figures
    assert figures["AUC across collections"] == ".880 [few]"
    assert figures["Cllr"] == ".550 [.450, .680]"


@pytest.mark.parametrize(("here", "times"), [(0.0, "1 times"), (-0.7, "0.5 times"), (3.0, "20 times")])
def test_a_spread_is_told_as_times_the_usual_one(here: float, times: str) -> None:
    words = describe_deviation("spread:pose_Rz", here, 0.0, 0.1)
    assert words == f"how much the head tilt varies: here {times} as much as usual (usually 0.9 to 1.1 times)"


def test_a_spread_that_no_video_has_is_worded_all_the_same() -> None:
    assert "0 times as much" in describe_deviation("spread:pose_Rz", -1e9, 1e9, 1e9)
