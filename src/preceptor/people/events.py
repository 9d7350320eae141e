"""What happens to people, teams and sign-ins."""

from typing import ClassVar
from uuid import UUID

from preceptor.lib.events import Event


class PersonInvited(Event, frozen=True, kw_only=True):
    """Somebody was sent an invitation link. The subject is the invitation."""

    name: ClassVar[str] = "people.invited"

    roles: list[str]


class PersonJoined(Event, frozen=True, kw_only=True):
    """An account came to be. The subject is the person."""

    name: ClassVar[str] = "people.joined"


class RolesChanged(Event, frozen=True, kw_only=True):
    """A person's roles were set anew."""

    name: ClassVar[str] = "people.roles_changed"

    roles: list[str]


class ProfileChanged(Event, frozen=True, kw_only=True):
    """A person changed their own name, language or time zone; the values stand in their row."""

    name: ClassVar[str] = "people.profile_changed"


class ConsentGiven(Event, frozen=True, kw_only=True):
    """A person said yes to categories of content."""

    name: ClassVar[str] = "people.consent_given"

    categories: list[str]


class ConsentWithdrawn(Event, frozen=True, kw_only=True):
    """A person said no to categories of content that they had said yes to."""

    name: ClassVar[str] = "people.consent_withdrawn"

    categories: list[str]


class MailsChosen(Event, frozen=True, kw_only=True):
    """A person turned the mails of some topics off, or on again."""

    name: ClassVar[str] = "people.mails_chosen"

    refused: list[str]


class MailFailed(Event, frozen=True, kw_only=True):
    """A mail could not be delivered and was given up. The subject is the notice."""

    name: ClassVar[str] = "people.mail_failed"

    kind: str


class PasswordChanged(Event, frozen=True, kw_only=True):
    """A person set a new password."""

    name: ClassVar[str] = "people.password_changed"


class SignedIn(Event, frozen=True, kw_only=True):
    """A person signed in."""

    name: ClassVar[str] = "people.signed_in"

    method: str = "password"
    strong: bool = False


class SignInRefused(Event, frozen=True, kw_only=True):
    """A password was wrong, or there were too many attempts. The subject is the person where the account exists."""

    name: ClassVar[str] = "people.sign_in_refused"


class SignedOut(Event, frozen=True, kw_only=True):
    """A person ended one session, or all of them."""

    name: ClassVar[str] = "people.signed_out"

    everywhere: bool = False


class TokenMade(Event, frozen=True, kw_only=True):
    """A personal access token was made. The subject is the token."""

    name: ClassVar[str] = "people.token_made"


class TokenRevoked(Event, frozen=True, kw_only=True):
    """A personal access token was revoked."""

    name: ClassVar[str] = "people.token_revoked"


class TeamMade(Event, frozen=True, kw_only=True):
    """A team was founded. The subject is the team."""

    name: ClassVar[str] = "people.team_made"


class TeamJoined(Event, frozen=True, kw_only=True):
    """A person joined a team. The subject is the team."""

    name: ClassVar[str] = "people.team_joined"

    person_id: UUID


class TeamLeft(Event, frozen=True, kw_only=True):
    """A person left a team. The subject is the team."""

    name: ClassVar[str] = "people.team_left"

    person_id: UUID


class TeamFunctionSet(Event, frozen=True, kw_only=True):
    """Somebody became a member, lead or manager of a team they are in. The subject is the team."""

    name: ClassVar[str] = "people.team_function_set"

    person_id: UUID
    function: str


class TeamTransferred(Event, frozen=True, kw_only=True):
    """A person was moved to a team. The subject is the team they came to; what they can and did stays with them."""

    name: ClassVar[str] = "people.team_transferred"

    person_id: UUID
    from_team_id: UUID | None = None


class CreditChosen(Event, frozen=True, kw_only=True):
    """A person wants to be credited by name in the cards of data and models."""

    name: ClassVar[str] = "people.credit_chosen"


class CreditWithdrawn(Event, frozen=True, kw_only=True):
    """A person does not want to be credited by name any more."""

    name: ClassVar[str] = "people.credit_withdrawn"


class DataAsked(Event, frozen=True, kw_only=True):
    """A person asked for a copy of everything that is kept about them. The subject is the copy."""

    name: ClassVar[str] = "people.data_asked"


class CorrectionAsked(Event, frozen=True, kw_only=True):
    """A person asked for something about them to be put right. The subject is the wish."""

    name: ClassVar[str] = "people.correction_asked"


class CorrectionAnswered(Event, frozen=True, kw_only=True):
    """A wish to have something put right was answered. The subject is the wish."""

    name: ClassVar[str] = "people.correction_answered"

    done: bool


class ErasureAsked(Event, frozen=True, kw_only=True):
    """A person asked to be erased; `with_texts` says whether the texts of their work are to go too."""

    name: ClassVar[str] = "people.erasure_asked"

    with_texts: bool


class ErasureWithdrawn(Event, frozen=True, kw_only=True):
    """A person who had asked to be erased stays."""

    name: ClassVar[str] = "people.erasure_withdrawn"


class PersonErased(Event, frozen=True, kw_only=True):
    """A person was erased: name and address are gone, work and ledger stay under the pseudonym."""

    name: ClassVar[str] = "people.erased"

    texts: int
    """Texts of their work that were taken out."""
    releases: int
    """Releases that were replaced by ones without them."""


class PasskeyAdded(Event, frozen=True, kw_only=True):
    """A person added a passkey. The subject is the passkey."""

    name: ClassVar[str] = "people.passkey_added"


class PasskeyRemoved(Event, frozen=True, kw_only=True):
    """A person removed a passkey. The subject is the passkey."""

    name: ClassVar[str] = "people.passkey_removed"


class PasskeyRefused(Event, frozen=True, kw_only=True):
    """A passkey counted backwards, so that there may be a copy of it. The subject is the person."""

    name: ClassVar[str] = "people.passkey_refused"


class CodeAppAdded(Event, frozen=True, kw_only=True):
    """A person began to use an app that shows codes."""

    name: ClassVar[str] = "people.code_app_added"


class CodeAppRemoved(Event, frozen=True, kw_only=True):
    """A person no longer uses an app that shows codes."""

    name: ClassVar[str] = "people.code_app_removed"


class RecoveryCodesMade(Event, frozen=True, kw_only=True):
    """A person made new recovery codes; the old ones are no longer valid."""

    name: ClassVar[str] = "people.recovery_codes_made"


class RecoveryCodeUsed(Event, frozen=True, kw_only=True):
    """A person signed in with a recovery code."""

    name: ClassVar[str] = "people.recovery_code_used"

    left: int


class FactorsReset(Event, frozen=True, kw_only=True):
    """An operator took a person's second factors away, because they had lost them. The subject is the person."""

    name: ClassVar[str] = "people.factors_reset"


class PasswordResetAsked(Event, frozen=True, kw_only=True):
    """A link for a new password was sent to a person."""

    name: ClassVar[str] = "people.password_reset_asked"


class EmailChangeAsked(Event, frozen=True, kw_only=True):
    """A person asked for another e-mail address; both addresses were written to."""

    name: ClassVar[str] = "people.email_change_asked"


class EmailChanged(Event, frozen=True, kw_only=True):
    """A person has another e-mail address."""

    name: ClassVar[str] = "people.email_changed"


class ProviderSaved(Event, frozen=True, kw_only=True):
    """An identity provider was added or changed. The subject is the provider."""

    name: ClassVar[str] = "people.provider_saved"


class ProviderRemoved(Event, frozen=True, kw_only=True):
    """An identity provider was removed. The subject is the provider."""

    name: ClassVar[str] = "people.provider_removed"


class ProviderLinked(Event, frozen=True, kw_only=True):
    """A person can sign in with an identity provider. The subject is the person."""

    name: ClassVar[str] = "people.provider_linked"

    provider_id: UUID


class ProviderUnlinked(Event, frozen=True, kw_only=True):
    """A person can no longer sign in with an identity provider. The subject is the person."""

    name: ClassVar[str] = "people.provider_unlinked"

    provider_id: UUID
