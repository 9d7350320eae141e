"""What tests of hiring share."""

from datetime import UTC, datetime, timedelta

import pytest

from preceptor.hiring.operations import add_certification
from tests.projects.conftest import client_id, make_project  # noqa: F401 (fixtures)

NOW = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
async def manager(make_person):
    return await make_person("manager", name="Mora Manager")


@pytest.fixture
async def trainer(make_person):
    return await make_person("trainer", name="Tomas Trainer")


@pytest.fixture
def certification(db, manager):
    """Make a certification: `await certification("Catalan")` answers its id."""

    async def make(name="Catalan writing", **rest):
        async with db.write() as session:
            return await add_certification(session, actor=manager, name=name, **rest)

    return make
