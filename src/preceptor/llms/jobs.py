"""Looking after the endpoints."""

import asyncio
from uuid import UUID

from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.errors import UnavailableError
from preceptor.llms.asking import Asker, ModelProblemError, ModelRefusedError
from preceptor.llms.directory import Directory
from preceptor.llms.keys import KeyUnreadableError
from preceptor.llms.operations import note_health
from preceptor.llms.queries import EndpointToAsk, endpoints_to_ask
from preceptor.people.rules import SYSTEM

NO_LISTING = frozenset({"HTTP 404", "HTTP 405", "HTTP 501"})
"""Answers of servers that have no list of models and may work all the same."""


async def check_health(db: Database, *, directory: Directory, asker: Asker) -> int:
    """Ask every enabled endpoint for its list of models, write down how that went, and answer how many are failing."""
    async with db.read() as session:
        endpoints = await endpoints_to_ask(session, vault=await directory.vault())
    found = await asyncio.gather(*(_problem(endpoint, directory, asker) for _id, endpoint in endpoints))
    for (endpoint_id, _endpoint), (problem, detail) in zip(endpoints, found, strict=True):
        await _note(db, endpoint_id, problem, detail)
    return sum(bool(problem) for problem, _detail in found)


async def _problem(endpoint: EndpointToAsk | KeyUnreadableError, directory: Directory, asker: Asker) -> tuple[str, str]:
    """Code and technical words of what is wrong; both empty where nothing is."""
    if isinstance(endpoint, KeyUnreadableError):
        return endpoint.code, ""
    try:
        await asker.list_served(await directory.located(endpoint))
    except ModelProblemError as error:
        if isinstance(error, ModelRefusedError) and error.technical[:8] in NO_LISTING:
            return "", ""
        return error.code, error.technical
    except UnavailableError as error:
        return error.code, ""
    return "", ""


async def _note(db: Database, endpoint_id: UUID, problem: str, detail: str) -> None:
    async with db.write() as session:
        await note_health(session, actor=SYSTEM, endpoint_id=endpoint_id, problem=problem, detail=detail, now=utc_now())
