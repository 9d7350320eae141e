"""Changing projects: making, opening and closing them, their form and guidelines, client organisations, webhooks."""

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
from preceptor.projects.operations.webhooks import (
    TooManyWebhooksError,
    WebhookMade,
    add_webhook,
    change_webhook,
    pause_webhook,
    remove_webhook,
    resume_webhook,
    rotate_secret,
    send_again,
    send_test,
)

__all__ = [
    "ClientNameTakenError",
    "CurrencyFixedError",
    "NotReadyError",
    "ProjectMade",
    "StaleFormError",
    "StaleGuidelinesError",
    "TooManyWebhooksError",
    "WebhookMade",
    "WrongStateError",
    "acknowledge_guidelines",
    "add_client_organisation",
    "add_project",
    "add_webhook",
    "change_form",
    "change_guidelines",
    "change_project",
    "change_webhook",
    "close_project",
    "invite_person",
    "open_project",
    "pause_project",
    "pause_webhook",
    "remove_webhook",
    "resume_webhook",
    "rotate_secret",
    "send_again",
    "send_test",
    "set_person_clients",
]
