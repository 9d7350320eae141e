"""Files attached to a case: by the person concerned, and until their appeal by whoever announced it; bounded, read by
those who may read the case, and erasable."""

import pytest

from preceptor.datasets.operations import erase_person
from preceptor.hiring.jobs import delete_erased_case_files
from preceptor.hiring.operations import CaseClosedError, appeal_case, attach_case_file, withdraw_case
from preceptor.hiring.queries import NoSuchCaseError
from preceptor.hiring.queries.case_files import NoSuchCaseFileError, access_case_file, case_file_key, case_files
from preceptor.hiring.rules.case_files import MOST_FILE_BYTES, clean_file_name, kind_of_file
from preceptor.lib.errors import InvalidError
from preceptor.lib.storage import storage_of
from preceptor.people.tables import Person
from tests.cases.conftest import NOTICE, WORDS, court  # noqa: F401 (a fixture)

PDF = b"%PDF-1.7\n<script>alert(1)</script>"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
async def case_id(court):  # noqa: F811 (the fixture)
    return await court.open()


@pytest.fixture
def enter(court, make_person, signed_in):  # noqa: F811 (the fixture)
    """Sign in as somebody of the court, who has no password of their own."""

    async def do(actor):
        other = await make_person("trainer")
        async with court.db.write() as session:
            row, known = await session.get_one(Person, actor.person_id), await session.get_one(Person, other.person_id)
            row.password_hash, row.email = known.password_hash, f"{row.pseudonym}@example.org"
        return await signed_in(actor)

    return do


@pytest.fixture
def attach(court, case_id, settings):  # noqa: F811 (the fixture)
    async def do(data=PDF, name="proof.pdf", actor=None, case=None):
        given = {"actor": actor or court.trainer, "case_id": case or case_id, "name": name, "data": data}
        given["now"] = court.now
        async with court.db.write() as session:
            return await attach_case_file(session, **given, storage=storage_of(settings))

    return do


async def test_the_person_attaches_and_those_who_decide_read(court, case_id, attach, enter):  # noqa: F811
    file_id = await attach()
    assert await attach() == file_id, "the same file again is the same"
    address = f"/account/cases/{case_id}/files/{file_id}"
    for actor in (court.trainer, court.manager, court.other):
        client = await enter(actor)
        for path in (address, f"/api/v1/cases/{case_id}/files/{file_id}"):
            answer = await client.get(path)
            assert (answer.status_code, answer.content) == (200, PDF)
            assert answer.headers["content-disposition"].startswith("attachment;")
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in answer.headers["content-security-policy"]
            assert "no-store" in answer.headers["cache-control"]
        listed = (await client.get(f"/api/v1/cases/{case_id}/files")).json()
        assert [(one["name"], one["media_type"]) for one in listed] == [("proof.pdf", "application/pdf")]
    stranger = await enter(await court.bench.person("trainer"))
    for path in (address, f"/api/v1/cases/{case_id}/files", f"/api/v1/cases/{case_id}/files/{file_id}"):
        assert (await stranger.get(path)).status_code == 404
    assert "proof.pdf" in (await (await enter(court.other)).get(f"/cases/{case_id}")).text


async def test_whoever_announced_attaches_until_the_appeal_and_the_person_is_told(court, case_id, attach, enter):  # noqa: F811
    theirs = await attach(b"The log of that night.", "log.txt", actor=court.manager)
    assert await court.notices(court.trainer) == ["case.announced", "case.file"]
    person = await enter(court.trainer)
    page = (await person.get(f"/account/cases/{case_id}")).text
    assert ("log.txt" in page, court.manager.name in page) == (True, True)
    assert (await person.get(f"/account/cases/{case_id}/files/{theirs}")).content == b"The log of that night."
    for number in range(5):  # what one side attaches takes nothing from the other
        await attach(PDF + b"%d" % number)
    assert await court.notices(court.trainer) == ["case.announced", "case.file"], "nobody is told of their own"
    listed = (await person.get(f"/api/v1/cases/{case_id}/files")).json()
    assert [one["by_person"] for one in listed] == [False, *[True] * 5]

    manager = await enter(court.manager)
    address = f"/cases/{case_id}"
    assert "Attach a file" in (await manager.get(address)).text
    refused = await manager.post(f"{address}/files", files={"file": ("x.exe", b"MZ\x00", "image/png")})
    assert (refused.status_code, "Attach a PDF" in refused.text) == (422, True)
    sent = await manager.post(f"{address}/files", files={"file": ("b.txt", b"b", "text/plain")}, follow_redirects=True)
    assert "b.txt" in sent.text
    async with court.db.write() as session:
        given = {"actor": court.trainer, "case_id": case_id, "words": WORDS, "now": court.now}
        await appeal_case(session, **given, within=NOTICE)
    assert "Attach a file" not in (await manager.get(address)).text
    assert (await manager.post(f"{address}/files", files={"file": ("c.txt", b"c")})).status_code == 409
    assert "Attach a file" in (await person.get(f"/account/cases/{case_id}")).text
    async with court.db.write() as session:
        (await session.get_one(Person, court.manager.person_id)).roles = ["trainer"]
    with pytest.raises(NoSuchCaseError):
        await attach(b"d", actor=await court.seen_as(court.manager))


async def test_nobody_else_attaches_and_nothing_after_the_end(court, case_id, attach):  # noqa: F811
    for actor in (court.other, court.operator, await court.bench.person("trainer")):
        with pytest.raises(NoSuchCaseError):
            await attach(actor=actor)
    async with court.db.write() as session:
        await withdraw_case(session, actor=court.manager, case_id=case_id, words=WORDS, now=court.now)
    for actor in (court.trainer, court.manager):
        with pytest.raises(CaseClosedError):
            await attach(actor=actor)


async def test_five_files_of_known_kinds(attach):
    for number in range(5):
        await attach(PDF + b"%d" % number)
    with pytest.raises(InvalidError) as refused:
        await attach(PDF + b"6")
    assert "5 files" in str(refused.value.fields[0].message)


@pytest.mark.parametrize(
    "data", [b"", b"MZ\x90\x00", b"\x00\x01", b"PK\x03\x04\xff", PDF + b"x" * MOST_FILE_BYTES, b"\xff\xfe\x00"]
)
def test_other_kinds_and_large_ones_are_refused(data):
    with pytest.raises(InvalidError):
        kind_of_file(data)


def test_a_kind_is_what_a_file_holds():
    kinds = {PDF: "application/pdf", PNG: "image/png", b"RIFF1234WEBP": "image/webp"}
    assert {data: kind_of_file(data) for data in kinds} == kinds
    assert kind_of_file("<html>Això és text.\n".encode()) == "text/plain"
    assert clean_file_name("..\\..\\a/b\x00c\u202e.pdf") == "bc.pdf"
    assert clean_file_name("/") == "file"


async def test_the_page_takes_one_and_says_why_not(court, case_id, enter):  # noqa: F811
    client = await enter(court.trainer)
    address = f"/account/cases/{case_id}"
    assert "Attach a file" in (await client.get(address)).text
    sent = {"file": ("letter.txt", "Això és meu.".encode(), "text/html")}
    answer = await client.post(f"{address}/files", files=sent, follow_redirects=True)
    assert "letter.txt" in answer.text
    refused = await client.post(f"{address}/files", files={"file": ("x.exe", b"MZ\x00", "image/png")})
    assert refused.status_code == 422
    assert "Attach a PDF" in refused.text
    api = await client.post(f"/api/v1/cases/{case_id}/files?name=a.pdf", content=PDF)
    assert api.status_code == 201
    large = await client.post(f"/api/v1/cases/{case_id}/files", content=PDF + b"x" * MOST_FILE_BYTES)
    assert large.status_code == 413


async def test_erasure_takes_name_and_bytes(court, case_id, attach, settings):  # noqa: F811
    """Those of whoever announced it too: they are about the person. Nobody who leaves takes records of others along."""
    ids = [await attach(name="Núria.pdf"), await attach(b"About them.", "Núria.txt", actor=court.manager)]
    paths = [storage_of(settings).path(case_file_key(case_id=case_id, file_id=one)) for one in ids]
    async with court.db.write() as session:
        await erase_person(session, person_id=court.manager.person_id, with_texts=True, now=court.now)
    await delete_erased_case_files(court.db, settings, subject_id=str(court.manager.person_id))
    assert [path.is_file() for path in paths] == [True, True]
    async with court.db.write() as session:
        await erase_person(session, person_id=court.trainer.person_id, with_texts=True, now=court.now)
    await delete_erased_case_files(court.db, settings, subject_id=str(court.trainer.person_id))
    assert [path.exists() for path in paths] == [False, False]
    async with court.db.read() as session:
        assert [one.name for one in await case_files(session, case_id=case_id)] == ["", ""]
        asked = {"actor": court.other, "case_id": case_id, "now": court.now, "storage": storage_of(settings)}
        for file_id in ids:
            with pytest.raises(NoSuchCaseFileError):
                await access_case_file(session, **asked, file_id=file_id)
