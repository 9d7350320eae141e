"""When a measure binds, for every order of appeal and decision, and what may be announced at all."""

import itertools
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preceptor.hiring.rules import (
    GOOD_STANDING,
    CaseFacts,
    CaseReason,
    CaseRecord,
    CaseState,
    Measure,
    NewCase,
    Outcome,
    RecordKind,
    Scope,
    barred,
    bound,
    bound_for,
    case_problems,
    comes_into_force,
    is_overdue,
    spans,
    standing,
    state_of,
)

T = datetime(2026, 11, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
HERE, THERE = UUID(int=1), UUID(int=2)
CASE = UUID(int=9)


def facts(**changes: object) -> CaseFacts:
    values: dict[str, object] = {
        "measure": Measure.SUSPENSION,
        "reason": CaseReason.QUALITY,
        "announced_at": T,
        "effective_at": T + 14 * DAY,
        "lasts_days": 30,
    }
    return CaseFacts(**(values | changes))


def appealed(after_days: int, **changes: object) -> CaseFacts:
    at = T + after_days * DAY
    return facts(appealed_at=at, appeal_due_at=at + 14 * DAY, **changes)


def binds(case: CaseFacts, day: int) -> bool:
    return bound(case, T + day * DAY) is not None


def test_a_measure_binds_from_its_notice_to_its_end():
    case = facts()
    assert [binds(case, day) for day in (0, 13, 14, 43, 44)] == [False, False, True, True, False]
    assert [state_of(case, T + day * DAY) for day in (0, 14, 44)] == [
        CaseState.ANNOUNCED,
        CaseState.IN_FORCE,
        CaseState.ENDED,
    ]


def test_an_appeal_within_the_notice_holds_the_measure_back():
    case = appealed(10)
    assert not any(binds(case, day) for day in range(60))
    upheld = appealed(10, outcome=Outcome.UPHELD, decided_at=T + 20 * DAY)
    assert [binds(upheld, day) for day in (14, 19, 20, 43, 44)] == [False, False, True, True, False]
    early = appealed(3, outcome=Outcome.UPHELD, decided_at=T + 5 * DAY)
    assert [binds(early, day) for day in (5, 13, 14)] == [False, False, True]


def test_an_appeal_that_is_not_decided_in_time_lifts_the_measure_until_it_is():
    case = appealed(20)
    assert [binds(case, day) for day in (19, 33, 34, 40)] == [True, True, False, False]
    assert [is_overdue(case, T + day * DAY) for day in (33, 34)] == [False, True]
    late = appealed(20, outcome=Outcome.UPHELD, decided_at=T + 38 * DAY)
    assert [binds(late, day) for day in (33, 34, 37, 38, 43, 44)] == [True, False, False, True, True, False]
    assert bound_for(late, T + 60 * DAY) == 26 * DAY


def test_upheld_in_time_changes_nothing():
    case = appealed(20, outcome=Outcome.UPHELD, decided_at=T + 25 * DAY)
    assert len(spans(case)) == 1
    assert state_of(case, T + 26 * DAY) is CaseState.UPHELD
    assert bound_for(case, T + 60 * DAY) == 30 * DAY


def test_overturned_and_withdrawn_end_it():
    over = appealed(20, outcome=Outcome.OVERTURNED, decided_at=T + 25 * DAY)
    assert [binds(over, day) for day in (24, 25, 30)] == [True, False, False]
    assert bound_for(over, T + 60 * DAY) == 11 * DAY
    gone = facts(withdrawn_at=T + 16 * DAY)
    assert [binds(gone, day) for day in (15, 16)] == [True, False]
    assert not spans(facts(withdrawn_at=T + 3 * DAY))


def test_a_warning_never_binds():
    assert not spans(facts(measure=Measure.WARNING, effective_at=T))


@given(
    appeal=st.none() | st.integers(0, 80),
    decision=st.none() | st.tuples(st.integers(0, 60), st.sampled_from(Outcome)),
    withdrawn=st.none() | st.integers(0, 90),
    lasts=st.none() | st.integers(1, 40),
    notice=st.sampled_from([0, 14]),
)
def test_nothing_binds_before_its_notice_nor_against_an_open_overdue_appeal(appeal, decision, withdrawn, lasts, notice):
    changes: dict[str, object] = {"effective_at": T + notice * DAY, "lasts_days": lasts, "measure": Measure.REMOVAL}
    if appeal is not None:
        changes |= {"appealed_at": T + appeal * DAY, "appeal_due_at": T + (appeal + 14) * DAY}
        if decision is not None:
            changes |= {"decided_at": T + (appeal + decision[0]) * DAY, "outcome": decision[1]}
    if withdrawn is not None:
        changes["withdrawn_at"] = T + withdrawn * DAY
    case = facts(**changes)
    found = spans(case)
    assert all(one.until is None or one.since < one.until for one in found)
    assert all(first.until is not None and first.until < then.since for first, then in itertools.pairwise(found))
    for day in range(160):
        now = T + day * DAY
        if bound(case, now) is None:
            continue
        assert day >= notice
        assert withdrawn is None or day < withdrawn
        assert lasts is None or day < notice + lasts
        if appeal is not None and (lasts is None or appeal < notice + lasts):
            undecided = decision is None or day < appeal + decision[0]
            if undecided and day >= appeal:
                assert appeal >= notice, "an appeal within the notice holds it back"
                assert day < appeal + 14, "an overdue appeal lifts it"
            assert undecided or decision[1] is Outcome.UPHELD


def test_standing_names_the_measure_that_lasts_longest():
    here = facts(measure=Measure.RESTRICTION, project_id=HERE, lasts_days=None)
    now = T + 20 * DAY
    assert standing([(CASE, here)], project_id=THERE, now=now) == GOOD_STANDING
    assert standing([(CASE, here)], project_id=None, now=now) == GOOD_STANDING
    found = standing([(CASE, here), (UUID(int=8), facts())], project_id=HERE, now=now)
    assert (found.may_work, found.case_id, found.until) == (False, CASE, None)
    only = facts(measure=Measure.RESTRICTION, scope=Scope.ONLY, project_id=HERE, lasts_days=None)
    assert standing([(CASE, only)], project_id=HERE, now=now).may_work
    assert not standing([(CASE, only)], project_id=THERE, now=now).may_work
    assert "suspended" in str(standing([(CASE, facts())], project_id=None, now=now).why)


measures = st.builds(
    lambda measure, scope, project, lasts, withdrawn: facts(
        measure=measure, scope=scope, project_id=project, lasts_days=lasts, withdrawn_at=withdrawn
    ),
    st.sampled_from([Measure.WARNING, Measure.RESTRICTION, Measure.RESTRICTION, Measure.SUSPENSION]),
    st.sampled_from(Scope),
    st.sampled_from([HERE, THERE, UUID(int=3)]),
    st.sampled_from([None, 5, 30]),
    st.sampled_from([None, T + 16 * DAY]),
)


@given(cases=st.lists(measures, max_size=5), day=st.integers(10, 50))
def test_what_is_barred_together_is_what_each_measure_closes(cases, day):
    now = T + day * DAY
    found = barred(cases, now)
    numbered = [(UUID(int=number), case) for number, case in enumerate(cases)]
    for project_id in (HERE, THERE, UUID(int=3), UUID(int=4)):
        is_open = (
            not found.everywhere
            and project_id not in found.projects
            and (found.only is None or project_id in found.only)
        )
        assert is_open == standing(numbered, project_id=project_id, now=now).may_work


def new(**changes: object) -> NewCase:
    values: dict[str, object] = {
        "person_id": UUID(int=5),
        "measure": Measure.SUSPENSION,
        "reason": CaseReason.QUALITY,
        "words": "Three of four answers ignored the brief after feedback.",
        "lasts_days": 7,
        "records": (CaseRecord(RecordKind.SUBMISSION, UUID(int=6)),),
    }
    return NewCase(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"words": "because"}, "words"),
        ({"words": "x" * 10_001}, "words"),
        ({"records": ()}, "records"),
        ({"lasts_days": None}, "lasts_days"),
        ({"lasts_days": 366}, "lasts_days"),
        ({"measure": Measure.REMOVAL}, "lasts_days"),
        ({"measure": Measure.RESTRICTION}, "project_id"),
        ({"immediate": True}, "immediate"),
        ({"reason": CaseReason.COPIED, "immediate": True}, "immediate"),
        ({"reason": CaseReason.END_OF_WORK, "no_transfer": "No other team speaks it."}, "measure"),
        ({"reason": CaseReason.NOT_CERTIFIED, "measure": Measure.REMOVAL, "lasts_days": None}, "transfer_team_id"),
        ({"transfer_team_id": UUID(int=7)}, "transfer_team_id"),
    ],
)
def test_what_is_missing_is_named(changes, path):
    assert path in [one.path for one in case_problems(new(**changes))]


def test_what_is_whole_passes():
    assert not case_problems(new())
    assert not case_problems(new(reason=CaseReason.FRAUD, immediate=True))
    assert not case_problems(
        new(
            reason=CaseReason.END_OF_WORK,
            measure=Measure.REMOVAL,
            lasts_days=None,
            records=(),
            transfer_team_id=UUID(int=7),
        )
    )


def test_notice_is_given_but_for_warnings_fraud_and_safety():
    notice = 14 * DAY
    assert comes_into_force(new(), now=T, notice=notice) == T + notice
    assert comes_into_force(new(measure=Measure.WARNING, lasts_days=None), now=T, notice=notice) == T
    assert comes_into_force(new(reason=CaseReason.SAFETY, immediate=True), now=T, notice=notice) == T
