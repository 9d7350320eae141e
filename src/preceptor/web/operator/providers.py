"""Identity providers: the list, and the form for one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from preceptor.lib.errors import FieldProblem, InvalidError
from preceptor.lib.i18n import LazyText, _
from preceptor.lib.web import Request, page, parse_form, redirect
from preceptor.people import ROLE_NAMES, Actor, ProviderSettings, Role
from preceptor.people.oidc import Identities, ProviderGoneError
from preceptor.people.operations import remove_provider, save_provider
from preceptor.people.queries import ProviderView, TeamView, access_provider, list_providers, list_teams


class ProviderForm(msgspec.Struct, frozen=True):
    """A provider as the form sends it. Mappings are lines such as `value = role`."""

    name: str
    slug: str
    issuer: str
    client_id: str
    secret: str = ""
    scopes: str = "openid email profile"
    domains: str = ""
    makes_accounts: bool = False
    default_roles: list[str] = []
    role_claim: str = ""
    role_map: str = ""
    team_claim: str = ""
    team_map: str = ""
    asks_second_factor: bool = False
    is_on: bool = False


class ProvidersPage(msgspec.Struct, frozen=True):
    """All of them."""

    providers: list[ProviderView]


class ProviderPage(msgspec.Struct, frozen=True):
    """The form for one.

    Attributes:
        provider: the one that is changed; None: a new one.
        back_to: the address that the provider has to be told.
        answers: it answered as it should, just now; None: it was not asked.
    """

    provider: ProviderView | None
    form: ProviderForm
    back_to: str
    roles: list[tuple[str, LazyText]]
    answers: bool | None
    problems: list[FieldProblem]

    def problem(self, path: str) -> LazyText | None:
        """What is wrong with a field; None: nothing."""
        return next((one.message for one in self.problems if one.path == path), None)


@get("/providers", name="providers")
async def show_providers(request: Request[Actor]) -> Response[str]:
    """The list."""
    async with request.db.read() as session:
        providers = await list_providers(session, actor=request.actor)
    return page(request, "web/operator/providers.html", ProvidersPage(providers))


@get("/providers/new", name="providers.new")
async def show_new(request: Request[Actor]) -> Response[str]:
    """The form for a new one."""
    async with request.db.read() as session:
        await list_providers(session, actor=request.actor)
    form = ProviderForm(name="", slug="", issuer="", client_id="", is_on=True)
    return _page(request, None, form, [])


def _page(
    request: Request[Actor],
    provider: ProviderView | None,
    form: ProviderForm,
    problems: list[FieldProblem],
    *,
    answers: bool | None = None,
) -> Response[str]:
    slug = form.slug or "…"
    view = ProviderPage(
        provider=provider,
        form=form,
        back_to=f"{request.settings.base_url.rstrip('/')}/sign-in/with/{slug}/back",
        roles=[(role.value, name) for role, name in ROLE_NAMES.items()],
        answers=answers,
        problems=problems,
    )
    return page(request, "web/operator/provider.html", view, status=422 if problems else 200)


@get("/providers/{provider_id:uuid}", name="providers.one")
async def show_provider(request: Request[Actor], provider_id: FromPath[UUID]) -> Response[str]:
    """The form for one, and whether it answers."""
    async with request.db.read() as session:
        provider = await access_provider(session, actor=request.actor, provider_id=provider_id)
        teams = await list_teams(session, actor=request.actor)
    identities: Identities = request.part("identities")
    try:
        await identities.metadata(provider.settings.issuer)
        answers = True
    except ProviderGoneError:
        answers = False
    return _page(request, provider, _form_of(provider.settings, teams), [], answers=answers)


def _form_of(settings: ProviderSettings, teams: list[TeamView]) -> ProviderForm:
    names = {team.id: team.name for team in teams}
    return ProviderForm(
        name=settings.name,
        slug=settings.slug,
        issuer=settings.issuer,
        client_id=settings.client_id,
        scopes=settings.scopes,
        domains=", ".join(settings.domains),
        makes_accounts=settings.makes_accounts,
        default_roles=[role.value for role in settings.default_roles],
        role_claim=settings.role_claim,
        role_map=_lines({value: role.value for value, role in settings.role_map.items()}),
        team_claim=settings.team_claim,
        team_map=_lines({value: names.get(team, str(team)) for value, team in settings.team_map.items()}),
        asks_second_factor=settings.asks_second_factor,
        is_on=settings.is_on,
    )


def _lines(mapping: Mapping[str, str]) -> str:
    return "\n".join(f"{value} = {meaning}" for value, meaning in mapping.items())


@post("/providers/new", name="providers.add")
async def add_provider(request: Request[Actor]) -> Response[str]:
    """Add one."""
    return await _save(request, None)


@post("/providers/{provider_id:uuid}", name="providers.save")
async def change_provider(request: Request[Actor], provider_id: FromPath[UUID]) -> Response[str]:
    """Change one."""
    async with request.db.read() as session:
        provider = await access_provider(session, actor=request.actor, provider_id=provider_id)
    return await _save(request, provider)


async def _save(request: Request[Actor], provider: ProviderView | None) -> Response[str]:
    form = ProviderForm(name="", slug="", issuer="", client_id="")
    try:
        form = parse_form(await request.form(), ProviderForm)
        async with request.db.read() as session:
            teams = await list_teams(session, actor=request.actor)
        async with request.db.write() as session:
            await save_provider(
                session,
                actor=request.actor,
                settings=_settings_of(form, teams),
                secret=form.secret,
                sealer=request.part("provider_sealer"),
                provider_id=provider.id if provider is not None else None,
            )
    except InvalidError as error:
        return _page(request, provider, form, error.fields)
    return redirect(request, "/providers", said=_("The identity provider is saved."))


def _settings_of(form: ProviderForm, teams: list[TeamView]) -> ProviderSettings:
    """The settings of a form.

    Raises:
        InvalidError: a line is none, or names no role or team.
    """
    by_name = {team.name: team.id for team in teams}
    problems: list[FieldProblem] = []
    role_map, team_map = {}, {}
    for value, meaning in _pairs(form.role_map, "role_map", problems):
        if meaning in set(Role):
            role_map[value] = Role(meaning)
        else:
            problems.append(FieldProblem("role_map", _("There is no role {role}.").format(role=meaning)))
    for value, meaning in _pairs(form.team_map, "team_map", problems):
        if meaning in by_name:
            team_map[value] = by_name[meaning]
        else:
            problems.append(FieldProblem("team_map", _("There is no team {team}.").format(team=meaning)))
    if problems:
        raise InvalidError(fields=problems)
    return ProviderSettings(
        slug=form.slug,
        name=form.name,
        issuer=form.issuer,
        client_id=form.client_id,
        scopes=form.scopes,
        domains=tuple(form.domains.lower().replace(",", " ").split()),
        makes_accounts=form.makes_accounts,
        default_roles=tuple(Role(one) for one in form.default_roles if one in set(Role)),
        role_claim=form.role_claim,
        role_map=role_map,
        team_claim=form.team_claim,
        team_map=team_map,
        asks_second_factor=form.asks_second_factor,
        is_on=form.is_on,
    )


def _pairs(text: str, path: str, problems: list[FieldProblem]) -> list[tuple[str, str]]:
    pairs = []
    for line in text.splitlines():
        value, sign, meaning = line.rpartition("=")
        if sign and value.strip() and meaning.strip():
            pairs.append((value.strip(), meaning.strip()))
        elif line.strip():
            problems.append(FieldProblem(path, _("This line is not “value = meaning”: {line}").format(line=line[:80])))
    return pairs


@post("/providers/{provider_id:uuid}/remove", name="providers.remove")
async def forget_provider(request: Request[Actor], provider_id: FromPath[UUID]) -> Response[str]:
    """Forget one."""
    async with request.db.write() as session:
        await remove_provider(session, actor=request.actor, provider_id=provider_id)
    return redirect(request, "/providers", said=_("The identity provider is removed."))


handlers: list[Any] = [
    show_providers,
    show_new,
    show_provider,
    add_provider,
    change_provider,
    forget_provider,
]
