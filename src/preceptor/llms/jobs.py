"""Looking after the endpoints."""

import asyncio
from uuid import UUID

import msgspec

from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.llms.asking import Asker, ModelProblemError, ModelRefusedError
from preceptor.llms.directory import Directory, ModelNotRunningError
from preceptor.llms.keys import KeyUnreadableError
from preceptor.llms.operations import note_health
from preceptor.llms.queries import EndpointToAsk, NoSuchEndpointError, endpoints_to_ask
from preceptor.people.rules import SYSTEM, Actor, Permission

NO_LISTING = frozenset({"HTTP 404", "HTTP 405", "HTTP 501"})
"""Answers of servers that have no list of models and may work all the same."""


async def check_health(db: Database, *, directory: Directory, asker: Asker) -> int:
    """Ask every enabled endpoint for its list of models, write down how that went, and answer how many are failing."""
    async with db.read() as session:
        endpoints = await endpoints_to_ask(session, vault=await directory.vault())
    found = await asyncio.gather(*(_look(endpoint, directory, asker) for _id, endpoint in endpoints))
    for (endpoint_id, _endpoint), finding in zip(endpoints, found, strict=True):
        await _note(db, endpoint_id, finding)
    return sum(bool(finding.problem) for finding in found)


async def check_endpoint(
    db: Database, *, actor: Actor, directory: Directory, asker: Asker, endpoint_id: UUID
) -> list[str]:
    """Look at one endpoint now, write down how it was found, and answer the models it says it serves.

    Raises:
        MissingPermissionError: the actor may not write models.
        NoSuchEndpointError: there is none of this id.
    """
    actor.require(Permission.MODEL_WRITE)
    async with db.read() as session:
        endpoints = await endpoints_to_ask(session, vault=await directory.vault(), endpoint_id=endpoint_id)
    if not endpoints:
        raise NoSuchEndpointError
    finding = await _look(endpoints[0][1], directory, asker)
    await _note(db, endpoint_id, finding)
    return finding.served


class Finding(msgspec.Struct, frozen=True):
    """How an endpoint was found."""

    problem: str = ""
    """Code of what is wrong; empty where nothing is."""
    detail: str = ""
    served: list[str] = []


async def _look(endpoint: EndpointToAsk | KeyUnreadableError, directory: Directory, asker: Asker) -> Finding:
    if isinstance(endpoint, KeyUnreadableError):
        return Finding(endpoint.code)
    try:
        return Finding(served=await asker.list_served(await directory.located(endpoint)))
    except ModelProblemError as error:
        if isinstance(error, ModelRefusedError) and error.technical[:8] in NO_LISTING:
            return Finding()
        return Finding(error.code, error.technical)
    except ModelNotRunningError as error:
        return Finding(error.code)


async def _note(db: Database, endpoint_id: UUID, finding: Finding) -> None:
    async with db.write() as session:
        await note_health(
            session,
            actor=SYSTEM,
            endpoint_id=endpoint_id,
            problem=finding.problem,
            detail=finding.detail,
            now=utc_now(),
        )
