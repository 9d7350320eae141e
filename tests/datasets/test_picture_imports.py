"""Pictures through the whole house: from an archive into the queue and finished work, and out again in a release."""

import zipfile
from uuid import UUID

import pytest
from sqlalchemy import func, select

from preceptor.datasets.matching import best_kind, first_contents, make_project
from preceptor.datasets.queries import list_import_problems
from preceptor.datasets.rules import ImportOptions
from preceptor.people import SYSTEM
from preceptor.projects.queries import project_terms
from preceptor.work.queries.assets import asset_key
from preceptor.work.tables import Asset, Assignment, Slot
from tests.datasets.pictures import labelled, packed, packed_folder, read
from tests.work.conftest import World
from tests.work.pictures import picture_bytes, picture_kind


@pytest.fixture
def project_for(db):
    """Make a project for an archive, as the command does."""

    async def make(path, form, slug="cells"):
        contents = first_contents(path=path, format=form, options=ImportOptions(), file_name=path.name)
        assert best_kind(contents) == picture_kind()
        async with db.write() as session:
            await make_project(session, actor=SYSTEM, slug=slug, contents=contents)
        async with db.read() as session:
            return World(terms=await project_terms(session, slug=slug), team_id=UUID(int=0), item_ids=[])

    return make


async def counted(db, column, *conditions):
    async with db.read() as session:
        return dict(list(await session.execute(select(column, func.count()).where(*conditions).group_by(column))))


async def test_real_annotations_are_finished_work_and_come_out_again(
    imports, releases, project_for, db, data, tmp_path, as_role
):
    path = packed_folder(data / "images" / "bccd_voc", tmp_path / "bccd.zip")
    world = await project_for(path, "voc")
    done = await imports.do(world, path.read_bytes(), "voc")
    assert (done.state, done.items_added, done.answers_added, done.problems) == ("done", 12, 12, 0)
    assert await counted(db, Slot.state, Slot.project_id == world.terms.id) == {"done": 12}
    accepted = {"accepted": 12}
    assert await counted(db, Assignment.state, Assignment.project_id == world.terms.id) == accepted
    async with db.read() as session:
        kept = list(await session.scalars(select(Asset).where(Asset.project_id == world.terms.id)))
    assert len(kept) == 12
    for one in kept:
        assert imports.storage.path(asset_key(one.sha256)).stat().st_size == one.bytes

    again = await imports.do(world, path.read_bytes(), "voc")
    assert (again.items_added, again.answers_added) == (0, 0)

    manager = await as_role("manager")
    for item in (await manager.get(f"/api/v1/projects/{world.terms.slug}/items")).json()["items"][:2]:
        content = (await manager.get(f"/api/v1/projects/{world.terms.slug}/items/{item['id']}")).json()["content"]
        picture = await manager.get(f"/api/v1/items/{item['id']}/assets/{content['file']['sha256']}")
        assert picture.content == (data / "images" / "bccd_voc" / content["file"]["name"]).read_bytes()

    release = await releases.write(await releases.freeze(world, formats=("coco", "voc", "yolo")))
    assert release.summary.state == "done", release
    folder = releases.storage.root / f"releases/{release.summary.id}"
    before = {one.file.name: one for one in labelled(read("voc", path, imports.storage)[0])}
    for name in ("coco", "voc", "yolo"):
        rows, problems = read(name, folder / name / f"{name}.zip", imports.storage)
        assert problems == []
        found = {one.file.name: one for one in labelled(rows)}
        assert set(found) == set(before)
        for one in found.values():
            assert [shape.label for shape in one.shapes] == [shape.label for shape in before[one.file.name].shapes]
    with zipfile.ZipFile(folder / "voc" / "voc.zip") as archive:
        assert "Annotations/BloodImage_00000.xml" in archive.namelist()


async def test_pictures_to_be_labelled_are_open_and_bad_ones_are_told(imports, project_for, db, tmp_path):
    path = tmp_path / "pictures.zip"
    path.write_bytes(packed({"a.png": picture_bytes(), "b.png": b"<svg/>", "c.jpg": picture_bytes(form="JPEG")}))
    world = await project_for(path, "images")
    done = await imports.do(world, path.read_bytes(), "images")
    assert (done.state, done.items_added, done.answers_added, done.problems) == ("done", 2, 0, 1)
    assert await counted(db, Slot.state, Slot.project_id == world.terms.id) == {"open": 2}
    async with db.read() as session:
        (problem,) = (await list_import_problems(session, actor=SYSTEM, import_id=done.id)).rows
    assert (problem.line, problem.left_out) == (2, True)
    assert problem.message.startswith("b.png: This is no picture")
