"""Projects, their forms and guidelines, and whom they belong to. The words the doors speak stand here."""

from preceptor.projects.rules import (
    BOUNDS,
    MOVES,
    RATINGS_SHOWN_FROM,
    STATE_NAMES,
    WEBHOOK_EVENT_NAMES,
    WEBHOOK_TEST,
    DeliveryState,
    ProjectRules,
    ProjectState,
    ProjectTerms,
    Purpose,
    Rated,
    Ratings,
    WebhookEvent,
    WebhookState,
)

__all__ = [
    "BOUNDS",
    "MOVES",
    "RATINGS_SHOWN_FROM",
    "STATE_NAMES",
    "WEBHOOK_EVENT_NAMES",
    "WEBHOOK_TEST",
    "DeliveryState",
    "ProjectRules",
    "ProjectState",
    "ProjectTerms",
    "Purpose",
    "Rated",
    "Ratings",
    "WebhookEvent",
    "WebhookState",
]
