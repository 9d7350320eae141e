"""Pictures of items: what is let in, who comes to see it, and with which headers."""

import struct
import zlib
from hashlib import sha256
from io import BytesIO

import httpx
import pytest

from preceptor.lib.money import Money
from preceptor.lib.pictures import MOST_PIXELS, NotAPictureError, PictureTooLargeError, picture_facts
from preceptor.people.rules import SYSTEM
from preceptor.projects import operations as projects
from preceptor.projects.queries import project_terms
from preceptor.projects.rules import ProjectRules
from preceptor.work.attaching import clean_file_name
from tests.work.pictures import picture_bytes, picture_kind


@pytest.fixture
async def project(db, team_id):
    async with db.write() as session:
        client_id = await projects.add_client_organisation(session, actor=SYSTEM, name="Streets")
    made = []
    for title in ("Crossings", "Elsewhere"):
        async with db.write() as session:
            one = await projects.add_project(
                session,
                actor=SYSTEM,
                client_id=client_id,
                title=title,
                kind=picture_kind(),
                rate=Money(3600, "EUR"),
                guidelines="# Look closely",
                rules=ProjectRules(),
                team_ids=[team_id],
            )
            await (await session.driver()).execute("UPDATE project SET state = 'open' WHERE slug = %s", (one.slug,))
        async with db.read() as session:
            made.append(await project_terms(session, slug=one.slug))
    return made[0], made[1], client_id


async def upload(client: httpx.AsyncClient, slug: str, data: bytes, name: str = "a.png") -> httpx.Response:
    return await client.post(
        f"/api/v1/projects/{slug}/assets",
        params={"name": name},
        content=data,
        headers={"content-type": "application/octet-stream"},
    )


async def add_item(client: httpx.AsyncClient, slug: str, **content: object) -> httpx.Response:
    return await client.post(f"/api/v1/projects/{slug}/items", json={"items": [{"content": content}]})


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp"), ("GIF", "image/gif"), ("BMP", "image/bmp")],
)
def test_the_formats_that_browsers_show_are_let_in(form, media_type):
    facts = picture_facts(picture_bytes(320, 240, form=form))
    assert (facts.media_type, facts.width, facts.height) == (media_type, 320, 240)


def test_a_turned_photograph_has_the_size_it_is_shown_with():
    from PIL import Image

    turned = Image.Exif()
    turned[0x0112] = 6
    facts = picture_facts(picture_bytes(320, 240, form="JPEG", exif=turned))
    assert (facts.width, facts.height) == (240, 320)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<html><script>alert(1)</script></html>",
        b"GIF89a<script>alert(1)</script>",
        b"%PDF-1.4",
        picture_bytes()[:400],
        picture_bytes(form="JPEG")[:900],
        picture_bytes(form="TIFF"),
    ],
    ids=["empty", "text", "svg", "html", "half a gif", "pdf", "cut png", "cut jpeg", "tiff"],
)
def test_everything_else_is_refused(data):
    with pytest.raises(NotAPictureError):
        picture_facts(data)


def bomb(width: int, height: int) -> bytes:
    """A small PNG that would unfold into width × height pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((width + 7) // 8 + 1) * min(height, 100), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [MOST_PIXELS // 1_000 + 1, 12_000, 30_000])
def test_bombs_are_refused_before_they_unfold(side):
    with pytest.raises(PictureTooLargeError):
        picture_facts(bomb(side, max(1_000, side)))


def test_names_lead_nowhere_else():
    assert clean_file_name("../../etc/passwd") == "etc/passwd"
    assert clean_file_name("C:\\pictures\\a\x00b\n.png") == "C:/pictures/ab.png"
    assert clean_file_name("//") == "picture"
    assert len(clean_file_name("x" * 5_000)) == 400


async def test_a_picture_goes_from_its_upload_into_an_item_and_back_out(project, as_role):
    terms, *_rest = project
    manager = await as_role("manager")
    data = picture_bytes(64, 48)
    answer = await upload(manager, terms.slug, data, "street/one.png")
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert file == {
        "sha256": sha256(data).hexdigest(),
        "name": "street/one.png",
        "media_type": "image/png",
        "width": 64,
        "height": 48,
    }
    again = await upload(manager, terms.slug, data, "another name.png")
    assert again.json()["sha256"] == file["sha256"]

    added = await add_item(manager, terms.slug, file=file)
    assert added.status_code == 201, added.text
    (item_id,) = added.json()["ids"]
    address = f"/api/v1/items/{item_id}/assets/{file['sha256']}"
    got = await manager.get(address)
    assert got.status_code == 200
    assert got.content == data
    assert got.headers["content-type"] == "image/png"
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert got.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
    unchanged = await manager.get(address, headers={"if-none-match": got.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")


async def test_where_and_by_whom_a_photograph_was_taken_is_not_kept(project, db, as_role):
    from PIL import Image

    terms, *_rest = project
    manager = await as_role("manager")
    told = Image.Exif()
    told[0x0112] = 6  # to be turned by a quarter
    told[0x013B] = "Ms Duarte"
    data = picture_bytes(64, 48, form="JPEG", exif=told)
    file = (await upload(manager, terms.slug, data, "phone.jpg")).json()
    assert (file["width"], file["height"]) == (48, 64)
    assert file["sha256"] != sha256(data).hexdigest()
    (item_id,) = (await add_item(manager, terms.slug, file=file)).json()["ids"]
    got = await manager.get(f"/api/v1/items/{item_id}/assets/{file['sha256']}")
    assert sha256(got.content).hexdigest() == file["sha256"]
    assert b"Duarte" not in got.content
    with Image.open(BytesIO(got.content)) as picture:
        assert picture.size == (48, 64)
        assert not picture.getexif()
    plain = (await upload(manager, terms.slug, picture_bytes(), "plain.png")).json()
    async with db.hot() as driver:
        query = "SELECT sha256, original_sha256 FROM asset WHERE sha256 = ANY(%s)"
        rows = await (await driver.execute(query, ([file["sha256"], plain["sha256"]],))).fetchall()
    assert dict(rows) == {file["sha256"]: sha256(data).hexdigest(), plain["sha256"]: None}
    # The same photograph again is the same file.
    assert (await upload(manager, terms.slug, data, "again.jpg")).json()["sha256"] == file["sha256"]


async def test_only_those_see_it_who_see_the_item(project, db, as_role, team_id, client):
    terms, _elsewhere, client_id = project
    manager = await as_role("manager")
    file = (await upload(manager, terms.slug, picture_bytes())).json()
    (item_id,) = (await add_item(manager, terms.slug, file=file)).json()["ids"]
    address = f"/api/v1/items/{item_id}/assets/{file['sha256']}"

    async def asked_by(one: httpx.AsyncClient) -> int:
        return (await one.get(address)).status_code

    trainer = await as_role("trainer", team=team_id)
    assert await asked_by(trainer) == 404
    claimed = await trainer.post(f"/api/v1/projects/{terms.slug}/claim", json={})
    assert claimed.status_code == 201, claimed.text
    assert claimed.json()["item"]["content"]["file"] == file
    assert await asked_by(trainer) == 200
    assert await asked_by(await as_role("trainer", team=team_id)) == 404
    assert await asked_by(await as_role("reviewer")) == 200
    assert await asked_by(await as_role("client", client=client_id)) == 200
    async with db.write() as session:
        other = await projects.add_client_organisation(session, actor=SYSTEM, name="Others")
    assert await asked_by(await as_role("client", client=other)) == 404
    assert await asked_by(await as_role("operator")) == 404
    assert await asked_by(client) == 401


async def test_nobody_sees_another_projects_picture_by_its_hash(project, as_role):
    terms, elsewhere, _client = project
    manager = await as_role("manager")
    theirs = (await upload(manager, elsewhere.slug, picture_bytes(shade=10))).json()
    ours = (await upload(manager, terms.slug, picture_bytes(shade=90))).json()
    refused = await add_item(manager, terms.slug, file=theirs)
    assert refused.status_code == 422
    assert refused.json()["fields"][0]["path"] == "items.0.content"
    assert "Upload it first" in refused.json()["fields"][0]["message"]
    lying = await add_item(manager, terms.slug, file=ours | {"width": 5_000})
    assert "320 × 240" in lying.json()["fields"][0]["message"]
    (item_id,) = (await add_item(manager, terms.slug, file=ours)).json()["ids"]
    assert (await manager.get(f"/api/v1/items/{item_id}/assets/{theirs['sha256']}")).status_code == 404
    assert (await manager.get(f"/api/v1/items/{item_id}/assets/{'z' * 64}")).status_code == 422


async def test_what_is_no_picture_and_whoever_may_not_are_turned_away(project, as_role, team_id):
    terms, *_rest = project
    manager = await as_role("manager")
    wrong = await upload(manager, terms.slug, b"<svg onload=alert(1)>")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "not_a_picture")
    large = await upload(manager, terms.slug, bomb(12_000, 12_000))
    assert (large.status_code, large.json()["code"]) == (413, "picture_too_large")
    for role in ("trainer", "reviewer", "client"):
        assert (await upload(await as_role(role, team=team_id), terms.slug, picture_bytes())).status_code in {403, 404}
