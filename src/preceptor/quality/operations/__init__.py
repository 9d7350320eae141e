"""Changing reviews: opening, claiming and deciding them, and accepting what nobody looked at."""

from preceptor.quality.operations.cases import (
    decide_case,
    open_case,
)
from preceptor.quality.operations.claiming import (
    NotReviewingError,
    ReviewEndedError,
    ReviewNotHeldError,
    ReviewTakenError,
    beat_review,
    claim_review,
    expire_reviews,
    release_review,
    renew_review,
    take_review,
)
from preceptor.quality.operations.deciding import (
    AlreadyDecidedError,
    Decision,
    StaleReviewError,
    decide,
)
from preceptor.quality.operations.disputing import (
    DisputeDecidedError,
    NotContestableError,
    contest,
    decide_dispute,
)
from preceptor.quality.operations.grading import (
    AlreadyGradedError,
    grade_part,
    settle,
)
from preceptor.quality.operations.opening import (
    accept_unreviewed,
    move_reviews,
    open_reviews,
)

__all__ = [
    "AlreadyDecidedError",
    "AlreadyGradedError",
    "Decision",
    "DisputeDecidedError",
    "NotContestableError",
    "NotReviewingError",
    "ReviewEndedError",
    "ReviewNotHeldError",
    "ReviewTakenError",
    "StaleReviewError",
    "accept_unreviewed",
    "beat_review",
    "claim_review",
    "contest",
    "decide",
    "decide_case",
    "decide_dispute",
    "expire_reviews",
    "grade_part",
    "move_reviews",
    "open_case",
    "open_reviews",
    "release_review",
    "renew_review",
    "settle",
    "take_review",
]
