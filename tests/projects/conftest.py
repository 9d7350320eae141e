"""A client organisation, a team, a language model, and projects made of them."""

import pytest
from sqlalchemy import select

from preceptor.lib.db.events import EventRow
from preceptor.lib.money import Money
from preceptor.llms.tables import Endpoint, LanguageModel
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations import add_client_organisation, add_project
from tests.projects.hooks import courier, hook, make_hook, project, sealer, there  # noqa: F401 (fixtures)

KIND = "rate_responses"
EUR = Money(1_500, "EUR")


@pytest.fixture
async def client_id(db):
    """A client organisation."""
    async with db.write() as session:
        return await add_client_organisation(session, actor=SYSTEM, name="Acme Models")


@pytest.fixture
async def model(db):
    """A language model that can be asked, known to the registry alone."""
    async with db.write() as session:
        endpoint = Endpoint(name="canned", base_url="http://127.0.0.1:9/v1")
        session.add(endpoint)
        await session.flush()
        session.add(LanguageModel(slug="canned", name="Canned", endpoint_id=endpoint.id, model_name="canned"))
    return "canned"


@pytest.fixture
def make_project(db, client_id):
    """Make a project: `await make_project(team_ids=[…])` answers its id and slug."""

    async def make(**given):
        options = {"title": "General chat", "kind": KIND, "rate": EUR, "client_id": client_id, **given}
        async with db.write() as session:
            return await add_project(session, actor=SYSTEM, **options)

    return make


@pytest.fixture
def ready_project(make_project, team_id, model):
    """Make a project that lacks nothing for being opened."""

    async def make(**given):
        return await make_project(**{"guidelines": "Be kind.", "team_ids": [team_id], **given})

    return make


@pytest.fixture
def happened(db):
    """Names of the events of a project, oldest first, without those of people."""

    async def names(project_id=None):
        query = select(EventRow).where(EventRow.name.startswith("projects.")).order_by(EventRow.id)
        async with db.read() as session:
            rows = list(await session.scalars(query))
        return [row.name for row in rows if project_id is None or row.project_id == project_id]

    return names
