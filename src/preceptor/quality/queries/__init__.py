"""Reading reviews."""

from preceptor.quality.queries.comparing import ShownChange
from preceptor.quality.queries.inbox import (
    DecidedRow,
    Inbox,
    InboxProject,
    InboxRow,
    list_decided,
    list_inbox,
    why_nothing,
)
from preceptor.quality.queries.results import ReviewResult, latest_results, reviews_of_assignment
from preceptor.quality.queries.reviews import (
    NoSuchReviewError,
    PastReview,
    ReviewView,
    access_review,
)

__all__ = [
    "DecidedRow",
    "Inbox",
    "InboxProject",
    "InboxRow",
    "NoSuchReviewError",
    "PastReview",
    "ReviewResult",
    "ReviewView",
    "ShownChange",
    "access_review",
    "latest_results",
    "list_decided",
    "list_inbox",
    "reviews_of_assignment",
    "why_nothing",
]
