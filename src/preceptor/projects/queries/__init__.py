"""Reading projects, their forms and guidelines, and client organisations."""

from preceptor.projects.queries.clients import (
    ClientView,
    NoSuchClientError,
    access_client,
    list_client_organisations,
)
from preceptor.projects.queries.forms import FormView, NoSuchFormError, access_form, form_at
from preceptor.projects.queries.guidelines import (
    ChangeNote,
    GuidelinesChanges,
    GuidelinesReaders,
    GuidelinesView,
    NoSuchGuidelinesError,
    access_guidelines,
    acknowledged_version,
    acknowledged_versions,
    count_readers,
    guidelines_at,
    guidelines_changes,
    list_guidelines_versions,
)
from preceptor.projects.queries.opening import missing_for_opening, missing_models
from preceptor.projects.queries.projects import (
    ClientName,
    NoSuchProjectError,
    ProjectSummary,
    ProjectView,
    TeamName,
    access_project,
    list_projects,
    visible_to,
)
from preceptor.projects.queries.terms import list_terms_of_work, project_terms

__all__ = [
    "ChangeNote",
    "ClientName",
    "ClientView",
    "FormView",
    "GuidelinesChanges",
    "GuidelinesReaders",
    "GuidelinesView",
    "NoSuchClientError",
    "NoSuchFormError",
    "NoSuchGuidelinesError",
    "NoSuchProjectError",
    "ProjectSummary",
    "ProjectView",
    "TeamName",
    "access_client",
    "access_form",
    "access_guidelines",
    "access_project",
    "acknowledged_version",
    "acknowledged_versions",
    "count_readers",
    "form_at",
    "guidelines_at",
    "guidelines_changes",
    "list_client_organisations",
    "list_guidelines_versions",
    "list_projects",
    "list_terms_of_work",
    "missing_for_opening",
    "missing_models",
    "project_terms",
    "visible_to",
]
