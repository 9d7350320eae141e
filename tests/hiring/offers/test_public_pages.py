"""Offers as a stranger sees them: pages, data for search engines, feeds, the check, and applying."""

import json
import re
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from PIL import Image
from sqlalchemy import text

from preceptor.hiring.operations import add_offer, admit, change_offer, close_offer, publish_offer
from preceptor.hiring.rules import Terms
from preceptor.lib.clock import utc_now
from preceptor.lib.money import Money
from preceptor.people.rules import SYSTEM, ContentCategory, Spoken
from tests.hiring.offers.conftest import TERMS, USA, fields

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NASTY = '</script><script>alert(1)</script> & "quoted" <b>'
PASSWORD = "a password for tests"


async def put_out(db, *, terms=TERMS, **changes) -> str:
    async with db.write() as session:
        made = await add_offer(session, actor=SYSTEM, fields=fields(**changes), terms=terms)
        await publish_offer(session, actor=SYSTEM, number=made.number, now=utc_now())
    return f"/offers/{made.number:04}"


async def test_everybody_sees_the_true_rate(db, client):
    path = await put_out(db)
    await put_out(db, place=USA, rate=Money(2500, "USD"), exam_minutes=45)
    page = await client.get("/offers")
    assert page.status_code == 200
    assert "$17.00 / hour" in page.text
    assert "Catalunya, Spain" in page.text
    assert "$25.00 / hour" in page.text
    one = (await client.get(path)).text
    for words in (
        "$17.00 / hour",
        "You are paid every two weeks.",
        "No identity papers",
        "/offers/check",
        "Aurora Work",
    ):
        assert words in one
    assert "working conditions with anybody" in one
    assert "Do not publish the prompts." in one
    assert "$18.75 for that time" in (await client.get("/offers/0002")).text


async def test_filters_narrow_the_list(db, client):
    await put_out(db)
    await put_out(db, title="Spanish writers", spoken=(Spoken("es", 5),), place=USA)
    for query, seen, unseen in (
        ("language=ca", "Catalan writers", "Spanish writers"),
        ("place=US", "Spanish writers", "Catalan writers"),
        ("place=ES-CT", "Catalan writers", "Spanish writers"),
        ("q=spanish", "Spanish writers", "Catalan writers"),
    ):
        page = (await client.get(f"/offers?{query}")).text
        assert f">{seen}</a>" in page
        assert f">{unseen}</a>" not in page
    assert "No offer like this" in (await client.get("/offers?q=%25%27%22%3Cb%3E")).text
    assert (await client.get("/offers?cursor=nonsense")).status_code == 422


async def test_pages_of_the_list_hold_twenty(db, client):
    for number in range(21):
        await put_out(db, title=f"Offer number {number}")
    page = (await client.get("/offers?language=ca")).text
    assert page.count("<article") == 20
    older = re.search(r'href="(/offers\?[^"]*cursor=[^"]+)"', page)[1].replace("&amp;", "&")
    assert "language=ca" in older
    assert (await client.get(older)).text.count("<article") == 1


async def test_an_offer_that_nobody_published_is_not_there(db, client):
    async with db.write() as session:
        await add_offer(session, actor=SYSTEM, fields=fields(), terms=TERMS)
    for path in ("/offers/0001", "/offers/1", "/offers/9999", "/offers/x", "/offers/99999999999999999999", "/offers/٣"):
        assert (await client.get(path)).status_code == 404, path
        assert (await client.get(f"{path}/apply")).status_code == 404


async def test_a_closed_offer_is_gone_and_says_so_kindly(db, client):
    path = await put_out(db)
    async with db.write() as session:
        await close_offer(session, actor=SYSTEM, number=1, now=utc_now())
    page = await client.get(path)
    assert page.status_code == 410
    assert "This offer is closed" in page.text
    assert "See the open offers" in page.text
    assert "ld+json" not in page.text
    assert (await client.get(f"{path}/apply")).headers["location"] == path


def posting_of(page: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])


async def test_search_engines_read_a_job_posting(db, client):
    closes = utc_now().date() + timedelta(days=30)
    path = await put_out(db, closes_on=closes, summary=NASTY, terms=Terms(f"# Terms\n\n{NASTY}"))
    page = (await client.get(path)).text
    posting = posting_of(page)
    assert posting["@type"] == "JobPosting"
    assert posting["jobLocationType"] == "TELECOMMUTE"
    assert posting["applicantLocationRequirements"] == {"@type": "State", "name": "Catalunya, ES"}
    assert posting["baseSalary"]["currency"] == "USD"
    assert posting["baseSalary"]["value"] == {"@type": "QuantitativeValue", "value": 17.0, "unitText": "HOUR"}
    assert posting["validThrough"] == f"{closes + timedelta(days=1)}T00:00:00-12:00"
    assert posting["employmentType"] == "CONTRACTOR"
    assert posting["identifier"]["value"] == "0001"
    assert posting["url"].endswith("/offers/0001")
    assert "<script" not in posting["description"]
    assert page.count("alert(1)") >= 2
    assert "<script>alert" not in page
    head = page.partition("</head>")[0]
    for name in ("og:title", "og:description", "og:url", "og:type", "og:image"):
        assert f'property="{name}"' in head
    assert '<link rel="canonical"' in head
    assert 'hreflang="ca"' in head
    assert "unsafe-inline" not in (await client.get(path)).headers["content-security-policy"]


async def test_a_picture_stands_for_an_offer_where_it_is_shared(db, client):
    path = await put_out(db, title=f"Catalan writers {NASTY} {'and more ' * 5}")
    (address,) = re.findall(r'property="og:image" content="([^"]+)"', (await client.get(path)).text)
    card = urlsplit(address)
    assert card.path == f"{path}/card.png"
    seen = set()
    for query in (card.query, "lang=ca"):
        answer = await client.get(f"{card.path}?{query}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
        assert "public" in answer.headers["cache-control"]
        with Image.open(BytesIO(answer.content)) as picture:
            assert (picture.format, picture.size) == ("PNG", (1200, 630))
            assert len(picture.getcolors(100_000)) > 50, "something is written on it"
        seen.add(answer.content)
    async with db.write() as session:
        await close_offer(session, actor=SYSTEM, number=1, now=utc_now())
    seen.add((await client.get(card.path)).content)
    assert len(seen) == 3, "it speaks the reader's language, and says when the offer is closed"
    assert (await client.get("/offers/0999/card.png")).status_code == 404


async def test_money_without_decimals_is_told_as_it_is(db, client):
    yen = posting_of((await client.get(await put_out(db, rate=Money(2600, "JPY")))).text)
    dinar = posting_of((await client.get(await put_out(db, rate=Money(5250, "KWD")))).text)
    assert yen["baseSalary"]["value"]["value"] == 2600
    assert Decimal(str(dinar["baseSalary"]["value"]["value"])) == Decimal("5.25")


async def test_programs_gather_the_offers(db, client):
    path = await put_out(db, summary=f"{NASTY}\x0b", terms=Terms(NASTY))
    await put_out(db, place=USA)
    async with db.write() as session:
        await close_offer(session, actor=SYSTEM, number=2, now=utc_now())
    sitemap = await client.get("/sitemap.xml")
    assert sitemap.headers["content-type"].startswith("application/xml")
    found = [url.find(f"{SITEMAP}loc").text for url in ET.fromstring(sitemap.content).findall(f"{SITEMAP}url")]
    assert [one.partition("8080")[2] for one in found] == ["/offers", "/offers/check", path]
    robots = (await client.get("/robots.txt")).text
    assert re.search(r"^Sitemap: http://\S+/sitemap\.xml$", robots, re.MULTILINE)
    assert "Disallow: /\n" in robots
    feed = ET.fromstring((await client.get("/offers.xml")).content)
    jobs = feed.findall("job")
    assert (feed.tag, len(jobs)) == ("source", 1)
    told = {part.tag: part.text for part in jobs[0]}
    assert (told["referencenumber"], told["country"], told["state"]) == ("0001", "ES", "Catalunya")
    assert told["salary"] == "$17.00 per hour"
    assert told["url"].endswith(path)
    assert "<script" not in told["description"]


async def test_anybody_checks_whether_a_message_is_genuine(db, client):
    await put_out(db)
    await put_out(db)
    async with db.write() as session:
        await close_offer(session, actor=SYSTEM, number=2, now=utc_now())
        await add_offer(session, actor=SYSTEM, fields=fields())
    await client.get("/offers/check")
    token = {"csrf_token": client.cookies["csrftoken"]}
    for pasted, words in (
        ("0001", "Genuine."),
        ("Hello! Offer 0002 waits for you", "Closed."),
        ("0003", "Unknown."),
        ("9999", "Unknown."),
        ("https://evil.example/offers/0001", "Leads elsewhere."),
        ("hello", "Nothing to check."),
        ("<script>alert(1)</script>", "Nothing to check."),
    ):
        answer = await client.post("/offers/check", data={"text": pasted, **token})
        assert answer.status_code == 200
        assert words in answer.text, pasted
        assert "<script>alert" not in answer.text
    assert "Genuine." in (await client.get("/offers/check?number=0001")).text


async def test_public_pages_speak_catalan(db, client):
    path = await put_out(db)
    page = await client.get(f"{path}?lang=ca")
    assert '<html lang="ca"' in page.text
    assert "Sol·licita" in page.text
    assert "Cap document d’identitat" in page.text
    assert "language=ca" in page.headers["set-cookie"]
    assert "Ofertes" in (await client.get("/offers")).text
    client.cookies.clear()
    assert "Ofertes" in (await client.get("/offers", headers={"accept-language": "ca-ES,es;q=0.8"})).text
    client.cookies.clear()
    assert '<html lang="en"' in (await client.get("/offers?lang=<b>")).text


async def form_of(client, path: str, **changes: str) -> dict[str, str]:
    await client.get(path)
    values = {
        "csrf_token": client.cookies["csrftoken"],
        "name": "Núria Puig",
        "email": "nuria@example.org",
        "country": "ES",
        "region": "CT",
        "spoken.0.language": "ca",
        "spoken.0.level": "5",
        "spoken.1.language": "",
        "spoken.1.level": "",
        "why": "I write.",
        "website": "",
    }
    return {**values, **changes}


async def link_in_mail(db) -> str:
    async with db.read() as session:
        return await session.scalar(text("SELECT link FROM notification WHERE secret ORDER BY id DESC"))


async def test_a_stranger_applies_and_is_signed_in_by_the_mails_link(db, client, make_person):
    path = await put_out(db, categories=(ContentCategory.HATE,), skills=("Poetry",))
    form = await form_of(client, f"{path}/apply", skills="Poetry", consents="hate", more_skills="verse, prose")
    sent = await client.post(f"{path}/apply", data=form)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{path}/applied")
    assert "Look into your mail" in (await client.get(f"{path}/applied")).text
    link = await link_in_mail(db)
    assert "Núria Puig" in (await client.get(link)).text
    token = {"csrf_token": form["csrf_token"]}
    assert (await client.post(link, data={**token, "password": "short"})).status_code == 422
    shown = {"email": "nuria@example.org"}  # for password managers
    joined = await client.post(link, data={**token, **shown, "password": PASSWORD})
    assert joined.status_code == 303
    mine = joined.headers["location"]
    page = await client.get(mine)
    assert "Received" in page.text
    assert "Poetry, prose, verse" in page.text
    assert (await client.get(link)).status_code == 410
    assert mine.rpartition("/")[2] in (await client.get("/applications")).text
    assert (await client.get(f"{path}/apply")).headers["location"] == mine
    async with db.write() as session:
        await admit(session, actor=SYSTEM, application_id=mine.rpartition("/")[2], now=utc_now())
    offered = (await client.get(mine)).text
    digest = re.search(r'name="digest" value="(\w{64})"', offered)[1]
    accepted = await client.post(f"{mine}/accept", data={**token, "digest": digest, "agreed": "true"})
    engagement = accepted.headers["location"]
    assert engagement.startswith("/engagements/")
    assert "holds now" in (await client.get(engagement)).text
    file = await client.get(f"{engagement}/terms.md")
    assert "attachment" in file.headers["content-disposition"]
    assert "**Rate per hour**: $17.00" in file.text
    assert digest in file.text
    stranger = await make_person("trainer")
    assert stranger


async def test_what_somebody_else_applied_for_is_not_there(db, client, as_role):
    path = await put_out(db)
    trainer = await as_role("trainer")
    made = await trainer.post(
        f"{path}/apply",
        data={"country": "ES", "region": "CT", "spoken.0.language": "ca", "spoken.0.level": "5"},
    )
    mine = made.headers["location"]
    other = await as_role("trainer")
    for address in (mine, f"{mine}/withdraw"):
        method = other.get if address == mine else other.post
        assert (await method(address)).status_code == 404
    assert (await client.get(mine)).status_code == 401
    assert (await trainer.post(f"{mine}/withdraw")).status_code == 303
    assert "Withdrawn" in (await trainer.get(mine)).text


async def test_programs_that_fill_in_everything_are_thanked_and_forgotten(db, client):
    path = await put_out(db)
    form = await form_of(client, f"{path}/apply", website="https://spam.example")
    sent = await client.post(f"{path}/apply", data=form)
    assert sent.headers["location"] == f"{path}/applied"
    async with db.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM person")) == 0
        assert await session.scalar(text("SELECT count(*) FROM notification")) == 0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"email": "nobody"}, "not an e-mail address"),
        ({"name": ""}, "Give a name"),
        ({"country": ""}, "in which country"),
        ({"country": "US", "region": ""}, "people in another place"),
        ({"country": "<b>"}, "Choose a country"),
        ({"spoken.0.level": "99"}, "at least one language"),
        ({"spoken.0.language": "<script>"}, "Choose a language"),
        ({"why": "x" * 2001}, "at most 2000"),
        ({"spoken.0": "x"}, "not known here"),
    ],
)
async def test_a_form_that_comes_back_says_what_to_do(db, client, changes, words):
    path = await put_out(db)
    answer = await client.post(f"{path}/apply", data=await form_of(client, f"{path}/apply", **changes))
    assert answer.status_code == 422
    assert words in answer.text
    assert "<script>" not in answer.text.partition("<main")[2].replace("<script type", "")


async def test_nobody_sends_thousands_of_forms(db, client):
    path = await put_out(db)
    for _turn in range(3):
        assert (await client.post(f"{path}/apply", data=await form_of(client, f"{path}/apply"))).status_code == 303
    refused = await client.post(f"{path}/apply", data=await form_of(client, f"{path}/apply"))
    assert refused.status_code == 429
    assert "Too many applications" in refused.text
    assert "Núria Puig" in refused.text


async def test_nobody_agrees_to_terms_they_have_not_seen(db, client, as_role):
    path = await put_out(db)
    trainer = await as_role("trainer")
    made = await trainer.post(
        f"{path}/apply", data={"country": "ES", "region": "CT", "spoken.0.language": "ca", "spoken.0.level": "5"}
    )
    mine = made.headers["location"]
    async with db.write() as session:
        await admit(session, actor=SYSTEM, application_id=mine.rpartition("/")[2], now=utc_now())
    digest = re.search(r'name="digest" value="(\w{64})"', (await trainer.get(mine)).text)[1]
    unread = await trainer.post(f"{mine}/accept", data={"digest": digest})
    assert unread.headers["location"] == mine
    async with db.write() as session:
        await change_offer(session, actor=SYSTEM, number=1, fields=fields(), terms=Terms("Another text."))
    stale = await trainer.post(f"{mine}/accept", data={"digest": digest, "agreed": "true"})
    assert stale.status_code == 409
    assert "The terms have changed" in stale.text


async def test_the_regions_of_a_country_are_a_part_of_the_form(client):
    assert "Catalunya" in (await client.get("/offers/regions?country=ES")).text
    assert 'type="hidden"' in (await client.get("/offers/regions?country=%3Cb%3E")).text


async def test_a_form_of_ten_thousand_rows_is_answered_with_few(db, client):
    path = await put_out(db)
    rows = {f"spoken.{number}.language": f"x-{number}" for number in range(10_000)}
    answer = await client.post(f"{path}/apply", data=await form_of(client, f"{path}/apply", **rows))
    assert answer.status_code == 422
    assert len(answer.content) < 1_000_000
