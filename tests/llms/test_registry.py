"""Endpoints and language models: who may do what, what is kept, and what is shown of it."""

import asyncio

import msgspec
import pytest
from sqlalchemy import text

from preceptor.lib.embedded.model import agree_on_address
from preceptor.lib.errors import ForbiddenError, InvalidError
from preceptor.lib.ids import new_id
from preceptor.llms import operations as do
from preceptor.llms import queries
from preceptor.llms.directory import Directory, ModelDisabledError, ModelNotRunningError, embedded_run_file
from preceptor.llms.jobs import check_endpoint, check_health
from preceptor.llms.keys import Key, KeyUnreadableError, Vault
from preceptor.people.rules import SYSTEM
from tests.llms.conftest import answer_of, plain

SECRET = "sk-super-secret-0123456789"


@pytest.fixture
async def operator(make_person):
    return await make_person("operator")


@pytest.fixture
def vault(settings):
    return Vault.of(settings)


@pytest.fixture
def directory(db, settings):
    return Directory(db, settings)


@pytest.fixture
async def endpoint_id(db, vault, practice):
    async with db.write() as session:
        return await do.add_endpoint(
            session, actor=SYSTEM, vault=vault, name="Practice", base_url=practice.url, key=practice.key
        )


@pytest.fixture
async def model_id(db, endpoint_id):
    async with db.write() as session:
        return await do.add_model(
            session,
            actor=SYSTEM,
            slug="practice-a",
            name="Practice A",
            endpoint_id=endpoint_id,
            model_name="practice",
            context_tokens=2048,
            parameters={"max_tokens": 40},
        )


async def events(db):
    async with db.read() as session:
        rows = await session.execute(text("SELECT name, data::text FROM event WHERE name LIKE 'llms.%' ORDER BY id"))
        return [tuple(row) for row in rows]


async def change(db, vault, endpoint_id, **changes):
    async with db.write() as session:
        await do.change_endpoint(session, actor=SYSTEM, vault=vault, endpoint_id=endpoint_id, **changes)


async def test_an_added_model_can_be_asked(asker, directory, endpoint_id, model_id):
    model = await directory.find("practice-a")
    answer, final = await answer_of(asker, model, parameters=model.parameters, seed=1)
    assert answer
    assert final.finish_reason == "stop"


async def test_only_operators_write_and_trainers_do_not_even_read(db, vault, make_person, endpoint_id, model_id):
    for role in ("trainer", "reviewer", "manager", "client"):
        actor = await make_person(role)
        async with db.write() as session:
            for attempt in (
                do.add_endpoint(session, actor=actor, vault=vault, name="x", base_url="http://x.example"),
                do.add_model(session, actor=actor, slug="x", name="x", endpoint_id=endpoint_id, model_name="x"),
                do.set_endpoint_enabled(session, actor=actor, endpoint_id=endpoint_id, enabled=False),
                do.set_model_enabled(session, actor=actor, model_id=model_id, enabled=False),
                do.register_embedded(session, actor=actor, model_name="x", practice=True),
            ):
                with pytest.raises(ForbiddenError):
                    await attempt
        async with db.read() as session:
            if role == "manager":
                assert len(await queries.list_models(session, actor=actor)) == 1
            else:
                with pytest.raises(ForbiddenError):
                    await queries.list_models(session, actor=actor)
                with pytest.raises(ForbiddenError):
                    await queries.list_endpoints(session, actor=actor)


async def test_the_key_is_encrypted_and_shown_nowhere(db, vault, operator, endpoint_id):
    await change(db, vault, endpoint_id, key=SECRET)
    async with db.read() as session:
        stored = await session.scalar(text("SELECT encrypted_key FROM endpoint"))
        view = await queries.access_endpoint(session, actor=operator, endpoint_id=endpoint_id)
        views = await queries.list_endpoints(session, actor=operator)
        everything = await session.execute(text("SELECT (e.*)::text FROM endpoint e"))
        assert SECRET not in everything.scalar_one()
    assert SECRET.encode() not in stored
    assert vault.open(stored) == Key(SECRET)
    assert view.has_key
    assert views == [view]
    shown = f"{view!r} {msgspec.json.encode(views)} {await events(db)} {Key(SECRET)} {vault!r}"
    assert SECRET not in shown


async def test_another_secret_of_the_installation_makes_keys_unreadable(db, settings, asker, endpoint_id, model_id):
    moved = Directory(db, msgspec.structs.replace(settings, secret_key="another"))
    with pytest.raises(KeyUnreadableError):
        await moved.find("practice-a")
    assert await check_health(db, directory=moved, asker=asker) == 1
    async with db.read() as session:
        view = await queries.access_endpoint(session, actor=SYSTEM, endpoint_id=endpoint_id)
    assert (view.health, view.health_code) == ("failing", "key_unreadable")


async def test_a_key_does_not_follow_the_address_to_another_server(db, vault, endpoint_id, practice):
    await change(db, vault, endpoint_id, base_url=practice.url + "/", timeout_seconds=7)
    with pytest.raises(InvalidError) as caught:
        await change(db, vault, endpoint_id, base_url="https://elsewhere.example/v1")
    assert caught.value.fields[0].path == "key"
    await change(db, vault, endpoint_id, base_url="https://elsewhere.example/v1", key="another")
    await change(db, vault, endpoint_id, key="")
    assert [name for name, _ in await events(db)] == ["llms.endpoint_added", *["llms.endpoint_changed"] * 3]
    async with db.read() as session:
        view = await queries.access_endpoint(session, actor=SYSTEM, endpoint_id=endpoint_id)
    assert (view.base_url, view.timeout_seconds, view.has_key) == ("https://elsewhere.example/v1", 7, False)


async def test_names_and_slugs_are_taken_once(db, vault, endpoint_id, model_id):
    with pytest.raises(do.EndpointNameTakenError):
        async with db.write() as session:
            await do.add_endpoint(session, actor=SYSTEM, vault=vault, name="Practice", base_url="http://x.example")
    with pytest.raises(do.ModelSlugTakenError):
        async with db.write() as session:
            await do.add_model(
                session, actor=SYSTEM, slug="practice-a", name="x", endpoint_id=endpoint_id, model_name="x"
            )
    async with db.write() as session:
        other = await do.add_endpoint(session, actor=SYSTEM, vault=vault, name="Other", base_url="http://x.example")
    with pytest.raises(do.EndpointNameTakenError):
        await change(db, vault, other, name="Practice")


async def test_bad_values_are_named(db, vault):
    async with db.write() as session:
        with pytest.raises(InvalidError) as caught:
            await do.add_endpoint(
                session,
                actor=SYSTEM,
                vault=vault,
                name="x",
                base_url="http://x.example",
                timeout_seconds=0,
                concurrency=0,
            )
        assert [problem.path for problem in caught.value.fields] == ["timeout_seconds", "concurrency"]
        with pytest.raises(queries.NoSuchEndpointError):
            await do.add_model(session, actor=SYSTEM, slug="x", name="x", endpoint_id=new_id(), model_name="x")
        with pytest.raises(queries.NoSuchModelError):
            await do.set_model_enabled(session, actor=SYSTEM, model_id=new_id(), enabled=True)


async def test_a_model_is_changed(db, endpoint_id, model_id):
    async with db.write() as session:
        await do.change_model(
            session,
            actor=SYSTEM,
            model_id=model_id,
            name="Renamed",
            endpoint_id=endpoint_id,
            parameters={"temperature": 1},
        )
    async with db.read() as session:
        view = await queries.access_model(session, actor=SYSTEM, model_id=model_id)
    assert (view.name, view.slug, view.parameters) == ("Renamed", "practice-a", {"temperature": 1})
    assert (await events(db))[-1] == (
        "llms.model_changed",
        '{"slug": "practice-a", "fields": ["name", "parameters"]}',
    )


async def test_what_is_disabled_is_not_asked(db, directory, endpoint_id, model_id):
    await directory.find("practice-a")
    async with db.write() as session:
        await do.set_model_enabled(session, actor=SYSTEM, model_id=model_id, enabled=False)
        await do.set_model_enabled(session, actor=SYSTEM, model_id=model_id, enabled=False)
    assert (await directory.find("practice-a")).slug == "practice-a", "remembered for up to thirty seconds"
    directory.forget()
    with pytest.raises(ModelDisabledError):
        await directory.find("practice-a")
    async with db.write() as session:
        await do.set_model_enabled(session, actor=SYSTEM, model_id=model_id, enabled=True)
        await do.set_endpoint_enabled(session, actor=SYSTEM, endpoint_id=endpoint_id, enabled=False)
    directory.forget()
    with pytest.raises(ModelDisabledError):
        await directory.find("practice-a")
    async with db.read() as session:
        assert await queries.list_models(session, actor=SYSTEM, usable_only=True) == []
        (view,) = await queries.list_models(session, actor=SYSTEM)
        assert (view.enabled, view.usable) == (True, False)
    assert [name for name, _ in await events(db)][-3:] == [
        "llms.model_disabled",
        "llms.model_enabled",
        "llms.endpoint_disabled",
    ]


async def test_unknown_slugs(directory):
    with pytest.raises(queries.NoSuchModelError):
        await directory.find("nothing")


async def test_the_embedded_model_registers_at_every_start(db, settings, directory, asker, practice):
    for _ in range(2):
        async with db.write() as session:
            assert await do.register_embedded(session, actor=SYSTEM, model_name="practice", practice=True) == "practice"
    with pytest.raises(ModelNotRunningError):
        await directory.find("practice")

    address = agree_on_address(embedded_run_file(settings.home), model="practice", practice=True)
    found = (await directory.find("practice")).endpoint
    assert (found.base_url, found.key) == (address.url, Key(address.key))
    again = agree_on_address(embedded_run_file(settings.home), model="practice", practice=True)
    assert (await directory.find("practice")).endpoint.key == Key(again.key), "looked up at every question"

    started = msgspec.structs.replace(settings, model_url=practice.url, model_key=practice.key)
    assert (await answer_of(asker, await Directory(db, started).find("practice")))[0]
    async with db.read() as session:
        (endpoint,) = await queries.list_endpoints(session, actor=SYSTEM)
        (model,) = await queries.list_models(session, actor=SYSTEM)
    assert (endpoint.name, endpoint.base_url, endpoint.embedded, endpoint.has_key) == ("Embedded", "", True, False)
    assert model.practice


async def test_the_real_model_takes_the_place_of_the_practice_model(db):
    async def start(*, practice):
        async with db.write() as session:
            await do.register_embedded(session, actor=SYSTEM, model_name="x", practice=practice)
        async with db.read() as session:
            models = await queries.list_models(session, actor=SYSTEM)
            return {model.slug: model.enabled for model in models}

    assert await start(practice=True) == {"practice": True}
    assert await start(practice=False) == {"practice": False, "smollm2-135m": True}
    assert await start(practice=False) == {"practice": False, "smollm2-135m": True}
    assert await start(practice=True) == {"practice": True, "smollm2-135m": False}
    async with db.write() as session:
        (row,) = [m for m in await queries.list_models(session, actor=SYSTEM) if m.practice]
        await do.set_model_enabled(session, actor=SYSTEM, model_id=row.id, enabled=False)
    assert await start(practice=True) == {"practice": False, "smollm2-135m": False}, "an operator's choice stands"


async def test_processes_that_start_together_register_once(db, vault):
    async with db.write() as session:  # somebody used both names already
        other = await do.add_endpoint(session, actor=SYSTEM, vault=vault, name="Embedded", base_url="http://x.example")
        await do.add_model(session, actor=SYSTEM, slug="smollm2-135m", name="Mine", endpoint_id=other, model_name="x")

    async def start():
        async with db.write() as session:
            return await do.register_embedded(session, actor=SYSTEM, model_name="smollm2-135m", practice=False)

    assert await asyncio.gather(*(start() for _ in range(3))) == ["smollm2-135m-embedded"] * 3
    async with db.read() as session:
        assert [view.name for view in await queries.list_endpoints(session, actor=SYSTEM)] == ["Embedded", "Embedded 2"]


async def test_the_embedded_endpoint_keeps_its_address(db, vault):
    async with db.write() as session:
        await do.register_embedded(session, actor=SYSTEM, model_name="x", practice=True)
        (view,) = await queries.list_endpoints(session, actor=SYSTEM)
    await change(db, vault, view.id, concurrency=2)
    for changes in ({"base_url": "http://x.example"}, {"key": "k"}, {"name": "Mine"}):
        with pytest.raises(do.EmbeddedEndpointError):
            await change(db, vault, view.id, **changes)


async def test_one_endpoint_is_looked_at_now(db, directory, asker, endpoint_id, operator, make_person):
    given = {"directory": directory, "asker": asker}
    assert "practice-slow" in await check_endpoint(db, actor=operator, endpoint_id=endpoint_id, **given)
    with pytest.raises(queries.NoSuchEndpointError):
        await check_endpoint(db, actor=operator, endpoint_id=new_id(), **given)
    with pytest.raises(ForbiddenError):
        await check_endpoint(db, actor=await make_person("manager"), endpoint_id=endpoint_id, **given)


async def test_health_is_written_down(db, vault, directory, asker, endpoint_id, script):
    async with db.write() as session:
        down = await do.add_endpoint(session, actor=SYSTEM, vault=vault, name="Down", base_url="http://127.0.0.1:1/v1")
        await do.add_endpoint(
            session,
            actor=SYSTEM,
            vault=vault,
            name="Scripted",
            base_url=f"http://127.0.0.1:{script.port}/v1",
            key=SECRET,
        )
        off = await do.add_endpoint(session, actor=SYSTEM, vault=vault, name="Off", base_url="http://x.example")
        await do.set_endpoint_enabled(session, actor=SYSTEM, endpoint_id=off, enabled=False)
        await do.register_embedded(session, actor=SYSTEM, model_name="x", practice=True)
    script.answers = [[plain(401, {"error": f"bad key {SECRET}"})]]
    assert await check_health(db, directory=directory, asker=asker) == 3
    async with db.read() as session:
        found = {view.name: view for view in await queries.list_endpoints(session, actor=SYSTEM)}
    assert {name: (view.health, view.health_code) for name, view in found.items()} == {
        "Practice": ("ok", ""),
        "Down": ("failing", "model_down"),
        "Scripted": ("failing", "model_refused"),
        "Off": ("unknown", ""),
        "Embedded": ("failing", "model_not_running"),
    }
    assert found["Scripted"].health_detail == "HTTP 401: bad key •••"
    assert found["Down"].health_at is not None
    script.answers = [[plain(404, b"no such page", kind="text/plain")]]
    assert await check_health(db, directory=directory, asker=asker) == 2, "a server without a list may work"
    changed = [data for name, data in await events(db) if name == "llms.endpoint_health_changed"]
    assert sorted(changed) == [
        '{"health": "failing", "problem": "model_down"}',
        '{"health": "failing", "problem": "model_not_running"}',
        '{"health": "failing", "problem": "model_refused"}',
        '{"health": "ok", "problem": ""}',
    ]
    assert down
