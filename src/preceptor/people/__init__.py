"""Who is who, and who may do what. The words the doors speak stand here; the rest is in the rooms."""

from preceptor.people.rules import (
    FUNCTION_NAMES,
    MAIL_TOPICS,
    ROLE_NAMES,
    SYSTEM,
    TOPICS,
    Actor,
    Permission,
    Role,
    TeamFunction,
)

__all__ = [
    "FUNCTION_NAMES",
    "MAIL_TOPICS",
    "ROLE_NAMES",
    "SYSTEM",
    "TOPICS",
    "Actor",
    "Permission",
    "Role",
    "TeamFunction",
]
