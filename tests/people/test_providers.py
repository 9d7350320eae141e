"""Signing in through an identity provider: a real one (oidc-provider), in a process of its own."""

import base64
import json
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import msgspec
import pytest

from preceptor.lib.clock import utc_now
from preceptor.people import SYSTEM, ProviderSettings, Role
from preceptor.people.operations import save_provider
from preceptor.people.operations.confirming import ask_to_confirm, begin_account
from preceptor.people.operations.notices import Told
from preceptor.people.queries import access_person, list_providers
from preceptor.people.rules import claimed, domain_fits, mapped_roles, mapped_teams, provider_problems
from tests.conftest import PASSWORD
from tests.lib.mail_server import free_port
from tests.people.signing import email_of, mails, post, set_up_app

BASE = "http://127.0.0.1:8080"
SECRET = "a secret between the two"


@pytest.fixture(scope="module")
def issuer():
    node = shutil.which("node")
    if node is None or not (Path(__file__).parents[2] / "frontend/node_modules/oidc-provider").exists():
        pytest.skip("needs Node.js and the frontend's packages")
    port = free_port()
    script = Path(__file__).with_name("oidc_provider.mjs")
    command = [node, script, str(port), f"{BASE}/sign-in/with/lab/back", f"{BASE}/sign-in"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as running:
        assert running.stdout.readline() == "ready\n"
        yield f"http://127.0.0.1:{port}"
        running.terminate()


def lab(issuer, **changed) -> ProviderSettings:
    values = {"slug": "lab", "name": "Aurora Lab", "issuer": issuer, "client_id": "preceptor"}
    return ProviderSettings(**(values | changed))


@pytest.fixture
def set_up(db, app, issuer):
    async def make(**changed) -> UUID:
        async with db.write() as session:
            return await save_provider(
                session,
                actor=SYSTEM,
                settings=lab(issuer, **changed),
                secret=SECRET,
                sealer=app.state.provider_sealer,
            )

    return make


def account(**claims) -> str:
    """The login that makes the provider claim this."""
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


async def vouched(address: str, login: str) -> str:
    """What a browser does at the provider: sign in, agree. Answers the path that it sends the browser back to."""
    async with httpx.AsyncClient() as browser:
        answer = await browser.get(address)
        for _turn in range(12):
            while answer.is_redirect:
                place = answer.headers["location"]
                if place.startswith(BASE):
                    return place.removeprefix(BASE)
                answer = await browser.get(str(answer.url.join(place)))
            assert answer.status_code == 200, answer.text
            prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)[1]
            action = re.search(r'action="([^"]+)"', answer.text)[1]
            form = {"prompt": prompt, "login": login, "password": "x"}
            answer = await browser.post(str(answer.url.join(action)), data=form)
        raise AssertionError("the provider does not let go")


async def through(client, login: str, query: str = ""):
    """Sign in through the provider; answers the last answer of ours."""
    answer = await client.get(f"/sign-in/with/lab{query}")
    assert answer.status_code == 303, answer.text
    return await client.get(await vouched(answer.headers["location"], login))


async def test_the_button_leads_there_with_pkce_state_and_nonce(client, set_up, issuer):
    await set_up()
    assert "Sign in with Aurora Lab" in (await client.get("/sign-in")).text
    answer = await client.get("/sign-in/with/lab")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert asked["response_type"] == "code"
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    assert asked["state"] not in answer.headers["set-cookie"]
    assert "HttpOnly" in answer.headers["set-cookie"]


async def test_a_new_person_gets_an_account_with_roles_and_teams(client, set_up, db, team_id):
    await set_up(
        makes_accounts=True,
        default_roles=(Role.TRAINER,),
        scopes="openid email profile groups",
        role_claim="groups",
        role_map={"leads": Role.REVIEWER, "bosses": Role.MANAGER},
        team_claim="groups",
        team_map={"writers": team_id},
        domains=("aurora.example",),
    )
    login = account(email="Mia@Aurora.example", email_verified=True, name="Mia", groups=["leads", "writers"])
    answer = await through(client, login, "?next=/my-work")
    assert (answer.status_code, answer.headers["location"]) == (303, "/my-work"), answer.text
    me = (await client.get("/api/v1/me")).json()
    assert (me["name"], me["roles"]) == ("Mia", ["reviewer", "trainer"])
    async with db.read() as session:
        person = await access_person(session, actor=SYSTEM, person_id=UUID(me["person_id"]))
    assert (person.email, len(person.team_names)) == ("mia@aurora.example", 1)
    assert "through Aurora Lab" in (await client.get("/account/sessions")).text
    # Signing out offers to sign out there as well.
    left = await post(client, "/sign-out")
    assert left.headers["location"] == "/sign-in?left=lab"
    assert "Sign out there too" in (await client.get("/sign-in?left=lab")).text
    there = await client.get("/sign-out/lab")
    assert "/session/end?client_id=preceptor" in there.headers["location"]


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": "mia@aurora.example", "email_verified": False}, "verified"),
        ({"email_verified": True}, "verified"),
        ({"email": "mia@elsewhere.example", "email_verified": True}, "not one of those"),
    ],
)
async def test_who_may_not_come_in(client, set_up, claims, why):
    domains = ("aurora.example",) if "elsewhere" in claims.get("email", "") else ()
    await set_up(makes_accounts=True, default_roles=(Role.TRAINER,), domains=domains)
    answer = await through(client, account(**claims))
    assert answer.headers["location"] == "/sign-in"
    assert why in (await client.get("/sign-in")).text
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_without_an_account_nobody_comes_in_where_none_are_made(client, set_up):
    await set_up()
    await through(client, account(email="mia@aurora.example", email_verified=True))
    assert "Ask for an invitation" in (await client.get("/sign-in")).text


async def test_an_account_with_a_password_is_asked_for_it_once(client, open_client, set_up, make_person, db, settings):
    await set_up()
    person = await make_person("trainer")
    login = account(email=await email_of(db, person), email_verified=True)
    answer = await through(client, login)
    assert answer.headers["location"] == "/sign-in/step"
    assert "Give its password this once" in (await client.get("/sign-in/step")).text
    assert (await client.get("/api/v1/me")).status_code == 401
    assert (await post(client, "/sign-in/step", answer="not it at all")).status_code == 422
    assert (await post(client, "/sign-in/step", answer=PASSWORD)).headers["location"] == "/"
    assert (await client.get("/api/v1/me")).json()["name"] == person.name
    again = await open_client()
    assert (await through(again, login)).headers["location"] == "/"
    assert any("Another way to sign in" in mail["Subject"] for mail in await mails(db, settings))


@pytest.mark.parametrize(("trusted", "place"), [(False, "/sign-in/step"), (True, "/")])
async def test_a_second_factor_is_asked_for_unless_the_provider_does(as_role, open_client, set_up, db, trusted, place):
    await set_up(asks_second_factor=trusted)
    mine = await as_role("trainer")
    app, _codes = await set_up_app(mine)
    other = await open_client()
    await through(other, account(email=await email_of(db, mine.actor), email_verified=True))
    answer = await post(other, "/sign-in/step", answer=PASSWORD)
    assert answer.headers["location"] == place
    if not trusted:
        assert (await post(other, "/sign-in/step", answer=app.code())).headers["location"] == "/"
    assert (await other.get("/api/v1/me")).status_code == 200


async def test_another_browser_cannot_use_the_answer(client, open_client, set_up):
    await set_up(makes_accounts=True, default_roles=(Role.TRAINER,))
    begun = await client.get("/sign-in/with/lab")
    back = await vouched(begun.headers["location"], account(email="mia@aurora.example", email_verified=True))
    thief = await open_client()
    assert (await thief.get(back)).headers["location"] == "/sign-in"
    assert (await thief.get("/api/v1/me")).status_code == 401
    assert (await client.get(back.replace("state=", "state=x"))).headers["location"] == "/sign-in"
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_a_code_works_once(client, set_up):
    await set_up(makes_accounts=True, default_roles=(Role.TRAINER,))
    begun = await client.get("/sign-in/with/lab")
    carried = client.cookies["provider"]
    back = await vouched(begun.headers["location"], account(email="mia@aurora.example", email_verified=True))
    assert (await client.get(back)).headers["location"] == "/"
    client.cookies.clear()
    client.cookies.set("provider", carried, domain="testserver.local", path="/sign-in/with")
    assert (await client.get(back)).headers["location"] == "/sign-in"
    assert (await client.get("/api/v1/me")).status_code == 401


async def test_a_wrong_secret_lets_nobody_in(client, db, app, issuer):
    async with db.write() as session:
        await save_provider(
            session,
            actor=SYSTEM,
            settings=lab(issuer, makes_accounts=True, default_roles=(Role.TRAINER,)),
            secret="another",
            sealer=app.state.provider_sealer,
        )
    await through(client, account(email="mia@aurora.example", email_verified=True))
    assert "does not answer as it should" in (await client.get("/sign-in")).text


async def test_operators_set_them_up_by_form(as_role, issuer, db):
    mine = await as_role("operator")
    form = {"name": "Aurora", "slug": "aurora", "issuer": issuer, "client_id": "preceptor", "secret": SECRET}
    form |= {"scopes": "openid email", "is_on": "on", "role_claim": "groups", "role_map": "bosses = manager"}
    assert (await post(mine, "/providers/new", **form)).headers["location"] == "/providers"
    async with db.read() as session:
        (made,) = await list_providers(session, actor=SYSTEM)
    assert made.settings.role_map == {"bosses": Role.MANAGER}
    page = await mine.get(f"/providers/{made.id}")
    assert "It answers as it should" in page.text
    assert SECRET not in page.text
    wrong = await post(
        mine, f"/providers/{made.id}", **(form | {"role_map": "bosses = king", "issuer": "http://x.org"})
    )
    assert wrong.status_code == 422
    assert "There is no role king" in wrong.text
    manager = await as_role("manager")
    assert (await manager.get("/providers")).status_code == 403


def test_rules_of_claims():
    values = {"groups": ["a", 1, "b"], "realm_access": {"roles": ["c"]}, "one": "d", "x.y": ["e"]}
    assert claimed(values, "groups") == {"a", "b"}
    assert claimed(values, "realm_access.roles") == {"c"}
    assert claimed(values, "one") == {"d"}
    assert claimed(values, "x.y") == {"e"}
    assert claimed(values, "none.at.all") == set()
    mapping = {"a": "manager", "z": "reviewer"}
    assert mapped_roles(values, claim="groups", mapping=mapping, held={"operator", "reviewer"}) == {
        "operator",
        "manager",
    }
    assert mapped_roles(values, claim="", mapping={}, held={"trainer"}) == {"trainer"}
    assert mapped_teams(values, claim="groups", mapping={"a": "1", "z": "2"}) == ({"1"}, {"2"})
    assert domain_fits("a@b.org", ())
    assert domain_fits("a@b.org", ("b.org",))
    assert not domain_fits("a@evil-b.org", ("b.org",))
    assert not domain_fits("a@x.b.org", ("b.org",))


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"slug": "Has Blanks"}, "slug"),
        ({"issuer": "http://login.example.org"}, "issuer"),
        ({"issuer": "https://login.example.org?x=1"}, "issuer"),
        ({"scopes": "email"}, "scopes"),
        ({"domains": ("not a domain",)}, "domains"),
        ({"makes_accounts": True}, "default_roles"),
        ({"role_claim": "groups"}, "role_claim"),
    ],
)
def test_settings_that_make_no_sense(changed, path):
    settings = msgspec.structs.replace(lab("https://login.example.org"), **changed)
    assert [problem.path for problem in provider_problems(settings)] == [path]


async def test_an_account_begun_with_somebodys_address_keeps_them_out_of_nothing(client, set_up, db):
    async with db.write() as session:
        begun = await begin_account(session, email="mia@aurora.example", name="Mallory")
        await ask_to_confirm(
            session,
            person_id=begun.person_id,
            kind="application.confirm",
            text=lambda: Told("Confirm", "Follow this link."),
            path="/apply/confirm",
            now=utc_now(),
        )
    await set_up(makes_accounts=True, default_roles=(Role.TRAINER,))
    answer = await through(client, account(email="mia@aurora.example", email_verified=True, name="Mia"))
    assert answer.headers["location"] == "/"
    me = (await client.get("/api/v1/me")).json()
    assert (me["name"], me["person_id"]) == ("Mia", str(begun.person_id))
