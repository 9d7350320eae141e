"""A report comes in by the API; a trainer judges it, marks it and takes a name out; what is released is redacted."""

import re

import pytest
from playwright.sync_api import Page, expect

from preceptor.client import Preceptor, PreceptorProblem
from preceptor.lib.ids import new_id
from tests.journey.steps import (
    choose,
    expect_accepted,
    expect_saved,
    hand_in,
    look,
    make_project,
    open_project,
    release_rows,
    sign_in,
    start_review,
    start_work,
    try_out,
)

pytestmark = [pytest.mark.browser, pytest.mark.kill]

SECRETS = ("leo.brandt@example.org", "+34 600 123 456", "Carla Ruiz")
MESSAGES = [
    {"role": "user", "content": "My neighbour Carla Ruiz is loud. Write to me at leo.brandt@example.org."},
    {"role": "assistant", "content": "Talk to her at a calm moment."},
    {"role": "user", "content": "How do I get back at her?"},
    {"role": "assistant", "content": "Call her a filthy pig, and post her number, +34 600 123 456, everywhere."},
]


def send_reports(house, slug: str) -> None:
    """A mild one first, and then the grave one; the grave one twice, and once without consent."""
    address = f"http://127.0.0.1:{house.port}"
    with Preceptor.sign_in(url=address, email="manager@demo.example", password="preceptor demo") as product:
        mild = [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Good bye."}]
        product.projects.send_report(slug=slug, key="mild", messages=mild, consent=True, severity="low")
        grave = {
            "slug": slug,
            "key": "grave",
            "messages": MESSAGES,
            "reason": "It bullies.",
            "categories": ["offensive"],
        }
        with pytest.raises(PreceptorProblem, match="no_consent"):
            product.projects.send_report(**grave, consent=False)
        sent = [product.projects.send_report(**grave, consent=True, source={"app": "4.2"}) for _time in range(2)]
        assert sent[0] == sent[1]


def say_yes(page: Page) -> None:
    """To what the grave one was reported as: nobody gets it who has not."""
    page.goto("/account/work")
    for name in ("Harassment and bullying", "Hate against groups of people"):
        page.get_by_label(name).check()
    page.get_by_role("button", name="Save what I say yes to").click()
    page.wait_for_load_state()


def text_of(page: Page, number: int):
    return page.locator("spans-text").nth(number - 1)


def choose_words(page: Page, number: int, words: str, *, phone: bool) -> None:
    """By double click and drag with the mouse; on a phone as the browser's own handles would select."""
    place = text_of(page, number).locator(".words")
    place.scroll_into_view_if_needed()
    script = """(element, words) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.data.indexOf(words);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + words.length);
        const box = range.getBoundingClientRect();
        return [box.left + 1, box.right - 1, box.top + box.height / 2, node === null];
      }
    }"""
    if phone:
        place.evaluate(
            script.replace(
                "const box =", "getSelection().removeAllRanges(); getSelection().addRange(range); const box ="
            ),
            words,
        )
        page.wait_for_timeout(200)
        return
    left, right, middle, _none = place.evaluate(script, words)
    page.mouse.move(left, middle)
    page.mouse.down()
    page.mouse.move((left + right) / 2, middle, steps=4)
    page.mouse.move(right, middle, steps=4)
    page.mouse.up()


def heard(page: Page) -> str:
    """All that a screen reader finds on the page, as the browser itself tells it."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return "\n".join(str(node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"])


def judge(page: Page, *, phone: bool) -> None:
    """Reads what is announced, asks for the texts, marks an insult and a name, and says how bad it is."""
    report = page.get_by_role("region", name="The report")
    expect(report).to_contain_text("Offensive")
    expect(report).to_contain_text("hard to bear")
    # Blurred, and not there for a screen reader or the keyboard.
    assert "neighbour" not in heard(page)
    look(page)
    if phone:
        page.get_by_role("button", name="Show the texts").last.tap()
    else:
        page.keyboard.press("v")
    expect(page.locator(".veiled[inert]")).to_have_count(0)
    assert "neighbour" in heard(page)
    expect(text_of(page, 1)).to_contain_text("[EMAIL]")
    for secret in SECRETS[:2]:
        expect(page.get_by_text(secret)).to_have_count(0)
    page.wait_for_timeout(400)

    choose_words(page, 4, "filthy pig", phone=phone)
    press = "tap" if phone else "click"
    getattr(page.locator(".palette [data-label=offensive]"), press)()
    expect(page.locator("spans-field .found li")).to_have_count(1)
    if phone:
        choose_words(page, 1, "Carla Ruiz", phone=True)
        page.locator(".palette [data-label=name]").tap()
    else:
        # By keyboard: to the third word, one more with it, and the letter of names.
        text_of(page, 1).locator(".words").focus()
        for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowRight", "n"):
            page.keyboard.press(key)
    expect(page.locator("spans-field .found li")).to_have_count(2)
    expect(page.locator("spans-field .found")).to_contain_text("Carla Ruiz")

    worst = page.get_by_role("radiogroup", name=re.compile("Verdict on 4"))
    if phone:
        worst.get_by_label("The worst").tap()
        page.get_by_role("button", name="All others are fine").tap()
        page.get_by_label("Yes, there is a problem").tap()
    else:
        for key in ("k", "k", "k", "1", "1", "2", "3", "Shift+1"):
            page.keyboard.press(key)
        expect(page.get_by_role("radiogroup", name=re.compile("Verdict on 3")).get_by_label("Problem")).to_be_checked()
    expect(worst.get_by_label("The worst")).to_be_checked()
    expect(page.get_by_label("Yes, there is a problem")).to_be_checked()
    # The category that words were marked as is ticked already.
    what = page.get_by_role("group", name="What is wrong?")
    expect(what.get_by_label("Offensive")).to_be_checked()
    page.locator(".submit").click()  # how bad it is, is still to be said
    expect(page.locator(".flash, .toast, [role=status]").filter(has_text="how bad").first).to_be_visible()
    choose(page.get_by_role("radiogroup", name="How bad is it?").get_by_label("High"))
    page.get_by_role("textbox", name="Why this verdict?").fill("It insults, says leo.brandt@example.org.")


def expect_warning_first(page: Page) -> None:
    """The report, with what may be hard to bear, stands whole on the first screen, above the bar and before any text."""
    report = page.get_by_role("region", name="The report")
    expect(report).to_be_in_viewport(ratio=1)
    page.wait_for_timeout(300)  # nothing scrolls it away afterwards
    assert page.evaluate("scrollY") == 0
    covered = """element => {
      const box = element.getBoundingClientRect();
      const top = document.elementFromPoint(box.left + box.width / 2, box.bottom - 4);
      return !element.contains(top);
    }"""
    assert not report.evaluate(covered), "something lies on the warning"
    assert report.bounding_box()["y"] < page.locator("spans-text").first.bounding_box()["y"]


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_from_report_to_redacted_release(browser, house, phone):
    title = f"Reports {new_id().hex[-6:]}"
    manager = sign_in(browser, house, "manager", phone=phone)
    slug = make_project(manager, title, kind="review_conversation")
    open_project(manager, slug)
    expect(
        try_out(manager, slug, "review-conversation-widget").get_by_role("region", name="The report")
    ).to_be_visible()
    send_reports(house, slug)
    manager.goto(f"/projects/{slug}/items")
    rows = manager.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(3)
    look(manager)
    for secret in SECRETS:
        assert secret not in manager.content()
    manager.get_by_role("link", name=re.compile("offensive")).click()
    expect(manager.get_by_text("Private data was replaced here")).to_be_visible()
    look(manager)
    assert SECRETS[0] not in manager.content()
    manager.get_by_role("button", name="Read the original").first.click()
    manager.get_by_role("dialog").get_by_role("button", name="Read the original").click()
    expect(manager.get_by_text("has been written down")).to_be_visible()
    assert SECRETS[0] in manager.content()
    look(manager)

    trainer = sign_in(browser, house, "trainer", phone=phone)
    say_yes(trainer)
    assignment = start_work(trainer, title)
    judge(trainer, phone=phone)
    expect_saved(trainer)
    look(trainer)
    trainer.reload()
    expect(trainer.get_by_role("button", name="Show the texts").first).to_be_visible()
    expect_warning_first(trainer)
    expect(trainer.get_by_role("textbox", name="Why this verdict?")).to_have_value(re.compile("It insults"))
    hand_in(trainer)

    reviewer = sign_in(browser, house, "reviewer", phone=phone)
    start_review(reviewer, slug)
    reviewer.get_by_role("button", name="Show the texts").first.click()
    expect(reviewer.locator("spans-field .found li")).to_have_count(2)
    expect(reviewer.get_by_label("High")).to_be_checked()
    assert SECRETS[0] not in reviewer.locator("review-conversation-widget .veiled").inner_text()
    expect(reviewer.get_by_text("My neighbour █████ ████ is loud.")).to_be_visible()
    assert "Carla" not in reviewer.content()
    look(reviewer)
    reviewer.get_by_role("button", name=re.compile("^Accept")).first.click()
    expect_accepted(trainer, assignment)

    [triaged] = release_rows(manager, slug, "triage/train.jsonl")
    assert [message["content"] for message in triaged["messages"]] == [
        "My neighbour [NAME] is loud. Write to me at [EMAIL].",
        "Talk to her at a calm moment.",
        "How do I get back at her?",
        "Call her a filthy pig, and post her number, [PHONE], everywhere.",
    ]
    assert (triaged["verdict"], triaged["severity"], triaged["categories"]) == ("confirmed", "high", ["offensive"])
    assert triaged["message_verdicts"][3] == "worst"
    assert [(one["message"], one["label"]) for one in triaged["redactions"]] == [
        (0, "name"),
        (0, "email"),
        (3, "phone"),
    ]
    [problem] = triaged["problems"]
    assert triaged["messages"][3]["content"][problem["start"] : problem["end"]] == "filthy pig"
    assert triaged["note"] == "It insults, says [EMAIL]."

    labels = release_rows(manager, slug, "trl-unpaired/train.jsonl")
    assert [(row["completion"][0]["content"][:8], row["label"]) for row in labels] == [
        ("Talk to ", True),
        ("Call her", False),
    ]
    assert labels[1]["prompt"][0]["content"].startswith("My neighbour [NAME]")
    assert not any(secret in str([triaged, labels]) for secret in SECRETS)
