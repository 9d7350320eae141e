"""What a certification stands for, who has one, and what needs it."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _

LEAST_LEVEL, MOST_LEVEL = 1, 5
MAX_NAME = 120
MAX_DESCRIPTION = 4_000
MAX_SKILL = 80
MAX_REASON = 2_000
MAX_VALID_DAYS = 3_650
MAX_SLUG = 60
EXPIRES_SOON = timedelta(days=30)
"""So long before its end a certificate is called about to expire."""
_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class CertificationNeed(msgspec.Struct, frozen=True):
    """A certification that something asks for, and the least level of it."""

    certification_id: UUID
    level: int = LEAST_LEVEL

    def is_met_by(self, levels: Mapping[UUID, int]) -> bool:
        """True where the level held, by certification, is high enough."""
        return levels.get(self.certification_id, 0) >= self.level


class CertificateState(StrEnum):
    """Whether a certificate counts now."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


def certificate_state(*, expires_at: datetime | None, revoked_at: datetime | None, now: datetime) -> CertificateState:
    """What a certificate is at a moment. It is over from the very moment at which it expires."""
    if revoked_at is not None:
        return CertificateState.REVOKED
    return CertificateState.EXPIRED if expires_at is not None and expires_at <= now else CertificateState.VALID


def expiry(*, granted_at: datetime, valid_days: int | None) -> datetime | None:
    """When a certificate ends; None where it never does."""
    return None if valid_days is None else granted_at + timedelta(days=valid_days)


def leads_in_circle(start: UUID, wanted: Collection[UUID], needed_by: Mapping[UUID, Collection[UUID]]) -> bool:
    """True where `start`, needing `wanted`, would in the end need itself, so that nobody could ever have it."""
    waiting, seen = list(wanted), set[UUID]()
    while waiting:
        one = waiting.pop()
        if one == start:
            return True
        if one not in seen:
            seen.add(one)
            waiting += needed_by.get(one, ())
    return False


def level_problems(path: str, level: int) -> Iterator[FieldProblem]:
    """What is wrong with a level."""
    if not LEAST_LEVEL <= level <= MOST_LEVEL:
        message = _("Give a level from {least} to {most}.").format(least=LEAST_LEVEL, most=MOST_LEVEL)
        yield FieldProblem(path, message)


def certification_problems(
    *, name: str, description: str, language: str, skill: str, valid_days: int | None
) -> Iterator[FieldProblem]:
    """What is wrong with a certification's cleaned texts and numbers."""
    if not name or len(name) > MAX_NAME or not name.isprintable():
        yield FieldProblem("name", _("Give 1 to {count} characters.").format(count=MAX_NAME))
    if len(description) > MAX_DESCRIPTION or _UNKEEPABLE.search(description):
        yield FieldProblem("description", _("Use at most {count} characters.").format(count=MAX_DESCRIPTION))
    if language and not _LANGUAGE.fullmatch(language):
        yield FieldProblem("language", _("Choose a language from the list."))
    if len(skill) > MAX_SKILL or not (skill.isprintable() or not skill):
        yield FieldProblem("skill", _("Use at most {count} characters.").format(count=MAX_SKILL))
    if valid_days is not None and not 1 <= valid_days <= MAX_VALID_DAYS:
        message = _("Give a number from {least} to {most}.").format(least=1, most=MAX_VALID_DAYS)
        yield FieldProblem("valid_days", message)


def reason_problems(reason: str) -> Iterator[FieldProblem]:
    """What is wrong with a cleaned reason for a grant or a revocation."""
    if not reason:
        yield FieldProblem("reason", _("Say why. The person concerned reads it."))
    elif len(reason) > MAX_REASON or _UNKEEPABLE.search(reason):
        yield FieldProblem("reason", _("Use at most {count} characters.").format(count=MAX_REASON))


def certification_slug(name: str) -> str:
    """An address part from a name: small ASCII letters, digits and single hyphens."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MAX_SLUG].rstrip("-") or "certification"
