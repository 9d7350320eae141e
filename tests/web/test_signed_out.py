"""A page that asks to sign in leads back to where somebody was, also where they had sent a form."""

import re

import pytest


def way_back(page: str) -> str:
    return re.search(r'href="/sign-in\?next=([^"]*)">Sign in</a>\s', page)[1]


@pytest.mark.parametrize(
    ("before", "back"),
    [
        ("http://testserver.local/account/data?x=1", "/account/data%3Fx%3D1"),
        ("http://elsewhere.example/account/data", "/"),
        ("", "/"),
    ],
)
async def test_after_a_form_it_is_the_page_of_the_form(client, before, back):
    await client.get("/sign-in")
    sent = {"wish": "My name is written otherwise.", "csrf_token": client.cookies["csrftoken"]}
    answer = await client.post(
        "/account/data/correction", data=sent, headers={"referer": before, "accept": "text/html"}
    )
    assert answer.status_code == 401
    assert way_back(answer.text) == back
    assert "What you had typed is kept" in answer.text


async def test_after_a_page_it_is_that_page(client):
    answer = await client.get("/account/data", headers={"accept": "text/html"})
    assert answer.status_code == 401
    assert way_back(answer.text) == "/account/data"
    assert "What you had typed is kept" not in answer.text
