"""Adding pictures on the page, and seeing them there."""

import re

from preceptor.lib.money import Money
from preceptor.people.rules import SYSTEM
from preceptor.projects import operations as projects
from tests.work.pictures import picture_bytes, picture_kind


async def make_project(db, kind, title="Crossings"):
    async with db.write() as session:
        client_id = await projects.add_client_organisation(session, actor=SYSTEM, name=f"Lab for {title}")
    async with db.write() as session:
        made = await projects.add_project(
            session, actor=SYSTEM, client_id=client_id, title=title, kind=kind, rate=Money(3600, "EUR")
        )
    return made.slug


async def add(client, slug, files, **fields):
    values = {
        "csrf_token": client.cookies["csrftoken"],
        "brief": "Mark it all",
        "wanted": "2",
        "priority": "5",
    } | fields
    form = [("pictures", (name, data, "application/octet-stream")) for name, data in files]
    return await client.post(f"/projects/{slug}/items/new/pictures", data=values, files=form, follow_redirects=False)


async def test_chosen_pictures_become_items_that_the_page_shows(db, as_role):
    slug = await make_project(db, picture_kind())
    manager = await as_role("manager")
    form = await manager.get(f"/projects/{slug}/items/new")
    assert 'name="pictures"' in form.text
    assert "Prompts, one a line" not in form.text
    answer = await add(manager, slug, [("one.png", picture_bytes()), ("two.jpg", picture_bytes(form="JPEG"))])
    assert answer.status_code == 303, answer.text
    items = (await manager.get(f"/api/v1/projects/{slug}/items")).json()["items"]
    assert sorted(item["summary"] for item in items) == ["one.png", "two.jpg"]
    assert {(item["wanted"], item["brief"]) for item in items} == {(2, "Mark it all")}
    shown = await manager.get(f"/projects/{slug}/items/{items[0]['id']}")
    (address,) = re.findall(r'<img src="(/api/v1/items/[^"]+)"', shown.text)
    picture = await manager.get(address)
    assert picture.headers["content-type"] in {"image/png", "image/jpeg"}
    assert "each trainer prompts the models" not in shown.text


async def test_one_that_is_no_picture_stops_all_and_is_named(db, as_role):
    slug = await make_project(db, picture_kind())
    manager = await as_role("manager")
    await manager.get(f"/projects/{slug}/items/new")
    answer = await add(manager, slug, [("good.png", picture_bytes()), ("evil.svg", b"<svg onload=alert(1)>")])
    assert answer.status_code == 422
    assert "evil.svg: This is no picture that can be shown here." in answer.text
    assert (await manager.get(f"/api/v1/projects/{slug}/items")).json()["items"] == []
    nothing = await add(manager, slug, [("", b"")])
    assert nothing.status_code == 422
    assert "Choose at least one picture." in nothing.text


async def test_a_kind_without_pictures_takes_none(db, as_role):
    from preceptor.kinds.registry import task_kinds

    other = next(key for key in task_kinds() if key != picture_kind())
    slug = await make_project(db, other, "Talk")
    manager = await as_role("manager")
    form = await manager.get(f"/projects/{slug}/items/new")
    assert 'name="pictures"' not in form.text
    answer = await add(manager, slug, [("good.png", picture_bytes())])
    assert answer.status_code == 422
    trainer = await as_role("trainer")
    await trainer.get("/work")
    assert (await add(trainer, slug, [("good.png", picture_bytes())])).status_code == 403


async def test_pictures_are_fetched_from_where_the_operator_allows(db, as_role, settings, app, tmp_path):
    import msgspec

    folder = tmp_path / "bucket"
    folder.mkdir()
    for shade, name in enumerate(("a.png", "b c.png")):
        (folder / name).write_bytes(picture_bytes(shade=shade))
    slug = await make_project(db, picture_kind())
    manager = await as_role("manager")
    body = {"address": f"file://{folder}/"}
    refused = await manager.post(f"/api/v1/projects/{slug}/assets/fetch", json=body)
    assert (refused.status_code, refused.json()["code"]) == (422, "address_not_allowed")
    form = await manager.get(f"/projects/{slug}/items/new")
    assert 'name="addresses"' not in form.text

    app.state.settings = msgspec.structs.replace(settings, picture_sources=f"file://{folder}")
    form = await manager.get(f"/projects/{slug}/items/new")
    assert 'name="addresses"' in form.text
    kept = await manager.post(f"/api/v1/projects/{slug}/assets/fetch", json=body)
    assert kept.status_code == 201, kept.text
    assert [one["name"] for one in kept.json()] == ["a.png", "b c.png"]
    added = await add(manager, slug, [], addresses=f"file://{folder}/")
    assert added.status_code == 303, added.text
    items = (await manager.get(f"/api/v1/projects/{slug}/items")).json()["items"]
    assert sorted(item["summary"] for item in items) == ["a.png", "b c.png"]
    away = await add(manager, slug, [], addresses="https://elsewhere.example/a.png")
    assert away.status_code == 422
    assert "Nothing may be fetched from this address." in away.text
    trainer = await as_role("trainer")
    assert (await trainer.post(f"/api/v1/projects/{slug}/assets/fetch", json=body)).status_code == 403
