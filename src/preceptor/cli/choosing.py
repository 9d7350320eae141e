"""Things that commands are given by name."""

from collections.abc import Collection
from uuid import UUID

import click

from preceptor.lib.db import ReadSession
from preceptor.people import SYSTEM
from preceptor.people.queries import list_teams
from preceptor.projects.queries import list_client_organisations


async def choose_teams(session: ReadSession, names: Collection[str]) -> list[UUID]:
    """The ids of teams by their names.

    Raises:
        click.ClickException: there is none of a name.
    """
    return _chosen("team", names, {team.name: team.id for team in await list_teams(session, actor=SYSTEM)})


async def choose_clients(session: ReadSession, names: Collection[str]) -> list[UUID]:
    """The ids of client organisations by their names.

    Raises:
        click.ClickException: there is none of a name.
    """
    found = await list_client_organisations(session, actor=SYSTEM)
    return _chosen("client organisation", names, {client.name: client.id for client in found})


def _chosen(what: str, names: Collection[str], known: dict[str, UUID]) -> list[UUID]:
    if missing := [name for name in names if name not in known]:
        there = ", ".join(sorted(known)) or "none"
        raise click.ClickException(f"There is no {what} named {missing[0]}. There are: {there}.")
    return [known[name] for name in names]
