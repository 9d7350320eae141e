"""A first start of the demo that ends in the middle: the next one begins anew, and never touches a house in use."""

from importlib import import_module

import pytest

from preceptor.cli.demo import fill
from preceptor.cli.demo_house import unfinished
from preceptor.people import SYSTEM, Role
from preceptor.people.operations import add_person
from preceptor.people.queries import count_people


async def somebody(db):
    async with db.write() as session:
        await add_person(
            session, actor=SYSTEM, email="a@example.org", name="A", password="a long password", roles=[Role.TRAINER]
        )


async def people(db):
    async with db.read() as session:
        return await count_people(session)


@pytest.fixture
def story(monkeypatch):
    """What a demo is filled with: `story(what)` replaces it, where `what` is asked with the database."""

    def replace(what):
        async def told(db, _settings):
            await what(db)

        monkeypatch.setattr(import_module("preceptor.cli.demo_house.load"), "_fill", told)

    return replace


async def breaks_off(db):
    await somebody(db)
    raise KeyboardInterrupt


def test_what_was_broken_off_is_made_anew(settings, story):
    found = []

    async def whole(db):
        found.append(await people(db))
        await somebody(db)

    story(breaks_off)
    with pytest.raises(KeyboardInterrupt):
        fill(settings)
    assert unfinished(settings).exists()
    story(whole)
    fill(settings)
    assert (found, unfinished(settings).exists()) == ([0], False)
    fill(settings)
    assert found == [0]
