"""Exams through their doors: pages, API, and what trainers can never find out."""

import json
from uuid import uuid4

import msgspec
import pytest

from preceptor.hiring.rules import WRITTEN, LevelMarks
from preceptor.people.queries import list_notices
from tests.quality.exams import key_of

SECRET = "The key says so and nothing else does"
LEVELS = (LevelMarks(2, {"ratings": 60, WRITTEN: 50}),)


@pytest.fixture
async def people(make_person, team_id):
    return {
        "manager": await make_person("manager", name="Mora Manager"),
        "trainer": await make_person("trainer", team=team_id),
        "reviewer": await make_person("reviewer", name="Rita Reviewer"),
    }


async def answered(response):
    assert response.status_code < 300, response.text
    return response.json() if response.content else None


async def test_an_exam_over_the_api_from_terms_to_certificate(exams, people, signed_in, db):
    exam = await exams.make(items=2, by_hand=1, levels=LEVELS)
    manager, trainer, reviewer = [await signed_in(people[one]) for one in ("manager", "trainer", "reviewer")]
    terms = await answered(await manager.get(f"/api/v1/projects/{exam.terms.slug}/exam"))
    terms["advice"] = {"ratings": "Read the table again."}
    await answered(await manager.put(f"/api/v1/projects/{exam.terms.slug}/exam", json=terms))
    seen = await answered(await trainer.get(f"/api/v1/exams/{exam.terms.slug}"))
    assert (seen["refusal"], seen["attempts_left"]) == (None, 2)
    sitting = (await answered(await trainer.post(f"/api/v1/exams/{exam.terms.slug}/sittings")))["id"]
    again = await trainer.post(f"/api/v1/exams/{exam.terms.slug}/sittings")
    assert (again.status_code, again.json()["code"]) == (409, "sitting_open")
    for _part in range(2):
        await exams.answer(exam, people["trainer"], ideal="Cold air takes up less room.")
    (part,) = (await answered(await reviewer.get("/api/v1/grading")))["parts"]
    shown = await answered(await reviewer.get(f"/api/v1/grading/{part['item_id']}"))
    assert shown["answer"]["turns"][0]["ideal"] == "Cold air takes up less room."
    assert [line["key"] for line in shown["rubric"]] == ["facts", "clear"]
    wrong = await reviewer.post(f"/api/v1/grading/{part['item_id']}", json={"points": {"facts": 9}})
    assert wrong.status_code == 422
    grade = {"points": {"facts": 6, "clear": 2}, "note": "Good."}
    await answered(await reviewer.post(f"/api/v1/grading/{part['item_id']}", json=grade))
    result = await answered(await trainer.get(f"/api/v1/sittings/{sitting}"))
    assert (result["passed"], result["level"], result["decided_by"]) == (True, 2, "Rita Reviewer")
    marks = {one["name"]: one for one in result["fields"]}
    assert marks["written"]["mean"] == 80
    assert marks["written"]["parts"] == 1
    assert marks["written"]["low"] < 80 < marks["written"]["high"] <= 100
    held = (await answered(await trainer.get("/api/v1/certificates")))["certificates"]
    assert [(one["level"], one["state"]) for one in held] == [(2, "valid")]
    async with db.read() as session:
        notices = (await list_notices(session, actor=people["trainer"])).rows
    assert any(one.link == f"/exams/{exam.terms.slug}/sittings/{sitting}" for one in notices)


async def test_the_pages_show_it(exams, people, signed_in):
    exam = await exams.make(items=2, by_hand=1, levels=LEVELS, advice={"ratings": "Read the table again."})
    manager, trainer, reviewer = [await signed_in(people[one]) for one in ("manager", "trainer", "reviewer")]
    before = await trainer.get(f"/exams/{exam.terms.slug}")
    assert "Begin the exam" in before.text
    begun = await trainer.post(f"/exams/{exam.terms.slug}/begin", follow_redirects=True)
    assert "Next part" in begun.text
    assert "Hand in as it is" in begun.text
    assert "You are sitting an exam" in (await trainer.get("/work")).text
    for _part in range(2):
        await exams.answer(exam, people["trainer"], rating=1)
    waiting = await reviewer.get("/grading")
    path = waiting.text.split('href="/grading/')[1].split('"')[0]
    assert "The facts are right" in (await reviewer.get(f"/grading/{path}")).text
    form = {"points.facts": "0", "points.clear": "1", "note": "Say why."}
    assert (await reviewer.post(f"/grading/{path}", data=form)).status_code in {302, 303}
    after = await trainer.get(f"/exams/{exam.terms.slug}")
    place = after.text.split(f'href="/exams/{exam.terms.slug}/sittings/')[1].split('"')[0]
    result = await trainer.get(f"/exams/{exam.terms.slug}/sittings/{place}")
    for words in ("Not passed this time", "Read the table again.", "Say why.", "95 % interval", "Rita Reviewer"):
        assert words in result.text, words
    assert "What was right" not in result.text
    listed = await manager.get(f"/projects/{exam.terms.slug}/exam")
    assert "not passed" in listed.text
    assert "Rita Reviewer" in listed.text


async def test_terms_and_keys_by_their_forms(exams, people, signed_in):
    exam = await exams.make(items=1)
    manager = await signed_in(people["manager"])
    page = f"/projects/{exam.terms.slug}/exam"
    form = {
        "certification_id": str(exam.certification_id),
        "attempts": "3", "retake_days": "5", "days": "2", "minutes": "45", "opens_at": "2026-11-01T08:00",
        "reveals_key": "false", "marks.level2.ratings": "70", "marks.level2.written": "50", "marks.level3.ratings": "",
        "rubric.0.title": "Facts", "rubric.0.points": "7", "rubric.0.description": "No wrong ones.",
        "advice.ratings": "Read on.",
    }  # fmt: skip
    saved = await manager.post(page, data=form)
    assert saved.status_code in {302, 303}, saved.text
    terms = (await manager.get(f"/api/v1/projects/{exam.terms.slug}/exam")).json()
    assert terms["levels"] == [{"level": 2, "marks": {"ratings": 70, "written": 50}}]
    assert [(line["title"], line["points"]) for line in terms["rubric"]] == [("Facts", 7)]
    assert (terms["minutes"], terms["opens_at"][:16], terms["advice"]) == (
        45,
        "2026-11-01T08:00",
        {"ratings": "Read on."},
    )
    shown = (await manager.get(page)).text
    assert 'value="70"' in shown
    assert "No item is graded by a person" in shown
    assert (await manager.post(page, data=form | {"attempts": "0"})).status_code == 422
    item = f"/projects/{exam.terms.slug}/items/{exam.item_ids[0]}/key"
    key = (await manager.get(f"/api/v1{item}")).json()["key"]
    assert "given-response" not in json.dumps(key), "who writes it sees the item's own ids"
    posted = {"has_key": "true", "by_hand": "true", "content": json.dumps(key)}
    assert (await manager.post(item, data=posted)).status_code in {302, 303}
    assert (await manager.get(f"/api/v1{item}")).json() == {"key": key, "by_hand": True}
    assert (await manager.post(item, data=posted | {"content": "{}"})).status_code == 422


async def test_certifications_by_hand_over_pages(people, signed_in, make_person):
    manager, trainer = await signed_in(people["manager"]), await signed_in(people["trainer"])
    made = await manager.post("/people/certifications", data={"name": "Catalan writing", "language": "ca"})
    where = made.headers["location"]
    one = where.rsplit("/", maxsplit=1)[1]
    person = str(people["trainer"].person_id)
    no_reason = await manager.post(f"{where}/grant", data={"person_id": person, "level": "3"}, follow_redirects=True)
    assert "Say why" in no_reason.text
    await manager.post(f"{where}/grant", data={"person_id": person, "level": "3", "reason": "Her novels."})
    mine = await trainer.get("/certifications")
    assert "Catalan writing" in mine.text
    assert "Her novels." in mine.text
    certificate = (await manager.get(f"/api/v1/certifications/{one}/certificates")).json()["certificates"][0]["id"]
    await manager.post(f"/people/certificates/{certificate}/revoke?to={one}", data={"reason": "A mix-up."})
    assert "A mix-up." in (await trainer.get("/certifications")).text
    other = await signed_in(await make_person("trainer"))
    for path in ("/people/certifications", where, f"/api/v1/certifications/{one}/certificates"):
        assert (await other.get(path)).status_code == 403
    assert (
        await other.post(f"{where}/grant", data={"person_id": person, "level": "3", "reason": "x"})
    ).status_code == 403


@pytest.mark.parametrize("passed", [True, False])
async def test_no_door_of_a_trainer_ever_tells_the_key(exams, people, signed_in, passed, db):
    """Whatever a trainer can open is read before, during and after; the key's own words stand in none of it."""
    exam = await exams.make(items=2)
    for item_id in exam.item_ids:
        await exams.key(exam, item_id, key_of(ideal=SECRET))
    client = await signed_in(people["trainer"])
    slug, seen = exam.terms.slug, []

    async def look(*paths):
        for path in paths:
            response = await client.get(path)
            assert response.status_code < 500, path
            seen.append((path, response.text))

    everywhere = [
        "/work", "/my-work", "/certifications", f"/exams/{slug}", "/api/v1/work", "/api/v1/submissions",
        "/api/v1/certificates", f"/api/v1/exams/{slug}", f"/api/v1/projects/{slug}", f"/projects/{slug}/exam",
        "/api/v1/my/data",
    ]  # fmt: skip
    for item_id in exam.item_ids:
        everywhere += [
            f"/projects/{slug}/items/{item_id}", f"/projects/{slug}/items/{item_id}/key",
            f"/api/v1/projects/{slug}/items/{item_id}", f"/api/v1/projects/{slug}/items/{item_id}/key",
            f"/projects/{slug}/try?item={item_id}",
        ]  # fmt: skip
    await look(*everywhere)
    sitting = await exams.begin(exam, people["trainer"])
    for _part in range(2):
        claimed = await client.post(f"/api/v1/projects/{slug}/claim", json={})
        seen.append(("claim", claimed.text))
        view = claimed.json()
        await look(f"/work/assignments/{view['id']}", f"/api/v1/assignments/{view['id']}")
        turn = view["turns"][0]
        ratings = {one["id"]: 6 if passed else 1 for one in turn["responses"]}
        content = {"turns": [{"turn_id": turn["id"], "prompt": turn["prompt"], "ratings": ratings, "ideal": "Mine."}]}
        await exams.bench.desk.submit(
            actor=people["trainer"],
            assignment_id=msgspec.convert(view["id"], type(sitting)),
            key=uuid4(),
            content=content,
            confirmed=Anything(),
        )
        await look(f"/my-work/{view['id']}", f"/api/v1/submissions/{view['id']}")
    await exams.bench.fold()
    await look(*everywhere, f"/exams/{slug}/sittings/{sitting}", f"/exams/{slug}/sittings/{sitting}?part=1",
               f"/api/v1/sittings/{sitting}")  # fmt: skip
    assert (await exams.result(sitting)).passed is passed
    leaks = [path for path, text in seen if SECRET in text or "given-response" in text or '"by_hand"' in text]
    assert leaks == []
    assert any(json.dumps("Mine.")[1:-1] in text for _path, text in seen), "the looks did read something"


class Anything:
    """Says yes to every question."""

    def __contains__(self, _code: object) -> bool:
        return True


async def test_the_key_is_shown_where_the_manager_says_so_and_nothing_is_left_to_sit(
    exams, people, signed_in, make_person
):
    exam = await exams.make(items=1, reveals_key=True, attempts=1)
    await exams.key(exam, exam.item_ids[0], key_of(ideal=SECRET))
    client = await signed_in(people["trainer"])
    sitting = await exams.begin(exam, people["trainer"])
    await exams.answer(exam, people["trainer"], rating=1)
    page = f"/exams/{exam.terms.slug}/sittings/{sitting}"
    assert "What was right" in (await client.get(page)).text
    assert SECRET in (await client.get(f"{page}?part=1")).text
    stranger = await signed_in(await make_person("trainer"))
    assert (await stranger.get(page)).status_code == 404
