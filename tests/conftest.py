"""What tests share: a real PostgreSQL built by the migrations, the real application, and who asks.

`db` is a fresh copy of the migrated database. `client` asks the application as nobody; `as_role("manager")` answers a
client that is signed in as a person of that role.
"""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import hypothesis
import psycopg
import pytest
from argon2 import PasswordHasher
from jinja2 import FileSystemBytecodeCache
from litestar import Litestar
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache

from preceptor import migrations
from preceptor.app import furnish, make_frame
from preceptor.lib.db import Database, database
from preceptor.lib.embedded.postgres import Throwaway, throwaway_postgres
from preceptor.lib.ids import new_id
from preceptor.lib.settings import Settings
from preceptor.people.operations import accounts, add_person, add_team
from preceptor.people.queries import actor_by_email
from preceptor.people.rules import SYSTEM, Actor, Role
from tests.places import clear_place, make_place, place

PASSWORD = "a password for tests"

LONG = ("tests/cli/test_house", "tests/journey/", "tests/client/test_smoke", "tests/docs/", "tests/frontend/")
"""Whole installations and browsers: each file of these takes up to minutes."""

# How long an example takes on a busy machine says nothing about what it shows: no time limit fails a test that holds.
slow = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("house", deadline=None, suppress_health_check=slow)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Make the folder of this run, once for all its processes."""
    gc.disable()  # until all tests are found: that makes a million objects, and all of them stay
    if not hasattr(config, "workerinput"):
        make_place()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no process is left with a journey when all others are done."""
    items.sort(key=lambda item: next((at for at, part in enumerate(LONG) if part in item.nodeid), len(LONG)))


def pytest_collection_finish() -> None:
    """Look for garbage again, and not in what was there before the first test."""
    gc.freeze()
    gc.enable()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove it."""
    if not hasattr(config, "workerinput"):
        clear_place()


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords of tests are hashed with less work than is safe: most tests make people, and none tries to guess."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


class Statements(LRUCache[Any, Any]):
    """What SQLAlchemy has written statements as, for all engines of one kind, which otherwise each write them anew."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__((type(key[0]), *key[1:]), value)


@pytest.fixture(scope="session", autouse=True)
def quick_statements() -> Iterator[None]:
    """Each test has engines of its own; writing the same statements for each of them would take longer than they do."""
    statements = Statements(3_000)

    def make_engine(*args: Any, **options: Any) -> AsyncEngine:
        engine = create_async_engine(*args, **options)
        engine.sync_engine._compiled_cache = statements
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "create_async_engine", make_engine)
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Throwaway]:
    """A server for this test process."""
    with throwaway_postgres(parent=place()) as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: Throwaway) -> str:
    """The name of a database that holds the newest schema and no rows."""
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_preceptor")
    migrations.upgrade(postgres.database("template_preceptor"))
    return "template_preceptor"


@pytest.fixture
def database_url(postgres: Throwaway, template: str) -> Iterator[str]:
    """Address of a fresh database."""
    name = f"test_{new_id().hex}"
    with psycopg.connect(postgres.dsn, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        yield postgres.database(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """The doors to a fresh database."""
    database = Database(database_url, pool_size=4)
    yield database
    await database.close()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation in a temporary folder."""
    return Settings(home=tmp_path, database_url=database_url, secret_key="a secret for tests", pool_size=4)


PersonMaker = Callable[..., Awaitable[Actor]]


@pytest.fixture
def make_person(db: Database) -> PersonMaker:
    """Make a person: `await make_person("trainer", team=team_id)` answers their actor."""

    async def make(*roles: str, name: str | None = None, team: UUID | None = None, client: UUID | None = None) -> Actor:
        email = f"{'-'.join(roles) or 'person'}-{new_id().hex[-12:]}@example.org"
        async with db.write() as session:
            await add_person(
                session,
                actor=SYSTEM,
                email=email,
                name=name or f"{'-'.join(roles).title()} {new_id().hex[-4:]}",
                password=PASSWORD,
                roles=[Role(role) for role in roles],
                team_ids=[team] if team else [],
                client_ids=[client] if client else [],
            )
        async with db.read() as session:
            return await actor_by_email(session, email=email)

    return make


@pytest.fixture
async def team_id(db: Database) -> UUID:
    """A team."""
    async with db.write() as session:
        return await add_team(session, actor=SYSTEM, name=f"Team {new_id().hex[-8:]}")


Client = httpx.AsyncClient


@pytest.fixture(scope="session")
def frames() -> Callable[[bool, int], Litestar]:
    """Frames of applications, made once in this process: making one takes longer than most tests.

    A template is compiled once for all processes of a run.
    """
    templates = place() / "templates"
    templates.mkdir(exist_ok=True)

    @cache
    def frame(secure_cookies: bool, max_body_bytes: int) -> Litestar:
        made = make_frame(secure_cookies=secure_cookies, max_body_bytes=max_body_bytes)
        made.state.pages.environment.bytecode_cache = FileSystemBytecodeCache(str(templates))
        return made

    return frame


@pytest.fixture
async def app(settings: Settings, frames: Callable[[bool, int], Litestar]) -> AsyncIterator[Litestar]:
    """The application on the fresh database."""
    application = furnish(frames(settings.secure_cookies, settings.max_body_bytes), settings)
    started, ended = asyncio.Event(), asyncio.Event()

    async def live() -> None:  # a task of its own: what lives must be left in the task that entered it
        async with application.lifespan():
            started.set()
            await ended.wait()

    task = asyncio.create_task(live())
    await started.wait()
    yield application
    ended.set()
    await task


@pytest.fixture
async def open_client(app: Litestar) -> AsyncIterator[Callable[[], Awaitable[Client]]]:
    """Open a client of the application as nobody; each has cookies of its own."""
    async with AsyncExitStack() as stack:

        async def make() -> Client:
            transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
            return await stack.enter_async_context(Client(transport=transport, base_url="http://testserver.local"))

        yield make


@pytest.fixture
async def client(open_client: Callable[[], Awaitable[Client]]) -> Client:
    """A client as nobody."""
    return await open_client()


SignIn = Callable[[Actor], Awaitable[Client]]


@pytest.fixture
def signed_in(open_client: Callable[[], Awaitable[Client]], db: Database) -> SignIn:
    """A client that is signed in as an actor, and sends the token that guards against forged requests."""
    from preceptor.people.queries import access_person

    async def sign_in(actor: Actor) -> Client:
        async with db.read() as session:
            person = await access_person(session, actor=SYSTEM, person_id=actor.person_id)
        client = await open_client()
        await client.get("/sign-in")
        client.headers["X-CSRF-Token"] = client.cookies["csrftoken"]
        answer = await client.post("/api/v1/session", json={"email": person.email, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return client

    return sign_in


@pytest.fixture
def as_role(make_person: PersonMaker, signed_in: SignIn) -> Callable[..., Awaitable[Client]]:
    """A client signed in as a new person of these roles; `client.actor` is that person."""

    async def make(*roles: str, **options: UUID) -> Client:
        actor = await make_person(*roles, **options)
        client = await signed_in(actor)
        client.actor = actor  # type: ignore[attr-defined]
        return client

    return make


@pytest.fixture(scope="session")
def data() -> Path:
    """The shared real data; tests that need it skip visibly without it."""
    folder = os.environ.get("PRECEPTOR_DATA", "")
    if not folder or not Path(folder).is_dir():
        pytest.skip("PRECEPTOR_DATA does not name a folder with the shared data")
    return Path(folder)
