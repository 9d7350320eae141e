"""Tabs lead nobody to pages that they may not open."""

import re

import pytest


@pytest.mark.parametrize(
    ("role", "path"),
    [("operator", "/people"), ("manager", "/people"), ("manager", "/reviews"), ("reviewer", "/reviews")],
)
async def test_every_tab_opens(as_role, role, path):
    client = await as_role(role)
    tabs = re.search(r'<nav class="tabs".*?</nav>', (await client.get(path)).text, re.DOTALL)[0]
    links = re.findall(r'href="([^"]+)"', tabs)
    assert len(links) > 1
    assert {link: (await client.get(link)).status_code for link in links} == dict.fromkeys(links, 200)
