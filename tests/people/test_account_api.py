"""What programs can do about an account: factors, languages, consents; and, for operators, identity providers."""

import pytest
from sqlalchemy import select, update

from preceptor.lib.clock import utc_now
from preceptor.people import SYSTEM, ContentCategory, Place, Spoken
from preceptor.people.operations.profile import set_place_and_languages
from preceptor.people.tables import ContentConsent, IdentityProvider, Passkey, WebSession
from tests.conftest import PASSWORD
from tests.people.signing import App, email_of

ISSUER = "https://login.example.org"


async def set_up(client) -> tuple[App, list[str]]:
    key = (await client.post("/api/v1/factors/app")).json()
    assert key["key"] in key["address"]
    app = App(key["key"])
    answer = await client.post("/api/v1/factors/app/confirm", json={"code": app.code()})
    assert answer.status_code == 200, answer.text
    return app, answer.json()["recovery_codes"]


async def test_an_app_is_set_up_used_and_removed(as_role, open_client, signed_in, db):
    mine = await as_role("manager")
    elsewhere = await signed_in(mine.actor)
    before = mine.cookies["session"]
    none = (await mine.get("/api/v1/factors")).json()
    assert (none["has_password"], none["passkeys"], none["code_app_since"], none["recovery_left"]) == (
        True,
        [],
        None,
        0,
    )
    assert (await mine.post("/api/v1/factors/app/confirm", json={"code": "000000"})).status_code == 422
    first = (await mine.post("/api/v1/factors/app")).json()
    assert (await mine.post("/api/v1/factors/app")).json() == first, "the phone may have it already"
    app, codes = await set_up(mine)
    assert len(codes) == 10
    assert mine.cookies["session"] != before
    assert (await elsewhere.get("/api/v1/me")).status_code == 401
    assert (await mine.post("/api/v1/factors/app")).status_code == 409
    found = (await mine.get("/api/v1/factors")).json()
    assert (found["code_app_since"] is not None, found["recovery_left"]) == (True, 10)

    other = await open_client()
    await other.get("/sign-in")
    other.headers["X-CSRF-Token"] = other.cookies["csrftoken"]
    asked = {"email": await email_of(db, mine.actor), "password": PASSWORD}
    assert (await other.post("/api/v1/session", json=asked)).json()["code"] == "second_factor"
    assert (await other.post("/api/v1/session", json=asked | {"code": app.code()})).status_code == 201

    fresh = (await mine.post("/api/v1/factors/recovery-codes")).json()["recovery_codes"]
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    left = await mine.delete("/api/v1/factors/app")
    assert (left.status_code, left.json()["code_app_since"], left.json()["recovery_left"]) == (200, None, 0)
    assert (await mine.get("/api/v1/me")).status_code == 200
    assert (await mine.post("/api/v1/factors/recovery-codes")).status_code == 409


async def test_passkeys_are_listed_and_removed_by_their_owner_alone(as_role, db):
    mine, other = await as_role("trainer"), await as_role("trainer")
    async with db.write() as session:
        row = Passkey(
            person_id=mine.actor.person_id, credential_id=b"id", public_key=b"key", name="Phone", sign_count=0
        )
        session.add(row)
    (shown,) = (await mine.get("/api/v1/factors")).json()["passkeys"]
    assert (shown["id"], shown["name"]) == (str(row.id), "Phone")
    assert "key" not in shown
    assert (await other.delete(f"/api/v1/factors/passkeys/{row.id}")).json()["passkeys"] == []
    assert len((await mine.get("/api/v1/factors")).json()["passkeys"]) == 1
    assert (await mine.delete(f"/api/v1/factors/passkeys/{row.id}")).json()["passkeys"] == []


async def test_neither_a_token_nor_an_old_session_changes_factors(as_role, open_client, db):
    mine = await as_role("trainer")
    token = (await mine.post("/api/v1/tokens", json={"name": "script", "days": 1})).json()["secret"]
    program = await open_client()
    program.headers["authorization"] = f"Bearer {token}"
    assert (await program.get("/api/v1/factors")).status_code == 200
    async with db.write() as session:
        made = utc_now().replace(year=utc_now().year - 1)
        await session.execute(update(WebSession).where(WebSession.id == mine.actor.session_id).values(created_at=made))
        rows = await session.scalars(select(WebSession).where(WebSession.person_id == mine.actor.person_id))
        for row in rows:
            row.created_at = made
    for client in (program, mine):
        for method, path, body in (
            ("POST", "/factors/app", None),
            ("POST", "/factors/app/confirm", {"code": "123456"}),
            ("DELETE", "/factors/app", None),
            ("DELETE", f"/factors/passkeys/{mine.actor.person_id}", None),
            ("DELETE", f"/factors/identities/{mine.actor.person_id}", None),
            ("POST", "/factors/recovery-codes", None),
        ):
            answer = await client.request(method, f"/api/v1{path}", json=body)
            assert answer.status_code == 403, (path, answer.text)
            assert answer.json()["code"] == "not_fresh", path


async def test_languages_and_consents_are_ones_own(as_role, db, open_client):
    mine = await as_role("trainer")
    async with db.write() as session:
        await set_place_and_languages(
            session,
            actor=SYSTEM,
            person_id=mine.actor.person_id,
            place=Place("ES", "CT"),
            spoken=[Spoken("es", 4)],
        )
    shown = (await mine.get("/api/v1/profile")).json()
    assert shown == {
        "place": {"country": "ES", "region": "CT"},
        "languages": [{"language": "es", "level": 4}],
        "skills": [],
        "consents": [],
        "wellbeing": {"blur": False, "greyscale": False, "break_minutes": None},
    }
    spoken = [{"language": "ca", "level": 5}, {"language": "en-gb", "level": 3}]
    changed = (await mine.put("/api/v1/profile/languages", json={"languages": spoken})).json()
    assert [(one["language"], one["level"]) for one in changed["languages"]] == [("ca", 5), ("en-GB", 3)]
    assert changed["place"] == {"country": "ES", "region": "CT"}, "what one is paid goes by it"
    said = (await mine.put("/api/v1/profile/consents", json={"consents": ["violence", "medical"]})).json()
    assert said["consents"] == ["medical", "violence"]
    assert (await mine.put("/api/v1/profile/consents", json={"consents": ["violence"]})).json()["consents"] == [
        "violence"
    ]
    async with db.read() as session:
        kept = list(await session.scalars(select(ContentConsent.category)))
    assert kept == [ContentCategory.VIOLENCE.value]
    choice = {"blur": True, "greyscale": True, "break_minutes": 30}
    assert (await mine.put("/api/v1/profile/wellbeing", json=choice)).json()["wellbeing"] == choice
    assert (await (await open_client()).get("/api/v1/profile")).status_code == 401


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("languages", {"languages": [{"language": "klingon", "level": 3}]}),
        ("languages", {"languages": [{"language": "ca", "level": 9}]}),
        ("languages", {"languages": [{"language": "ca", "level": 1}] * 200}),
        ("consents", {"consents": ["fun"]}),
        ("consents", {"consents": [], "place": "ES"}),
        ("wellbeing", {"blur": True, "greyscale": False, "break_minutes": -1}),
    ],
)
async def test_what_makes_no_sense_is_refused(as_role, path, body):
    mine = await as_role("trainer")
    answer = await mine.put(f"/api/v1/profile/{path}", json=body)
    assert answer.status_code == 422, answer.text


async def test_operators_keep_providers(as_role, db):
    mine = await as_role("operator")
    body = {
        "slug": "lab",
        "name": "Aurora Lab",
        "issuer": ISSUER,
        "client_id": "preceptor",
        "secret": "a secret that nobody is shown",
        "domains": [" Example.org "],
        "default_roles": ["trainer"],
        "role_map": {"bosses": "manager"},
        "role_claim": "groups",
    }
    made = await mine.post("/api/v1/providers", json=body)
    assert made.status_code == 201, made.text
    where = f"/api/v1/providers/{made.json()['id']}"
    shown = (await mine.get(where)).json()
    assert (shown["has_secret"], shown["people"], shown["settings"]["domains"]) == (True, 0, ["example.org"])
    assert body["secret"] not in (await mine.get("/api/v1/providers")).text
    changed = body | {"name": "Aurora", "secret": "", "is_on": False}
    assert (await mine.put(where, json=changed)).status_code == 204
    (listed,) = (await mine.get("/api/v1/providers")).json()["providers"]
    assert (listed["settings"]["name"], listed["settings"]["is_on"], listed["has_secret"]) == ("Aurora", False, True)
    assert (await mine.post("/api/v1/providers", json=body)).status_code == 422, "the name is taken"
    assert (await mine.put(where, json=body | {"issuer": "http://login.example.org"})).status_code == 422
    assert (
        await mine.post("/api/v1/providers", json=body | {"slug": "b", "role_map": {"x": "king"}})
    ).status_code == 422
    async with db.write() as session:  # nobody listens there
        await session.execute(update(IdentityProvider).values(issuer="http://127.0.0.1:9"))
    told = (await mine.post(f"{where}/check")).json()
    assert (told["answers"], bool(told["reason"])) == (False, True)
    assert (await mine.delete(where)).status_code == 204
    assert (await mine.get(where)).status_code == 404
    assert (await mine.put(where, json=body)).status_code == 404


@pytest.mark.parametrize("role", ["trainer", "reviewer", "manager", "client"])
async def test_nobody_else_sees_or_changes_providers(as_role, role):
    mine = await as_role(role)
    body = {"slug": "lab", "name": "Lab", "issuer": ISSUER, "client_id": "x"}
    nobody = mine.actor.person_id
    for method, path, given in (
        ("GET", "", None),
        ("POST", "", body),
        ("GET", f"/{nobody}", None),
        ("PUT", f"/{nobody}", body),
        ("DELETE", f"/{nobody}", None),
        ("POST", f"/{nobody}/check", None),
    ):
        answer = await mine.request(method, f"/api/v1/providers{path}", json=given)
        assert answer.status_code == 403, (method, path, answer.text)
