"""Identity providers: which settings make sense, and what somebody's claims mean here."""

import ipaddress
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from preceptor.lib.errors import FieldProblem
from preceptor.lib.i18n import _
from preceptor.people.rules.access import Role

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}")
MAX_TEXT = 500


class ProviderSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator sets for a provider.

    Attributes:
        slug: stands in its addresses here.
        name: stands on the button.
        issuer: its address, as its own tokens say it.
        client_id: how it knows us.
        scopes: what is asked for, with blanks.
        domains: domains of e-mail addresses that may sign in with it; none: any.
        makes_accounts: whoever it knows gets an account here; else only those who have one.
        default_roles: of new accounts.
        role_claim: the claim that says somebody's roles; empty: none does. `a.b` looks into `a`.
        role_map: role by value of that claim.
        team_claim: the claim that says somebody's teams; likewise.
        team_map: team by value of that claim.
        asks_second_factor: it asks for a second factor itself, so that we need not.
    """

    slug: str
    name: str
    issuer: str
    client_id: str
    scopes: str = "openid email profile"
    domains: tuple[str, ...] = ()
    makes_accounts: bool = False
    default_roles: tuple[Role, ...] = ()
    role_claim: str = ""
    role_map: Mapping[str, Role] = {}
    team_claim: str = ""
    team_map: Mapping[str, UUID] = {}
    asks_second_factor: bool = False
    is_on: bool = True


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of somebody, checked."""

    subject: str
    email: str = ""
    email_verified: bool = False
    name: str = ""
    values: Mapping[str, Any] = {}
    """All of it."""


def issuer_is_safe(issuer: str) -> bool:
    """True for an address by HTTPS, or on this machine itself."""
    parts = urlsplit(issuer)
    try:
        local = ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        local = parts.hostname == "localhost"
    plain = not (parts.query or parts.fragment or parts.username)
    return bool(parts.hostname) and plain and (parts.scheme == "https" or (parts.scheme == "http" and local))


def provider_problems(settings: ProviderSettings) -> Iterator[FieldProblem]:
    """What is wrong with the settings of a provider."""
    if not SLUG.fullmatch(settings.slug):
        yield FieldProblem("slug", _("Use small letters, digits and hyphens, 40 at most."))
    for path, value in (("name", settings.name), ("client_id", settings.client_id)):
        if not value.strip() or len(value) > MAX_TEXT or not value.isprintable():
            yield FieldProblem(path, _("This is needed."))
    if len(settings.issuer) > MAX_TEXT or not settings.issuer.isprintable() or not issuer_is_safe(settings.issuer):
        yield FieldProblem("issuer", _("Give an address such as https://login.example.org, by HTTPS."))
    if "openid" not in settings.scopes.split():
        yield FieldProblem("scopes", _("“openid” has to be among them."))
    if wrong := [one for one in settings.domains if not DOMAIN.fullmatch(one)]:
        yield FieldProblem("domains", _("This is no domain: {domain}").format(domain=wrong[0]))
    if settings.makes_accounts and not settings.default_roles and not settings.role_map:
        yield FieldProblem("default_roles", _("New accounts need a role."))
    for name, claim, mapped in (
        ("role", settings.role_claim, settings.role_map),
        ("team", settings.team_claim, settings.team_map),
    ):
        if bool(claim) != bool(mapped):
            yield FieldProblem(f"{name}_claim", _("A claim needs at least one value, and values need a claim."))


def domain_fits(email: str, domains: Collection[str]) -> bool:
    """True where the address lies in one of the domains, or there are none."""
    return not domains or email.rpartition("@")[2].lower() in domains


def claimed(values: Mapping[str, Any], claim: str) -> frozenset[str]:
    """The values of a claim, which may be one text or a list of them, possibly inside of others (`a.b`)."""
    found: Any = values.get(claim)
    if found is None:
        found = values
        for part in claim.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset({found})
    return frozenset(one for one in found if isinstance(one, str)) if isinstance(found, (list, tuple)) else frozenset()


def mapped_roles(
    values: Mapping[str, Any], *, claim: str, mapping: Mapping[str, str], held: Collection[str]
) -> set[str]:
    """Somebody's roles after a sign-in: those that the mapping names are the provider's to say, all others stay."""
    if not claim:
        return set(held)
    said = claimed(values, claim)
    return (set(held) - set(mapping.values())) | {role for value, role in mapping.items() if value in said}


def mapped_teams(values: Mapping[str, Any], *, claim: str, mapping: Mapping[str, str]) -> tuple[set[str], set[str]]:
    """Teams that somebody is to be in, and those that they are not, after a sign-in."""
    if not claim:
        return set(), set()
    said = claimed(values, claim)
    inside = {team for value, team in mapping.items() if value in said}
    return inside, set(mapping.values()) - inside
