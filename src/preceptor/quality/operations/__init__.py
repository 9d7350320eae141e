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
    StaleReviewError,
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
    decide,
)
from preceptor.quality.operations.disputing import (
    DisputeDecidedError,
    NotContestableError,
    beat_dispute,
    contest,
    decide_dispute,
)
from preceptor.quality.operations.grading import (
    AlreadyGradedError,
    beat_part,
    grade_part,
    settle,
)
from preceptor.quality.operations.holding import (
    HeldByColleagueError,
    Signs,
    expire_holds,
    release_hold,
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
    "HeldByColleagueError",
    "NotContestableError",
    "NotReviewingError",
    "ReviewEndedError",
    "ReviewNotHeldError",
    "ReviewTakenError",
    "Signs",
    "StaleReviewError",
    "accept_unreviewed",
    "beat_dispute",
    "beat_part",
    "beat_review",
    "claim_review",
    "contest",
    "decide",
    "decide_case",
    "decide_dispute",
    "expire_holds",
    "expire_reviews",
    "grade_part",
    "move_reviews",
    "open_case",
    "open_reviews",
    "release_hold",
    "release_review",
    "renew_review",
    "settle",
    "take_review",
]
