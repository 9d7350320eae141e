"""`preceptor user`: accounts, from the machine itself."""

import secrets

import click

from preceptor.cli.choosing import choose_clients, choose_teams
from preceptor.cli.doors import run
from preceptor.lib.clock import utc_now
from preceptor.lib.db import Database
from preceptor.lib.settings import Settings
from preceptor.people import SYSTEM, Role
from preceptor.people.operations import add_person, change_roles, reset_factors, set_email, set_password
from preceptor.people.queries import PersonView, actor_by_email, list_people

ROLES = click.Choice([role.value for role in Role])


@click.group()
def command() -> None:
    """Look after accounts: add, list, roles, password, factors, email."""


@command.command()
@click.argument("email")
@click.option("--name", required=True, help="What people see.")
@click.option("--role", "roles", type=ROLES, multiple=True, required=True, help="Repeat for several.")
@click.option("--team", "teams", multiple=True, help="Name of a team to join; repeatable.")
@click.option("--client", "clients", multiple=True, help="Name of a client organisation to act for; repeatable.")
@click.option("--password", help="At least 10 characters. Left out, one is made and shown once.")
def add(
    *,
    email: str,
    name: str,
    roles: tuple[str, ...],
    teams: tuple[str, ...],
    clients: tuple[str, ...],
    password: str | None,
) -> None:
    """Make an account for EMAIL."""
    secret = password or secrets.token_urlsafe(12)

    async def work(db: Database, _settings: Settings) -> None:
        async with db.write() as session:
            await add_person(
                session,
                actor=SYSTEM,
                email=email,
                name=name,
                password=secret,
                roles=[Role(role) for role in roles],
                team_ids=await choose_teams(session, teams),
                client_ids=await choose_clients(session, clients),
            )

    run(work)
    click.echo(f"{email} can sign in" + ("." if password else f" with the password {secret}"))


@command.command("list")
@click.option("--role", type=ROLES, help="Only people of this role.")
@click.option("--search", default="", help="Part of a name or address.")
def show(*, role: str | None, search: str) -> None:
    """List accounts, newest first."""

    async def work(db: Database, _settings: Settings) -> list[PersonView]:
        people: list[PersonView] = []
        cursor: str | None = None
        async with db.read() as session:
            while True:
                page = await list_people(
                    session, actor=SYSTEM, search=search, role=Role(role) if role else None, cursor=cursor
                )
                people += page.rows
                cursor = page.next_cursor
                if cursor is None:
                    return people

    for person in run(work):
        roles = ", ".join(person.roles) or "none"
        state = "" if person.state == "active" else f"  ({person.state})"
        click.echo(f"{person.email or '–':<40} {roles:<28} {person.name}{state}")


@command.command()
@click.argument("email")
@click.argument("roles", type=ROLES, nargs=-1)
def roles(*, email: str, roles: tuple[str, ...]) -> None:
    """Give EMAIL these ROLES and no others; without any it keeps none."""

    async def work(db: Database, _settings: Settings) -> None:
        async with db.write() as session:
            person = await actor_by_email(session, email=email)
            await change_roles(session, actor=SYSTEM, person_id=person.person_id, roles=[Role(role) for role in roles])

    run(work)
    click.echo(f"{email}: {', '.join(roles) or 'no roles'}. It holds within half a minute.")


@command.command()
@click.argument("email")
@click.password_option("--password", help="Asked for where it is left out.")
def password(*, email: str, password: str) -> None:
    """Set a new password for EMAIL, and end every session of theirs."""

    async def work(db: Database, _settings: Settings) -> None:
        async with db.write() as session:
            person = await actor_by_email(session, email=email)
            await set_password(session, actor=SYSTEM, person_id=person.person_id, password=password, now=utc_now())

    run(work)
    click.echo(f"The password of {email} is set, and every session is ended.")


@command.command()
@click.argument("email")
def factors(*, email: str) -> None:
    """Take the passkeys, app and recovery codes of EMAIL away, because they are lost."""

    async def work(db: Database, _settings: Settings) -> None:
        async with db.write() as session:
            person = await actor_by_email(session, email=email)
            await reset_factors(session, actor=SYSTEM, person_id=person.person_id)

    run(work)
    click.echo(f"{email} signs in with the password alone, and was told.")


@command.command("email")
@click.argument("email")
@click.argument("new")
def change_email(*, email: str, new: str) -> None:
    """Give the account of EMAIL the address NEW, because the old one is lost."""

    async def work(db: Database, _settings: Settings) -> None:
        async with db.write() as session:
            person = await actor_by_email(session, email=email)
            await set_email(session, actor=SYSTEM, person_id=person.person_id, email=new)

    run(work)
    click.echo(f"The account of {email} belongs to {new} now.")
