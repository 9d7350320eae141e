"""Tasks of Label Studio with pictures through the whole house: from a release into another project, and from the web."""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from uuid import UUID

import msgspec
import pytest

from preceptor.datasets import jobs
from preceptor.datasets.importing import preview, run_import
from preceptor.datasets.matching import first_contents, make_project
from preceptor.datasets.queries import list_import_problems
from preceptor.datasets.rules import ImportOptions
from preceptor.kinds.registry import task_kind
from preceptor.people import SYSTEM
from preceptor.projects.queries import project_terms
from tests.datasets.pictures import labelled, packed_folder, read
from tests.datasets.test_label_studio_pictures import BOX, near, packed_tasks, task
from tests.work.conftest import World
from tests.work.pictures import picture_bytes, picture_kind

ZIP = "label-studio/label-studio.zip"


@pytest.fixture
def project_for(db):
    async def make(path, form, slug, kind=None):
        contents = first_contents(path=path, format=form, options=ImportOptions(), file_name=path.name)
        async with db.write() as session:
            await make_project(session, actor=SYSTEM, slug=slug, contents=contents, kind=kind)
        async with db.read() as session:
            return World(terms=await project_terms(session, slug=slug), team_id=UUID(int=0), item_ids=[])

    return make


async def test_a_release_of_pictures_is_imported_again(imports, releases, project_for, data, tmp_path):
    voc = packed_folder(data / "images" / "bccd_voc", tmp_path / "bccd.zip")
    world = await project_for(voc, "voc", "cells")
    await imports.do(world, voc.read_bytes(), "voc")
    release = await releases.write(await releases.freeze(world, formats=("label-studio",)))
    assert release.summary.state == "done", release
    path = releases.storage.root / f"releases/{release.summary.id}" / ZIP
    with zipfile.ZipFile(path) as archive:
        tasks = json.loads(archive.read("train.json"))
    assert len(tasks) == 12
    assert tasks[0]["data"]["image"].startswith("pictures/BloodImage_")

    again = await project_for(path, "label-studio", "cells-again")
    assert again.terms.kind == picture_kind()
    done = await imports.do(again, path.read_bytes(), "label-studio")
    assert (done.state, done.items_added, done.answers_added, done.problems) == ("done", 12, 12, 0)
    repeated = await imports.do(again, path.read_bytes(), "label-studio")
    assert (repeated.items_added, repeated.answers_added, repeated.duplicates) == (0, 0, 12)

    second = await releases.write(await releases.freeze(again, formats=("voc",)))
    out = releases.storage.root / f"releases/{second.summary.id}" / "voc/voc.zip"
    before = {one.file.name: one for one in labelled(read("voc", voc, imports.storage)[0])}
    after = {one.file.name: one for one in labelled(read("voc", out, imports.storage)[0])}
    assert set(before) == set(after)
    for name, one in before.items():
        assert [shape.label for shape in one.shapes] == [shape.label for shape in after[name].shapes]
        near([one], [after[name]], 0.5)


@contextmanager
def served(folder) -> Iterator[tuple[str, list[str]]]:
    """A web server of a folder's files, and the paths that were asked for."""
    asked: list[str] = []

    class Quiet(SimpleHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            super().do_GET()

        def log_message(self, *_args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.enable_socket
async def test_pictures_at_addresses_come_from_where_the_operator_allows(imports, project_for, db, tmp_path):
    folder = tmp_path / "served"
    (folder / "street").mkdir(parents=True)
    (folder / "street" / "a b.png").write_bytes(picture_bytes())
    (folder / "secret.png").write_bytes(picture_bytes(shade=7))
    with served(folder) as (address, asked):
        tasks = [
            task(f"{address}/street/a%20b.png", BOX),
            task(f"{address}/secret.png", BOX),
            task(f"{address}/street/../secret.png", BOX),
            task(f"{address}/street/missing.png", BOX),
        ]
        path = packed_tasks(tmp_path, tasks[:1])
        world = await project_for(path, "label-studio", "streets", kind=picture_kind())
        allowed = f"{address}/street/"
        lines = json.dumps(tasks).replace(' {"data"', '\n{"data"')
        import_id = await imports.request(world, lines, "label-studio")
        # By the child of the worker, which is what the page and the API have done.
        allowing = msgspec.structs.replace(imports.settings, picture_sources=allowed)
        await jobs.run_import(imports.db, allowing, subject_id=str(import_id))
        assert [one.split("/")[-1] for one in asked] == ["a%20b.png", "missing.png"]

        again = await imports.request(world, lines, "label-studio")
        await run_import(db, imports.storage, import_id=again)
        assert len(asked) == 2  # nothing is fetched where nothing is allowed
    (item,) = await imports.items(world)
    assert item.content["file"]["name"] == "a b.png"
    async with db.read() as session:
        told_ = (await list_import_problems(session, actor=SYSTEM, import_id=import_id)).rows
        later = (await list_import_problems(session, actor=SYSTEM, import_id=again)).rows
    assert [(one.line, one.left_out) for one in told_] == [(2, True), (3, True), (4, True)]
    assert "PRECEPTOR_PICTURE_SOURCES" in told_[0].message
    assert "could not be fetched" in told_[2].message
    assert len(later) == 4


async def test_a_json_without_its_pictures_says_what_to_do(imports, project_for, db, tmp_path):
    tasks = [task("pictures/a.png", BOX)]
    world = await project_for(packed_tasks(tmp_path, [task("a.png", BOX)]), "label-studio", "streets")
    import_id = await imports.request(world, json.dumps(tasks), "label-studio")
    await run_import(db, imports.storage, import_id=import_id)
    async with db.read() as session:
        (problem,) = (await list_import_problems(session, actor=SYSTEM, import_id=import_id)).rows
    assert problem.left_out
    assert "“pictures/a.png” is not in this file. Import the folder" in problem.message
    assert await imports.items(world) == []


async def test_the_first_rows_are_shown_with_their_pictures(imports, project_for, tmp_path):
    path = packed_tasks(tmp_path, [task("a.png", BOX)])
    world = await project_for(path, "label-studio", "streets")
    key = (await imports.storage.save("imports/x", _chunks(path.read_bytes()), limit=1 << 30)).key
    (row,) = await preview(
        imports.storage,
        key=key,
        format="label-studio",
        terms=world.terms,
        form=msgspec.to_builtins(task_kind(world.terms.kind).default_settings()),
        options=ImportOptions(),
    )
    assert (row.summary, row.judged, row.problem) == ("a.png", True, "")


async def _chunks(data):
    yield data
