"""Who may do what: roles, permissions, and the actor that every operation is given."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from preceptor.lib.errors import FieldProblem, ForbiddenError, InvalidError
from preceptor.lib.i18n import LazyText, _

MIN_PASSWORD = 10
MAX_PASSWORD = 1_000
MAX_NAME = 120
MAX_EMAIL = 254


class Role(StrEnum):
    """What a person is here. One person may be several."""

    TRAINER = "trainer"
    REVIEWER = "reviewer"
    MANAGER = "manager"
    CLIENT = "client"
    OPERATOR = "operator"
    REPRESENTATIVE = "representative"
    """Speaks for the trainers: reads figures about all of them together, never about one."""


ROLE_NAMES: dict[Role, LazyText] = {
    Role.TRAINER: _("Trainer"),
    Role.REVIEWER: _("Reviewer"),
    Role.MANAGER: _("Manager"),
    Role.CLIENT: _("Client"),
    Role.OPERATOR: _("Operator"),
    Role.REPRESENTATIVE: _("Trainer representative"),
}


class Permission(StrEnum):
    """Everything that can be allowed, as `noun:verb`, in alphabetical order."""

    ANNOUNCEMENT_WRITE = "announcement:write"
    APPLICATION_DECIDE = "application:decide"
    CASE_DECIDE = "case:decide"
    CASE_OPEN = "case:open"
    CASE_READ = "case:read"
    CERTIFICATION_GRANT = "certification:grant"
    CERTIFICATION_READ = "certification:read"
    CERTIFICATION_WRITE = "certification:write"
    CLAIM_DECIDE = "claim:decide"
    CLIENT_CREATE = "client:create"
    CORRECTION_DECIDE = "correction:decide"
    DELIVERY_DECIDE = "delivery:decide"
    DISPUTE_DECIDE = "dispute:decide"
    ENGAGEMENT_WRITE = "engagement:write"
    EVENT_READ = "event:read"
    FIGURE_READ = "figure:read"
    FLOOR_READ = "floor:read"
    FLOOR_WRITE = "floor:write"
    IMPORT_CREATE = "import:create"
    INVOICE_CREATE = "invoice:create"
    INVOICE_READ = "invoice:read"
    ITEM_READ_ORIGINAL = "item:read-original"
    ITEM_WRITE = "item:write"
    MARGIN_READ = "margin:read"
    MODEL_READ = "model:read"
    MODEL_WRITE = "model:write"
    OFFER_WRITE = "offer:write"
    ORDER_READ = "order:read"
    ORDER_WRITE = "order:write"
    PAY_APPROVE = "pay:approve"
    PAY_READ = "pay:read"
    PAY_WRITE = "pay:write"
    PERSON_INVITE = "person:invite"
    PERSON_READ = "person:read"
    PERSON_WRITE = "person:write"
    PROJECT_CREATE = "project:create"
    PROJECT_READ = "project:read"
    PROJECT_READ_OWN = "project:read-own"
    PROJECT_WRITE = "project:write"
    PROVIDER_WRITE = "provider:write"
    QUESTION_MODERATE = "question:moderate"
    RATE_READ = "rate:read"
    RATE_WRITE = "rate:write"
    RATING_READ = "rating:read"
    RELEASE_CREATE = "release:create"
    RELEASE_READ = "release:read"
    REPORT_CREATE = "report:create"
    REVIEW_DECIDE = "review:decide"
    REVIEW_READ = "review:read"
    SUBMISSION_READ = "submission:read"
    TEAM_WRITE = "team:write"
    TOKEN_WRITE = "token:write"  # noqa: S105 (the word, not a secret)
    WEBHOOK_MANAGE = "webhook:manage"
    WORK_DO = "work:do"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.TRAINER: frozenset({Permission.WORK_DO}),
    Role.REVIEWER: frozenset({Permission.DISPUTE_DECIDE, Permission.REVIEW_DECIDE, Permission.REVIEW_READ}),
    Role.MANAGER: frozenset(
        {
            Permission.ANNOUNCEMENT_WRITE,
            Permission.APPLICATION_DECIDE,
            Permission.CASE_DECIDE,
            Permission.CASE_OPEN,
            Permission.CASE_READ,
            Permission.CERTIFICATION_GRANT,
            Permission.CERTIFICATION_READ,
            Permission.CERTIFICATION_WRITE,
            Permission.CLAIM_DECIDE,
            Permission.CLIENT_CREATE,
            Permission.CORRECTION_DECIDE,
            Permission.DISPUTE_DECIDE,
            Permission.ENGAGEMENT_WRITE,
            Permission.FIGURE_READ,
            Permission.FLOOR_READ,
            Permission.IMPORT_CREATE,
            Permission.INVOICE_CREATE,
            Permission.INVOICE_READ,
            Permission.ITEM_READ_ORIGINAL,
            Permission.ITEM_WRITE,
            Permission.MARGIN_READ,
            Permission.MODEL_READ,
            Permission.OFFER_WRITE,
            Permission.ORDER_READ,
            Permission.ORDER_WRITE,
            Permission.PAY_APPROVE,
            Permission.PAY_READ,
            Permission.PERSON_INVITE,
            Permission.PERSON_READ,
            Permission.PROJECT_CREATE,
            Permission.PROJECT_READ,
            Permission.PROJECT_WRITE,
            Permission.QUESTION_MODERATE,
            Permission.RATE_READ,
            Permission.RATE_WRITE,
            Permission.RATING_READ,
            Permission.RELEASE_CREATE,
            Permission.RELEASE_READ,
            Permission.REPORT_CREATE,
            Permission.REVIEW_READ,
            Permission.SUBMISSION_READ,
            Permission.TEAM_WRITE,
            Permission.WEBHOOK_MANAGE,
        }
    ),
    # A client reads, freezes and is told of what is its own: `client_ids` says which organisations those are.
    Role.CLIENT: frozenset(
        {
            Permission.DELIVERY_DECIDE,
            Permission.INVOICE_READ,
            Permission.ORDER_READ,
            Permission.PROJECT_READ_OWN,
            Permission.RELEASE_CREATE,
            Permission.RELEASE_READ,
            Permission.REPORT_CREATE,
            Permission.WEBHOOK_MANAGE,
        }
    ),
    Role.OPERATOR: frozenset(
        {
            Permission.CASE_DECIDE,
            Permission.CASE_READ,
            Permission.CORRECTION_DECIDE,
            Permission.EVENT_READ,
            Permission.FIGURE_READ,
            Permission.FLOOR_READ,
            Permission.FLOOR_WRITE,
            Permission.ITEM_READ_ORIGINAL,
            Permission.MODEL_READ,
            Permission.MODEL_WRITE,
            Permission.PAY_APPROVE,
            Permission.PAY_READ,
            Permission.PAY_WRITE,
            Permission.PERSON_INVITE,
            Permission.PERSON_READ,
            Permission.PERSON_WRITE,
            Permission.PROVIDER_WRITE,
            Permission.TEAM_WRITE,
        }
    ),
    Role.REPRESENTATIVE: frozenset({Permission.FIGURE_READ}),
}
"""What each role may do. `token:write` is everybody's: see `permissions_of`."""


class MissingPermissionError(ForbiddenError):
    """The actor lacks a permission."""

    title = _("Your role does not include this. Ask a manager or operator if you need it.")
    code = "missing_permission"


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """All that these roles allow together, and what everybody who is signed in may do."""
    return frozenset({Permission.TOKEN_WRITE}).union(*(ROLE_PERMISSIONS[role] for role in roles))


HAND_IN_AFTER_REMOVAL = timedelta(hours=24)
"""So long after a removal came into force what was under way can be handed in. What is not is paid when it ends."""


def rights_of(
    roles: Iterable[Role], *, removed_at: datetime | None, removed_until: datetime | None, now: datetime
) -> tuple[bool, frozenset[Permission]]:
    """Whether a removal binds somebody at this moment, and what they may do.

    A removed person signs in as before, to what is theirs alone (cases, earnings, data), which takes no permission.
    """
    removed = removed_at is not None and removed_at <= now and (removed_until is None or now < removed_until)
    if removed_at is None or not removed:
        return False, permissions_of(roles)
    still = {Permission.WORK_DO} if now < removed_at + HAND_IN_AFTER_REMOVAL else set()
    return True, permissions_of(roles) & still


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever asks for something: a signed-in person, or the system itself."""

    person_id: UUID
    name: str
    pseudonym: str = ""
    """The name that reviewers and releases see."""
    roles: frozenset[Role] = frozenset()
    permissions: frozenset[Permission] = frozenset()
    team_ids: frozenset[UUID] = frozenset()
    """Teams they are a member of."""
    lead_team_ids: frozenset[UUID] = frozenset()
    """Of these, the ones they lead: they answer for the team and see how much work it has, never what anybody earns."""
    client_ids: frozenset[UUID] = frozenset()
    """Client organisations they act for."""
    language: str = ""
    """Language they chose; empty where the browser decides."""
    time_zone: str = "UTC"
    version: int = 0
    """Goes up whenever their sessions are ended or their rights change."""
    session_id: UUID | None = None
    """The web session or token they came with."""
    removed: bool = False
    """A removal binds them: only what is theirs is left."""
    is_held: bool = False
    """They have to set up a second factor before anything else; until then nothing is permitted."""
    unread: int = 0
    """Notices they have not seen, as of up to thirty seconds ago."""
    is_paid: bool = False
    """They have earned something, or work under an offer they accepted, though it is no part of their role to."""

    def may(self, permission: Permission) -> bool:
        """True when the permission is theirs."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Let pass or stop.

        Raises:
            MissingPermissionError: the permission is not theirs.
        """
        if permission not in self.permissions:
            raise MissingPermissionError


SYSTEM = Actor(
    person_id=UUID(int=0), name="system", roles=frozenset(Role), permissions=frozenset(Permission), pseudonym="system"
)
"""The actor of jobs and of commands typed on the machine itself."""


def check_password(password: str) -> None:
    """Refuse passwords that are too short to be safe. Length is what counts (NIST SP 800-63B, section 3.1.1.2).

    Raises:
        InvalidError: too short or too long.
    """
    if len(password) < MIN_PASSWORD:
        message = _("Use at least {count} characters.").format(count=MIN_PASSWORD)
        raise InvalidError(fields=[FieldProblem(path="password", message=message)])
    if len(password) > MAX_PASSWORD:
        message = _("Use at most {count} characters.").format(count=MAX_PASSWORD)
        raise InvalidError(fields=[FieldProblem(path="password", message=message)])


def clean_email(email: str) -> str:
    """The address in the one form it is stored and compared in.

    Raises:
        InvalidError: it cannot be an address.
    """
    cleaned = email.strip().lower()
    local, at, domain = cleaned.rpartition("@")
    if not (at and local and "." in domain.strip(".")) or len(cleaned) > MAX_EMAIL or any(c.isspace() for c in cleaned):
        raise InvalidError(fields=[FieldProblem(path="email", message=_("This is not an e-mail address."))])
    return cleaned


def clean_name(name: str) -> str:
    """A person's or team's name without surrounding or doubled spaces.

    Raises:
        InvalidError: empty or too long.
    """
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > MAX_NAME or not cleaned.isprintable():
        message = _("Give a name of 1 to {count} characters.").format(count=MAX_NAME)
        raise InvalidError(fields=[FieldProblem(path="name", message=message)])
    return cleaned
