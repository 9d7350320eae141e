"""Changing projects: making, opening and closing them, their form and guidelines, client organisations, webhooks."""

from preceptor.projects.operations.announcements import (
    StaleAnnouncementError,
    change_announcement,
    see_announcement,
    tell_announcement,
    withdraw_announcement,
    write_announcement,
)
from preceptor.projects.operations.clients import ClientNameTakenError, add_client_organisation
from preceptor.projects.operations.forms import StaleFormError, change_form
from preceptor.projects.operations.guidelines import (
    StaleGuidelinesError,
    acknowledge_guidelines,
    change_guidelines,
)
from preceptor.projects.operations.people import invite_person, set_person_clients
from preceptor.projects.operations.projects import CurrencyFixedError, ProjectMade, add_project, change_project
from preceptor.projects.operations.questions import (
    NotYourQuestionError,
    QuestionTakenError,
    TooManyPostsError,
    answer_question,
    ask_question,
    choose_answer,
    note_folded,
    pin_question,
    remove_post,
    see_question,
)
from preceptor.projects.operations.ratings import keep_rating
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
    "NotYourQuestionError",
    "ProjectMade",
    "QuestionTakenError",
    "StaleAnnouncementError",
    "StaleFormError",
    "StaleGuidelinesError",
    "TooManyPostsError",
    "TooManyWebhooksError",
    "WebhookMade",
    "WrongStateError",
    "acknowledge_guidelines",
    "add_client_organisation",
    "add_project",
    "add_webhook",
    "answer_question",
    "ask_question",
    "change_announcement",
    "change_form",
    "change_guidelines",
    "change_project",
    "change_webhook",
    "choose_answer",
    "close_project",
    "invite_person",
    "keep_rating",
    "note_folded",
    "open_project",
    "pause_project",
    "pause_webhook",
    "pin_question",
    "remove_post",
    "remove_webhook",
    "resume_webhook",
    "rotate_secret",
    "see_announcement",
    "see_question",
    "send_again",
    "send_test",
    "set_person_clients",
    "tell_announcement",
    "withdraw_announcement",
    "write_announcement",
]
