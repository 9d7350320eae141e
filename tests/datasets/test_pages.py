"""Imports and releases as managers and clients see them in the browser."""

import json
import re
import zipfile
from io import BytesIO

import pytest

from preceptor.datasets.formats import every_release_format, release_formats
from preceptor.datasets.jobs import run_import

HTMX = {"HX-Request": "true"}


@pytest.fixture
async def world(make_world):
    return await make_world(items=2, answers_per_item=2)


@pytest.fixture
async def manager(as_role):
    return await as_role("manager")


def rows(count, start=0):
    return "".join(json.dumps({"prompt": f"Prompt {number}"}) + "\n" for number in range(start, start + count)).encode()


def file(data, name="prompts.jsonl"):
    return {"file": (name, data, "application/octet-stream")}


async def hand_in(client, world, files=None, *, headers=HTMX, **fields):
    path = f"/projects/{world.terms.slug}/imports/new"
    return await client.post(path, data=fields, files=files or {"file": ("", b"")}, headers=headers)


def address(answer):
    return answer.headers.get("HX-Redirect") or answer.headers.get("Location")


async def do(db, settings, path):
    await run_import(db, settings, subject_id=path.rsplit("/", 1)[1])


async def test_a_file_is_checked_shown_and_added(manager, world, db, settings):
    form = await manager.get(f"/projects/{world.terms.slug}/imports/new")
    assert "prompt,topic,response_1" in form.text
    answer = await hand_in(manager, world, file(rows(3) + b"broken\n", "<b>hostile</b>.jsonl"), topic="<i>maths</i>")
    assert answer.status_code == 200, answer.text
    path = address(answer)
    waiting = await manager.get(path)
    assert "Waits for its turn" in waiting.text
    assert "<b>hostile" not in waiting.text
    assert 'hx-trigger="every 1s"' in waiting.text

    await do(db, settings, path)
    checked = (await manager.get(path)).text
    assert "Add 3 items" in checked
    assert "Prompt 0" in checked
    assert "<i>maths" not in checked
    assert "Not JSON" in checked
    assert 'hx-trigger="every 1s"' not in checked
    fragment = await manager.get(path, headers=HTMX)
    assert fragment.text.strip().startswith('<div id="import"')

    assert (await manager.post(f"{path}/confirm")).status_code == 303
    await do(db, settings, path)
    done = (await manager.get(path)).text
    assert "To the items" in done
    listed = (await manager.get(f"/projects/{world.terms.slug}/imports")).text
    assert "Done" in listed
    assert "<b>hostile" not in listed
    again = await manager.post(f"{path}/confirm")
    assert again.status_code == 303
    assert "flash" in again.headers["set-cookie"]


async def test_columns_are_said_by_hand_and_the_file_is_read_again(manager, world, db, settings):
    data = b"question,<b>kind,answer a\nWhy?,maths,Because.\nHow?,physics,So.\n"
    path = address(await hand_in(manager, world, file(data, "odd.csv")))
    await do(db, settings, path)
    checked = (await manager.get(path)).text
    assert "There is nothing in this file to add" in checked
    assert 'value="prompt=question"' in checked
    assert "&lt;b&gt;kind" in checked
    assert "<b>kind" not in checked
    twice = await manager.post(f"{path}/columns", data={"stands_for": ["prompt=question", "prompt=answer a"]})
    assert twice.status_code == 303
    assert "flash" in twice.headers["set-cookie"]
    chosen = {"stands_for": ["prompt=question", "topic=<b>kind", ""]}
    assert (await manager.post(f"{path}/columns", data=chosen)).status_code == 303
    await do(db, settings, path)
    checked = (await manager.get(path)).text
    assert "Add 2 items" in checked
    assert re.search(r'value="prompt=question" selected', checked)
    assert "physics" in checked
    assert (await manager.post(f"{path}/confirm")).status_code == 303
    await do(db, settings, path)
    late = await manager.post(f"{path}/columns", data=chosen)
    assert "flash" in late.headers["set-cookie"]


async def test_hostile_prompts_are_text(manager, world, db, settings):
    data = json.dumps({"prompt": "<script>alert(1)</script>", "topic": "<img src=x>"}).encode()
    path = address(await hand_in(manager, world, file(data)))
    await do(db, settings, path)
    page = (await manager.get(path)).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<img src=x" not in page


async def test_pasted_prompts_are_a_prompt_per_line(manager, world, db, settings):
    path = address(await hand_in(manager, world, text="Why?\r\nHow?\r\n", answers="3", priority="1"))
    await do(db, settings, path)
    page = (await manager.get(path)).text
    assert "Add 2 items" in page
    assert "pasted.txt" in page
    assert (await manager.post(f"{path}/discard")).status_code == 303
    assert "Discarded" in (await manager.get(f"/projects/{world.terms.slug}/imports")).text


async def test_without_scripts_small_files_can_be_handed_in(manager, world):
    token = manager.headers.pop("X-CSRF-Token")
    answer = await hand_in(manager, world, file(rows(2)), headers={}, csrf_token=token)
    assert answer.status_code == 303
    large = await hand_in(manager, world, file(b"x" * 2_500_000), headers={}, csrf_token=token)
    assert large.status_code == 413
    assert "Switch scripts on" in large.text
    forged = await hand_in(manager, world, file(rows(2)), headers={}, csrf_token="wrong")
    assert forged.status_code == 403


async def test_large_files_come_in_with_the_header(manager, world):
    answer = await hand_in(manager, world, file(rows(150_000)))
    assert answer.status_code == 200
    assert address(answer)


@pytest.mark.parametrize(
    ("fields", "name", "message"),
    [
        ({}, None, "Choose a file, or paste some prompts."),
        ({"text": "x"}, "a.jsonl", "There is a file already."),
        ({}, "a.doc", "does not tell its format"),
        ({"format": "scored"}, "a.jsonl", "There is no format called"),
        ({"answers": "0"}, "a.jsonl", "Give a number from 1 to 100."),
        ({"answers": "lots"}, "a.jsonl", "field-answers"),
        ({"encoding": "klingon"}, "a.jsonl", "klingon"),
        ({"surprise": "1"}, "a.jsonl", "not known here"),
    ],
)
async def test_a_form_that_will_not_do_comes_back_with_what_was_typed(manager, world, fields, name, message):
    answer = await hand_in(manager, world, file(rows(1), name) if name else None, topic="kept <b>", **fields)
    assert answer.status_code == 422
    assert message in answer.text
    assert 'value="kept &lt;b&gt;"' in answer.text
    assert answer.text.strip().startswith("<form")


@pytest.mark.parametrize("role", ["trainer", "reviewer", "client", "operator"])
async def test_others_see_no_imports(as_role, manager, world, role, db, settings):
    path = address(await hand_in(manager, world, file(rows(1))))
    other = await as_role(role, client=world.terms.client_id)
    base = f"/projects/{world.terms.slug}/imports"
    for answer in (
        await other.get(path),
        await other.post(f"{path}/confirm"),
        await hand_in(other, world, file(rows(1))),
    ):
        assert answer.status_code in {403, 404}
    for place in (base, f"{base}/new"):
        assert (await other.get(place)).status_code in {403, 404}


async def test_an_import_is_found_in_its_own_project_alone(manager, world, make_world):
    elsewhere = await make_world(items=1)
    path = address(await hand_in(manager, world, file(rows(1))))
    assert (await manager.get(path.replace(world.terms.slug, elsewhere.terms.slug))).status_code == 404


async def freeze(client, world, **fields):
    data = {"formats": ["scored", "trl-unpaired"], "licence": "", "languages": "", **fields}
    return await client.post(f"/projects/{world.terms.slug}/releases/new", data=data)


async def test_a_release_is_frozen_followed_and_downloaded(manager, world, releases):
    base = f"/projects/{world.terms.slug}/releases"
    assert "Nothing to release yet" in (await manager.get(base)).text
    assert (await freeze(manager, world)).status_code == 409
    await releases.accepted(world)
    form = (await manager.get(f"{base}/new")).text
    assert "1 accepted submission goes in" in form
    assert form.count('name="formats"') == len(every_release_format())
    answer = await freeze(
        manager,
        world,
        licence="cc-by-4.0",
        languages="en, es",
        **{"settings.trl-unpaired.true_from": "5", "settings.trl-unpaired.false_to": "4"},
    )
    assert (answer.status_code, address(answer)) == (303, f"{base}/1")
    page = (await manager.get(f"{base}/1")).text
    assert "The files wait for their turn" in page
    assert (await manager.get(f"{base}/1", headers=HTMX)).text.strip().startswith('<div id="release"')
    assert (await manager.get(f"{base}/1/archive")).status_code == 404

    async with releases.db.hot() as driver:
        row = await (await driver.execute("SELECT id, settings FROM release")).fetchone()
    assert row[1]["settings"] == {"trl-unpaired": {"true_from": 5, "false_to": 4}}
    assert row[1]["formats"] == ["scored", "trl-unpaired"]
    await releases.write(row[0])
    page = (await manager.get(f"{base}/1")).text
    assert "Download all" in page
    assert "Human feedback for language models" in page  # the card
    assert "pretty_name" not in page  # its head for programs
    links = re.findall(r'href="([^"]+/files/[^"]+)"', page)
    assert len(links) == 7
    for link in links:
        taken = await manager.get(link)
        assert taken.status_code == 200
        assert "attachment" in taken.headers["content-disposition"]
    archive = zipfile.ZipFile(BytesIO((await manager.get(f"{base}/1/archive")).content))
    assert len(archive.namelist()) == 7
    again = (await manager.get(f"{base}/new")).text
    assert 'value="cc-by-4.0"' in again  # as the last one was


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"formats": []}, "Choose at least one format."),
        ({"settings.trl-unpaired.true_from": "2", "settings.trl-unpaired.false_to": "3"}, "lower than"),
        ({"settings.trl-unpaired.true_from": "many"}, "Give a whole number."),
        ({"settings.nothing.true_from": "1"}, "There is no such format."),
        ({"licence": "x" * 101}, "Use at most 100 characters."),
        ({"languages": "all of them!"}, "Give codes of languages"),
    ],
)
async def test_a_release_form_that_will_not_do_comes_back(manager, world, releases, fields, message):
    await releases.accepted(world)
    answer = await freeze(manager, world, **fields)
    assert answer.status_code == 422
    assert message in answer.text


async def test_all_formats_ticked_means_all_there_are(manager, world, releases, db):
    await releases.accepted(world)
    names = [form.name for form in release_formats()]
    await freeze(manager, world, formats=names)
    async with db.hot() as driver:
        row = await (await driver.execute("SELECT settings FROM release")).fetchone()
    assert row[0]["formats"] is None


async def test_a_release_that_failed_says_why_and_can_be_tried_again(manager, world, releases, db):
    await releases.accepted(world)
    await releases.freeze(world)
    async with db.hot() as driver:
        await driver.execute("UPDATE release SET state = 'failed', error = 'The <disk> is full.'")
    path = f"/projects/{world.terms.slug}/releases/1"
    page = (await manager.get(path)).text
    assert "The &lt;disk&gt; is full." in page
    assert "Try again" in page
    assert (await manager.post(f"{path}/retry")).status_code == 303
    assert "wait for their turn" in (await manager.get(path)).text
    assert (await manager.post(f"{path}/retry")).status_code == 303  # a second click does no harm


async def test_a_client_follows_its_project_and_takes_its_data(as_role, world, releases, make_world, bench):
    elsewhere = await make_world(items=1)
    await releases.accepted(world)
    await bench.hand_in(world)
    release_id = await releases.freeze(world)
    await releases.write(release_id)
    own = await as_role("client", client=world.terms.client_id)
    listed = (await own.get("/client")).text
    assert world.terms.title in listed
    assert elsewhere.terms.title not in listed
    assert "1 in review" in listed
    shown = re.sub(r"(?s)<script.*?</script>|<[^>]+>", "", listed)
    assert not re.search(r"[€$£]|\b36[.,]00", shown)  # no rate, no cost
    page = (await own.get(f"/client/{world.terms.slug}")).text
    assert "Release 1" in page
    assert "Guidelines, version 1" in page
    release = await own.get(f"/projects/{world.terms.slug}/releases/1")
    assert "Download all" in release.text
    assert f"/projects/{world.terms.slug}/settings" not in release.text  # the manager's tabs
    assert (await own.get(f"/projects/{world.terms.slug}/releases/1/archive")).status_code == 200
    assert (await freeze(own, world)).status_code == 303

    other = await as_role("client", "reviewer", client=elsewhere.terms.client_id)
    for path in (
        f"/client/{world.terms.slug}",
        f"/projects/{world.terms.slug}/releases",
        f"/projects/{world.terms.slug}/releases/1",
        f"/projects/{world.terms.slug}/releases/1/archive",
        f"/projects/{world.terms.slug}/releases/1/files/README.md",
        f"/projects/{world.terms.slug}/releases/new",
    ):
        assert (await other.get(path)).status_code == 404, path
    assert (await freeze(other, world)).status_code == 404
    assert world.terms.title not in (await other.get("/client")).text


@pytest.mark.parametrize("role", ["trainer", "reviewer", "operator", "manager"])
async def test_the_clients_pages_are_the_clients(as_role, world, role):
    other = await as_role(role)
    assert (await other.get("/client")).status_code == 403


async def test_a_client_without_projects_is_told_so(as_role):
    assert "No projects yet" in (await (await as_role("client")).get("/client")).text
