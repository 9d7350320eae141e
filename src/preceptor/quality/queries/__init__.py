"""Reading reviews."""

from preceptor.quality.queries.back_pay import most_back_pay_of
from preceptor.quality.queries.case_records import LostPay, RecordView, case_records, lost_pay, recent_records
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
from preceptor.quality.queries.unasked import UnaskedReviews, unasked_reviews
from preceptor.quality.queries.worth_a_look import WorthALook, worth_a_look

__all__ = [
    "DecidedRow",
    "Inbox",
    "InboxProject",
    "InboxRow",
    "LostPay",
    "NoSuchReviewError",
    "PastReview",
    "RecordView",
    "ReviewResult",
    "ReviewView",
    "ShownChange",
    "UnaskedReviews",
    "WorthALook",
    "access_review",
    "case_records",
    "latest_results",
    "list_decided",
    "list_inbox",
    "lost_pay",
    "most_back_pay_of",
    "recent_records",
    "reviews_of_assignment",
    "unasked_reviews",
    "why_nothing",
    "worth_a_look",
]
