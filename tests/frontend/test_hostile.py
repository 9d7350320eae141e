"""Model output is hostile: it is text, whatever it looks like."""

import pytest
from playwright.sync_api import expect

from .conftest import Mock, PageOpener

pytestmark = pytest.mark.browser

ALLOWED = {
    *(
        "a",
        "blockquote",
        "br",
        "button",
        "code",
        "del",
        "div",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "li",
        "ol",
    ),
    *("p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    *(
        "annotation",
        "math",
        "menclose",
        "merror",
        "mfrac",
        "mi",
        "mn",
        "mo",
        "mover",
        "mpadded",
        "mrow",
        "mspace",
        "msqrt",
    ),
    *("mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "semantics"),
    *("line", "path", "svg"),
}


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("phone", [False, True])
def test_nothing_in_a_response_runs_or_looks_like_the_page(
    mock: Mock, open_page: PageOpener, streamed: bool, phone: bool
):
    requested: list[str] = []
    page = open_page("given-1", phone=phone)
    page.on("request", lambda request: requested.append(request.url))
    mock.switch(token=1)
    page.goto(f"{mock.url}/work/{'hostile-1' if not streamed else 'hostile-9'}")
    page.wait_for_selector("rich-text")
    expect(page.locator("rich-text").nth(3)).to_contain_text("Injected")
    page.wait_for_timeout(600)
    assert page.evaluate("window.pwned") is None
    found = page.evaluate(
        "[...document.querySelectorAll('rich-text *')].map((element) => element.tagName.toLowerCase())"
    )
    assert set(found) <= ALLOWED, set(found) - ALLOWED
    handlers = page.evaluate(
        "[...document.querySelectorAll('rich-text *')].flatMap((e) => [...e.attributes].map((a) => a.name))"
        ".filter((name) => name.startsWith('on') || name === 'srcdoc' || name === 'id' || name === 'name')"
    )
    assert handlers == []
    links = page.evaluate("[...document.querySelectorAll('rich-text a')].map((a) => [a.href, a.rel, a.target])")
    assert links
    for href, rel, target in links:
        assert href.startswith("https://")
        assert "noopener" in rel
        assert target == "_blank"
    classes = page.evaluate("[...document.querySelectorAll('rich-text h1, rich-text p')].map((e) => e.className)")
    assert not any(classes)
    assert all(url.startswith(mock.url) for url in requested)
    # One long word and characters that turn the direction stay in their card.
    assert page.evaluate("document.documentElement.scrollWidth") == page.evaluate("innerWidth")
    expect(page.get_by_role("article", name="Response 2")).to_be_attached()


def test_a_hostile_prompt_is_text(open_page: PageOpener, mock: Mock):
    mock.switch(token=1)
    page = open_page("free-1")
    prompt = "<img src=x onerror='window.pwned=1'><script>window.pwned=2</script>"
    page.get_by_role("textbox", name="Your prompt").fill(prompt)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".said.prompt .words")).to_have_text(prompt)
    assert page.evaluate("window.pwned") is None


def test_a_hostile_ideal_is_text_in_preview_and_changes(open_page: PageOpener):
    page = open_page("given-1")
    page.get_by_role("textbox", name="Ideal response").fill("<img src=x onerror='window.pwned=1'> <b>x</b>")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="as it will be read")).to_contain_text("<img src=x")
    page.get_by_role("button", name="Changes to 1").click()
    expect(page.get_by_role("region", name="Changes")).to_contain_text("<b>x</b>")
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("&eacute; &#233; &notit; &bogus; &amp;lt;", "é é &notit; &bogus; &lt;"),
        ("$5 and $6 are prices", "$5 and $6 are prices"),
        (r"\(x^2\)", "x^2"),
        ("![a](https://tracker.example/p.png)", "!a"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
    ],
)
def test_markdown(open_page: PageOpener, source: str, expected: str):
    page = open_page("given-1")
    shown = page.evaluate(
        """async (source) => {
            const { renderMarkdown } = await import("@preceptor/ui");
            return renderMarkdown(source).textContent.trim();
        }""",
        source,
    )
    assert shown == expected
