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
from preceptor.people.tables.factors import (
    CodeApp,
    Passkey,
    PasskeyChallenge,
    RecoveryCode,
)
from preceptor.people.tables.links import (
    EmailChange,
    KnownDevice,
    PasswordReset,
    PendingSignIn,
)
from preceptor.people.tables.notices import (
    MailRefusal,
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
from preceptor.people.tables.providers import (
    ExternalIdentity,
    IdentityProvider,
)
from preceptor.people.tables.teams import (
    TeamTransfer,
)
from preceptor.people.tables.wellbeing import (
    Wellbeing,
)

__all__ = [
    "CodeApp",
    "ContentConsent",
    "CorrectionRequest",
    "DataDownload",
    "EmailChange",
    "EmailConfirmation",
    "ErasureRequest",
    "ExternalIdentity",
    "IdentityProvider",
    "Invitation",
    "KnownDevice",
    "MailRefusal",
    "Membership",
    "Notification",
    "Passkey",
    "PasskeyChallenge",
    "PasswordReset",
    "PendingSignIn",
    "Person",
    "PersonLanguage",
    "RecoveryCode",
    "SignInAttempt",
    "Team",
    "TeamTransfer",
    "Token",
    "WebSession",
    "Wellbeing",
]
