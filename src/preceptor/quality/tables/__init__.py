"""The rows of quality."""

from preceptor.quality.tables.disputes import (
    Dispute,
)
from preceptor.quality.tables.exams import (
    ExamResult,
    PartGrade,
)
from preceptor.quality.tables.holds import (
    Hold,
)
from preceptor.quality.tables.reviews import (
    Review,
)

__all__ = [
    "Dispute",
    "ExamResult",
    "Hold",
    "PartGrade",
    "Review",
]
