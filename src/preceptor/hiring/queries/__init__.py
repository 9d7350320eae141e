"""Reading hiring."""

from preceptor.hiring.queries.certifications import (
    HeldCertification,
    certifications_of,
    level_for,
    levels_of,
    needs_of,
)
from preceptor.hiring.queries.engagements import (
    engagement_rate,
)
from preceptor.hiring.queries.standing import (
    facts_of,
    standing_of,
    standings_of,
)

__all__ = [
    "HeldCertification",
    "certifications_of",
    "engagement_rate",
    "facts_of",
    "level_for",
    "levels_of",
    "needs_of",
    "standing_of",
    "standings_of",
]
