"""Who is who, and who may do what. The words the doors speak stand here; the rest is in the rooms."""

from preceptor.people.rules import ROLE_NAMES, SYSTEM, Actor, Permission, Role

__all__ = ["ROLE_NAMES", "SYSTEM", "Actor", "Permission", "Role"]
