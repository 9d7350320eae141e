"""Reading hiring."""

from preceptor.hiring.queries.cases import (
    CaseSummary,
    CasesWanted,
    CaseView,
    CaseWords,
    NoSuchCaseError,
    TransferOffer,
    access_case,
    count_appeals,
    deciders,
    list_cases,
    my_cases,
)
from preceptor.hiring.queries.certifications import HeldCertification, certifications_of, level_for, levels_of, needs_of
from preceptor.hiring.queries.engagements import engagement_rate
from preceptor.hiring.queries.standing import facts_of, standing_of, standings_of

__all__ = [
    "CaseSummary",
    "CaseView",
    "CaseWords",
    "CasesWanted",
    "HeldCertification",
    "NoSuchCaseError",
    "TransferOffer",
    "access_case",
    "certifications_of",
    "count_appeals",
    "deciders",
    "engagement_rate",
    "facts_of",
    "level_for",
    "levels_of",
    "list_cases",
    "my_cases",
    "needs_of",
    "standing_of",
    "standings_of",
]
