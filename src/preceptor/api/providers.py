"""Identity providers (OpenID Connect), for operators."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from preceptor.lib.web import Request
from preceptor.people import Actor, ProviderSettings, Role
from preceptor.people.oidc import Identities, ProviderGoneError
from preceptor.people.operations import remove_provider, save_provider
from preceptor.people.queries import ProviderView, access_provider, list_providers


class ProviderBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All that is set for a provider, as its page has it.

    `slug` stands in its addresses here; the provider has to be told `/sign-in/with/{slug}/back`. `secret`: the one of
    the client; empty: the one there is stays. `role_map`: role by value of `role_claim`. `team_map`: a team's id by
    value of `team_claim`.
    """

    slug: str
    name: str
    issuer: str
    client_id: str
    secret: str = ""
    scopes: str = "openid email profile"
    domains: list[str] = []
    makes_accounts: bool = False
    default_roles: list[Role] = []
    role_claim: str = ""
    role_map: dict[str, Role] = {}
    team_claim: str = ""
    team_map: dict[str, UUID] = {}
    asks_second_factor: bool = False
    is_on: bool = True

    @property
    def settings(self) -> ProviderSettings:
        """Without the secret, which is kept apart."""
        fields = {name: getattr(self, name) for name in ProviderSettings.__struct_fields__}
        fields["domains"] = tuple(one.strip().lower() for one in self.domains if one.strip())
        fields["default_roles"] = tuple(self.default_roles)
        return ProviderSettings(**fields)


class ProviderId(msgspec.Struct, frozen=True):
    """A provider that was just added."""

    id: UUID


class ProviderCheck(msgspec.Struct, frozen=True):
    """Whether a provider answers as OpenID Connect Discovery wants it; `reason`: why not."""

    answers: bool
    reason: str = ""


@get("/providers", summary="Identity providers")
async def show_providers(request: Request[Actor]) -> dict[str, list[ProviderView]]:
    """All identity providers, and how many people sign in with each. Their secrets are shown nowhere."""
    async with request.db.read() as session:
        return {"providers": await list_providers(session, actor=request.actor)}


@post("/providers", summary="Add an identity provider", status_code=201)
async def add_provider(request: Request[Actor], data: JSONBody[ProviderBody]) -> ProviderId:
    """Let people sign in with a provider."""
    return ProviderId(await _save(request, data, None))


@get("/providers/{provider_id:uuid}", summary="An identity provider")
async def show_provider(request: Request[Actor], provider_id: FromPath[UUID]) -> ProviderView:
    """One identity provider."""
    async with request.db.read() as session:
        return await access_provider(session, actor=request.actor, provider_id=provider_id)


@put("/providers/{provider_id:uuid}", summary="Change an identity provider", status_code=204)
async def change_provider(request: Request[Actor], provider_id: FromPath[UUID], data: JSONBody[ProviderBody]) -> None:
    """Set all of it anew. With another issuer nobody is linked to it any more."""
    await _save(request, data, provider_id)


async def _save(request: Request[Actor], data: ProviderBody, provider_id: UUID | None) -> UUID:
    async with request.db.write() as session:
        return await save_provider(
            session,
            actor=request.actor,
            settings=data.settings,
            secret=data.secret,
            sealer=request.part("provider_sealer"),
            provider_id=provider_id,
        )


@post("/providers/{provider_id:uuid}/check", summary="Ask an identity provider whether it answers", status_code=200)
async def check_provider(request: Request[Actor], provider_id: FromPath[UUID]) -> ProviderCheck:
    """Fetch what the provider says of itself, now."""
    async with request.db.read() as session:
        provider = await access_provider(session, actor=request.actor, provider_id=provider_id)
    identities: Identities = request.part("identities")
    try:
        await identities.metadata(provider.settings.issuer)
    except ProviderGoneError as error:
        return ProviderCheck(answers=False, reason=str(error.detail or error.title))
    return ProviderCheck(answers=True)


@delete("/providers/{provider_id:uuid}", summary="Remove an identity provider", status_code=204)
async def forget_provider(request: Request[Actor], provider_id: FromPath[UUID]) -> None:
    """Forget a provider and who people are there. Accounts stay."""
    async with request.db.write() as session:
        await remove_provider(session, actor=request.actor, provider_id=provider_id)


handlers: list[Any] = [
    show_providers,
    add_provider,
    show_provider,
    change_provider,
    check_provider,
    forget_provider,
]
