"""The rows of quality."""

from preceptor.quality.tables.reviews import (
    Review,
)

__all__ = [
    "Review",
]
