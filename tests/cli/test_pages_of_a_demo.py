"""Pages of the demo, as links lead to them: each opens, at a cost that does not grow with what is on it."""

import re
from collections import Counter
from html import unescape

import psycopg
import pytest
from litestar.routes import HTTPRoute

from preceptor.cli.demo_house import ACCOUNTS, PASSWORD

MOST_ALIKE = 6
"""How often one page may send the same statement. A list that looks something up row by row sends it more often."""
ONE_BY_ONE = {
    "/projects/{slug:str}/moving": "asks for each of at most 200 people which work they may take, when a project ends"
}
"""Pages that may send a statement more often, and why."""
LINK = re.compile(r'\shref="(/[^"#]*)')
BEYOND = ("/static/", "/language", "/api/", "/sign-out")
"""Addresses that are not pages of the person who is signed in."""


@pytest.fixture
def settings(demo):
    """The application is the demo's."""
    return demo


@pytest.fixture
def statements(monkeypatch):
    """Every statement that is sent, newest last."""
    sent = []
    send = psycopg.AsyncCursor.execute

    async def execute(cursor, query, *args, **options):
        sent.append(str(query))
        return await send(cursor, query, *args, **options)

    monkeypatch.setattr(psycopg.AsyncCursor, "execute", execute)
    return sent


def shapes(app):
    """The addresses there are, with what matches one; those with the fewest gaps first."""
    paths = {route.path for route in app.routes if isinstance(route, HTTPRoute)}
    ordered = sorted(paths, key=lambda path: (path.count("{"), path))
    return {path: re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path) + "$") for path in ordered}


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.role)
async def test_whatever_is_linked_opens_and_costs_little(app, open_client, statements, account):
    client = await open_client()
    await client.get("/sign-in")
    client.headers["X-CSRF-Token"] = client.cookies["csrftoken"]
    given = {"email": account.email, "password": PASSWORD}
    assert (await client.post("/api/v1/session", json=given)).status_code == 201
    known, opened = shapes(app), set()
    waiting, closed, dear = [("/", "the start")], [], []
    while waiting:
        path, where = waiting.pop(0)
        shape = next((name for name, pattern in known.items() if pattern.match(path.split("?")[0])), path)
        if shape in opened or path.startswith(BEYOND):
            continue
        opened.add(shape)
        statements.clear()
        answer = await client.get(path, follow_redirects=True)
        if answer.status_code != 200:
            closed.append((answer.status_code, path, where))
        if shape not in ONE_BY_ONE:
            dear += [(count, path, text) for text, count in Counter(statements).items() if count > MOST_ALIKE]
        if answer.headers.get("content-type", "").startswith("text/html"):
            waiting += [(unescape(link), path) for link in LINK.findall(answer.text)]
    assert len(opened) > 10
    assert not closed, closed
    assert not dear, dear
