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
    """A person signed in with their password."""

    name: ClassVar[str] = "people.signed_in"


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
