"""Imports and releases over the API: files in, files out, and who may."""

import gzip
import hashlib
import io
import json
import zipfile

import pytest

from preceptor.datasets.jobs import run_import
from preceptor.datasets.queries.releases import release_key
from tests.datasets.conftest import chunks_of

API = "/api/v1"


@pytest.fixture
async def world(make_world):
    return await make_world(items=2)


@pytest.fixture
async def manager(as_role):
    return await as_role("manager")


def rows(count):
    return "".join(json.dumps({"prompt": f"Prompt {number}"}) + "\n" for number in range(count)).encode()


async def hand_in(client, world, data, **query):
    params = {"format": "jsonl", "name": "prompts.jsonl", **query}
    return await client.post(f"{API}/projects/{world.terms.slug}/imports", content=data, params=params)


async def queued(db):
    async with db.hot() as driver:
        query = "SELECT task_name, args->>'subject_id' FROM procrastinate_jobs ORDER BY id"
        return await (await driver.execute(query)).fetchall()


async def test_a_file_is_handed_in_and_followed(manager, world, db, settings):
    answer = await hand_in(manager, world, chunks_of(rows(3) + b"broken\n"), topic="maths", answers=2)
    assert answer.status_code == 202, answer.text
    document = answer.json()
    assert (document["state"], document["project"], document["file_name"]) == (
        "waiting",
        world.terms.slug,
        "prompts.jsonl",
    )
    assert document["options"] == {"brief": "", "topic": "maths", "answers": 2, "priority": 5} | {
        "encoding": None,
        "columns": {},
        "language": "",
        "level": 0,
        "categories": [],
        "routed": False,
    }
    assert await queued(db) == [("datasets.jobs.run_import", document["id"])]

    await run_import(db, settings, subject_id=document["id"])
    document = (await manager.get(f"{API}/imports/{document['id']}")).json()
    assert (document["state"], document["items_added"], document["problems"]) == ("done", 3, 1)
    told = (await manager.get(f"{API}/imports/{document['id']}/problems")).json()
    assert [row["line"] for row in told["problems"]] == [4]
    listed = (await manager.get(f"{API}/projects/{world.terms.slug}/imports")).json()
    assert [row["id"] for row in listed["imports"]] == [document["id"]]


async def test_compressed_files_are_taken_as_they_are(manager, world, db, settings):
    document = (await hand_in(manager, world, gzip.compress(rows(5)))).json()
    await run_import(db, settings, subject_id=document["id"])
    assert (await manager.get(f"{API}/imports/{document['id']}")).json()["items_added"] == 5


async def test_check_then_confirm_or_discard(manager, world, db, settings):
    for decision, state in (("confirm", "done"), ("discard", "discarded")):
        document = (await hand_in(manager, world, rows(2 if state == "done" else 4), check=True)).json()
        path = f"{API}/imports/{document['id']}"
        assert (await manager.post(f"{path}/{decision}", json={})).json()["code"] == "not_checked"
        await run_import(db, settings, subject_id=document["id"])
        assert (await manager.get(path)).json()["state"] == "checked"
        assert (await manager.post(f"{path}/{decision}", json={})).status_code in {200, 202}
        await run_import(db, settings, subject_id=document["id"])
        assert (await manager.get(path)).json()["state"] == state
    assert list((settings.home / "files" / "imports").iterdir()) == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"format": "klingon"}, 422, "unknown_format"),
        ({"format": "scored"}, 422, "unknown_format"),
        ({"answers": 0}, 422, "invalid"),
        ({"answers": "many"}, 422, "malformed"),
        ({"priority": 10}, 422, "invalid"),
        ({"on_problem": "cry"}, 422, "malformed"),
        ({"encoding": "klingon"}, 422, "unreadable_file"),
        ({"column": "prompt"}, 422, "invalid"),
    ],
)
async def test_bad_requests_keep_nothing(manager, world, db, settings, query, status, code):
    answer = await hand_in(manager, world, rows(1), **query)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await queued(db) == []
    folder = settings.home / "files" / "imports"
    assert not folder.exists() or list(folder.iterdir()) == []


async def test_a_file_over_the_limit_is_refused(manager, world, app, settings):
    import msgspec

    app.state.settings = msgspec.structs.replace(settings, max_upload_bytes=1_000)
    for data in (rows(100), chunks_of(rows(100))):  # with and without its length told beforehand
        answer = await hand_in(manager, world, data)
        assert (answer.status_code, answer.json()["code"]) == (413, "file_too_large")
    assert (await hand_in(manager, world, rows(10))).status_code == 202


@pytest.mark.parametrize("role", ["trainer", "reviewer", "client", "operator"])
async def test_others_do_not_import(as_role, world, manager, role):
    document = (await hand_in(manager, world, rows(1), check=True)).json()
    other = await as_role(role, client=world.terms.client_id)
    for answer in (
        await hand_in(other, world, rows(1)),
        await other.get(f"{API}/projects/{world.terms.slug}/imports"),
        await other.get(f"{API}/imports/{document['id']}"),
        await other.get(f"{API}/imports/{document['id']}/problems"),
        await other.post(f"{API}/imports/{document['id']}/confirm", json={}),
        await other.post(f"{API}/imports/{document['id']}/discard"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_permission")


async def test_unknown_projects_and_imports(manager, world):
    world.terms = type("Terms", (), {"slug": "nothing-here"})
    assert (await hand_in(manager, world, rows(1))).status_code == 404
    assert (await manager.get(f"{API}/imports/01980000-0000-7000-8000-000000000000")).status_code == 404


async def test_without_the_token_against_forged_requests_nothing_is_read(manager, world):
    del manager.headers["X-CSRF-Token"]
    assert (await hand_in(manager, world, rows(1))).json()["code"] == "csrf"


async def test_a_release_is_frozen_followed_and_taken(manager, world, releases, db):
    slug = world.terms.slug
    empty = await manager.post(f"{API}/projects/{slug}/releases", json={})
    assert (empty.status_code, empty.json()["code"]) == (409, "nothing_accepted")
    await releases.accepted(world)
    answer = await manager.post(f"{API}/projects/{slug}/releases", json={"licence": "cc-by-4.0"})
    assert answer.status_code == 202, answer.text
    document = answer.json()
    assert (document["state"], document["number"], document["submissions"], document["files"]) == ("waiting", 1, 1, [])
    assert ("datasets.jobs.write_release", document["id"]) in await queued(db)
    path = f"{API}/releases/{document['id']}"
    assert (await manager.get(f"{path}/archive")).status_code == 404
    assert (await manager.get(f"{path}/files/README.md")).status_code == 404

    await releases.write(document["id"])
    document = (await manager.get(path)).json()
    assert document["state"] == "done"
    assert (await manager.get(f"{API}/projects/{slug}/releases/1")).json() == document
    for file in document["files"]:
        taken = await manager.get(f"{path}/files/{file['path']}")
        assert taken.status_code == 200
        assert hashlib.sha256(taken.content).hexdigest() == file["sha256"]
        assert int(taken.headers["content-length"]) == len(taken.content) == file["bytes"]
        assert taken.headers["content-disposition"].startswith("attachment;")
        assert "content-encoding" not in taken.headers
    listed = (await manager.get(f"{API}/projects/{slug}/releases")).json()["releases"]
    assert [(row["number"], row["bytes"]) for row in listed] == [(1, sum(file["bytes"] for file in document["files"]))]

    archive = zipfile.ZipFile(io.BytesIO((await manager.get(f"{path}/archive")).content))
    assert archive.testzip() is None
    names = {name.split("/", 1)[1] for name in archive.namelist()}
    assert names == {file["path"] for file in document["files"]}
    async with db.hot() as driver:
        query = "SELECT data->>'path' FROM event WHERE name = 'datasets.release_downloaded' ORDER BY id"
        told = [row[0] for row in await (await driver.execute(query)).fetchall()]
    assert told == [*(file["path"] for file in document["files"]), ""]


async def test_a_download_that_broke_off_goes_on_where_it_was(manager, world, releases):
    await releases.accepted(world)
    document = (await manager.post(f"{API}/projects/{world.terms.slug}/releases", json={})).json()
    await releases.write(document["id"])
    document = (await manager.get(f"{API}/releases/{document['id']}")).json()
    file = next(one for one in document["files"] if one["path"].endswith("README.md"))
    page = f"/projects/{world.terms.slug}/releases/1/files/{file['path']}"
    for address in (f"{API}/releases/{document['id']}/files/{file['path']}", page):
        whole = await manager.get(address)
        assert (whole.headers["accept-ranges"], whole.headers["etag"]) == ("bytes", f'"{file["sha256"]}"')
        asked = {"range": "bytes=100-", "if-range": whole.headers["etag"]}
        rest = await manager.get(address, headers=asked)
        assert (rest.status_code, rest.content) == (206, whole.content[100:])
        assert rest.headers["content-range"] == f"bytes 100-{file['bytes'] - 1}/{file['bytes']}"
        assert int(rest.headers["content-length"]) == file["bytes"] - 100
        other = await manager.get(address, headers=asked | {"if-range": '"another"'})
        assert (other.status_code, other.content) == (200, whole.content)
        beyond = await manager.get(address, headers={"range": f"bytes={file['bytes']}-"})
        assert beyond.status_code == 416


@pytest.mark.parametrize("path", ["../../secret.key", "..%2f..%2fsecret.key", "scored", "scored/", "", "/etc/passwd"])
async def test_only_the_files_of_a_release_are_served(manager, world, releases, path):
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    await releases.write(release_id)
    answer = await manager.get(f"{API}/releases/{release_id}/files/{path}")
    assert answer.status_code == 404


async def test_a_missing_file_is_told(manager, world, releases):
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    await releases.write(release_id)
    releases.storage.delete(release_key(release_id))
    for path in ("files/README.md", "archive"):
        answer = await manager.get(f"{API}/releases/{release_id}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (503, "file_missing")


async def test_clients_take_their_own_data_and_nobody_elses(as_role, world, releases, make_world):
    elsewhere = await make_world(items=1)
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    await releases.write(release_id)
    own = await as_role("client", client=world.terms.client_id)
    other = await as_role("client", "reviewer", client=elsewhere.terms.client_id)
    paths = [
        f"{API}/releases/{release_id}",
        f"{API}/releases/{release_id}/files/README.md",
        f"{API}/releases/{release_id}/archive",
        f"{API}/projects/{world.terms.slug}/releases",
        f"{API}/projects/{world.terms.slug}/releases/1",
    ]
    assert [(await own.get(path)).status_code for path in paths] == [200] * 5
    assert [(await other.get(path)).status_code for path in paths] == [404] * 5
    made = await own.post(f"{API}/projects/{world.terms.slug}/releases", json={})
    assert (made.status_code, made.json()["number"]) == (202, 2)
    refused = await other.post(f"{API}/projects/{world.terms.slug}/releases", json={})
    assert (refused.status_code, refused.json()["code"]) == (404, "no_such_project")


@pytest.mark.parametrize("role", ["trainer", "reviewer", "operator"])
async def test_people_at_work_do_not_take_data(as_role, world, releases, team_id, role):
    await releases.accepted(world)
    release_id = await releases.freeze(world)
    other = await as_role(role, team=team_id)
    for answer in (
        await other.get(f"{API}/releases/{release_id}"),
        await other.get(f"{API}/releases/{release_id}/archive"),
        await other.post(f"{API}/projects/{world.terms.slug}/releases", json={}),
        await other.post(f"{API}/releases/{release_id}/retry"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_permission")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"formats": []}, "formats"),
        ({"settings": {"trl-unpaired": {"true_from": 1, "false_to": 5}}}, "settings.trl-unpaired"),
        ({"surprise": 1}, None),
        ({"formats": "scored"}, None),
    ],
)
async def test_bad_settings_are_refused(manager, world, releases, body, path):
    await releases.accepted(world)
    answer = await manager.post(f"{API}/projects/{world.terms.slug}/releases", json=body)
    assert answer.status_code == 422, answer.text
    if path:
        assert answer.json()["fields"][0]["path"] == path


async def test_formats_are_told(manager, as_role):
    told = {row["name"]: row for row in (await manager.get(f"{API}/formats")).json()["formats"]}
    assert {name for name, row in told.items() if row["reads"]} >= {"csv", "jsonl", "text", "hh", "oasst", "labels"}
    assert not told["scored"]["reads"]
    assert told["trl-unpaired"]["settings"] == {"true_from": None, "false_to": None}
    assert (await (await as_role("trainer")).get(f"{API}/formats")).status_code == 403
