"""The rows of people."""

from preceptor.people.tables.accounts import (
    Invitation,
    Membership,
    Person,
    SignInAttempt,
    Team,
    Token,
    WebSession,
)
from preceptor.people.tables.confirming import (
    EmailConfirmation,
)
from preceptor.people.tables.notices import (
    Notification,
)
from preceptor.people.tables.own_data import (
    CorrectionRequest,
    DataDownload,
    ErasureRequest,
)
from preceptor.people.tables.profile import (
    ContentConsent,
    PersonLanguage,
)
from preceptor.people.tables.teams import (
    TeamTransfer,
)
from preceptor.people.tables.wellbeing import (
    Wellbeing,
)

__all__ = [
    "ContentConsent",
    "CorrectionRequest",
    "DataDownload",
    "EmailConfirmation",
    "ErasureRequest",
    "Invitation",
    "Membership",
    "Notification",
    "Person",
    "PersonLanguage",
    "SignInAttempt",
    "Team",
    "TeamTransfer",
    "Token",
    "WebSession",
    "Wellbeing",
]
