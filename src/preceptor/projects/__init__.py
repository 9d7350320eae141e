"""Projects, their forms and guidelines, and whom they belong to. The words the doors speak stand here."""

from preceptor.projects.rules import BOUNDS, MOVES, STATE_NAMES, ProjectRules, ProjectState, ProjectTerms

__all__ = ["BOUNDS", "MOVES", "STATE_NAMES", "ProjectRules", "ProjectState", "ProjectTerms"]
