"""Decisions about work: values in, verdicts out."""

from preceptor.work.rules.clock import ClockReading, Interval, Spent, allot
from preceptor.work.rules.order import given_response_id, given_turn_id, shuffled
from preceptor.work.rules.pay import Earning, earning_of
from preceptor.work.rules.reasons import REPORT_REASONS, SKIP_REASONS, check_reason
from preceptor.work.rules.states import LEASED, AssignmentState

__all__ = [
    "LEASED",
    "REPORT_REASONS",
    "SKIP_REASONS",
    "AssignmentState",
    "ClockReading",
    "Earning",
    "Interval",
    "Spent",
    "allot",
    "check_reason",
    "earning_of",
    "given_response_id",
    "given_turn_id",
    "shuffled",
]
