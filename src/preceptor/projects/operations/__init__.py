"""Changing projects: making them, their form and guidelines, opening and closing them, client organisations."""

from preceptor.projects.operations.clients import ClientNameTakenError, add_client_organisation
from preceptor.projects.operations.forms import StaleFormError, change_form
from preceptor.projects.operations.guidelines import (
    StaleGuidelinesError,
    acknowledge_guidelines,
    change_guidelines,
)
from preceptor.projects.operations.people import invite_person, set_person_clients
from preceptor.projects.operations.projects import CurrencyFixedError, ProjectMade, add_project, change_project
from preceptor.projects.operations.states import (
    NotReadyError,
    WrongStateError,
    close_project,
    open_project,
    pause_project,
)

__all__ = [
    "ClientNameTakenError",
    "CurrencyFixedError",
    "NotReadyError",
    "ProjectMade",
    "StaleFormError",
    "StaleGuidelinesError",
    "WrongStateError",
    "acknowledge_guidelines",
    "add_client_organisation",
    "add_project",
    "change_form",
    "change_guidelines",
    "change_project",
    "close_project",
    "invite_person",
    "open_project",
    "pause_project",
    "set_person_clients",
]
