"""What programs are told of answers, reviews and releases: ids and pseudonyms, and nothing that somebody wrote."""

import json

import pytest
from sqlalchemy import select

from preceptor.datasets.operations.releases import fail_release
from preceptor.lib.clock import utc_now
from preceptor.lib.i18n import _
from preceptor.people import SYSTEM
from preceptor.projects.courier import webhook_sealer
from preceptor.projects.operations import add_webhook
from preceptor.projects.rules import WebhookEvent
from preceptor.projects.tables import WebhookDelivery
from tests.work.conftest import answer_to

IDEAL = "A sentence that nobody outside may read."


@pytest.fixture
async def world(make_world, db, settings):
    made = await make_world(items=3)
    async with db.write() as session:
        await add_webhook(
            session,
            actor=SYSTEM,
            sealer=webhook_sealer(settings),
            networks=(),
            slug=made.terms.slug,
            address="https://hooks.example.org/",
            events=list(WebhookEvent),
        )
    return made


@pytest.fixture
def told(db, bench):
    async def read(kind):
        await bench.fold()
        async with db.read() as session:
            query = select(WebhookDelivery.payload).where(WebhookDelivery.type == kind).order_by(WebhookDelivery.id)
            return list(await session.scalars(query))

    return read


def assert_discreet(messages, handed):
    text = json.dumps(messages)
    for said in (IDEAL, handed.trainer.name, "@", "tyres"):
        assert said not in text


async def test_answers_and_their_corrections(world, bench, told, db):
    handed = await bench.hand_in(world, ideal=IDEAL)
    [message] = await told("submission.created")
    assert message["data"] == {
        "project": {"id": str(world.terms.id), "slug": world.terms.slug},
        "submission_id": str(handed.submission_id),
        "assignment_id": str(handed.assignment_id),
        "item_id": message["data"]["item_id"],
        "trainer": handed.trainer.pseudonym,
        "revision": 1,
        "origin": "first",
        "surplus": False,
    }
    assert message["data"]["item_id"] in {str(item) for item in world.item_ids}
    assert_discreet(message, handed)
    content = answer_to(handed.view, ideal=f"{IDEAL} Better.")
    revision = await bench.desk.correct(actor=handed.trainer, assignment_id=handed.assignment_id, content=content)
    message = (await told("submission.created"))[-1]["data"]
    assert (message["submission_id"], message["revision"], message["origin"]) == (str(revision), 2, "correction")


async def test_verdicts(world, bench, told):
    handed = await bench.hand_in(world, ideal=IDEAL)
    reviewer = await bench.person("reviewer")
    review = await bench.claim(reviewer)
    await bench.decide(reviewer, review, "return", note="A note that is private")
    again = await bench.rework(handed, ideal=IDEAL + " Again.")
    second = await bench.claim(reviewer)
    await bench.decide(reviewer, second, "accept")
    first, last = await told("review.decided")
    assert (first["data"]["verdict"], first["data"]["reason"], first["data"]["round"]) == ("return", "other", 0)
    assert (last["data"]["verdict"], last["data"]["reason"], last["data"]["round"]) == ("accept", None, 1)
    assert last["data"]["submission_id"] == str(again.submission_id)
    assert last["data"]["trainer"] == handed.trainer.pseudonym
    assert_discreet([first, last], handed)
    assert "private" not in json.dumps(first)
    assert [one["data"]["origin"] for one in await told("submission.created")] == ["first", "rework"]


async def test_releases(world, bench, told, releases, db):
    await releases.accepted(world)
    written = await releases.write(await releases.freeze(world))
    broken = await releases.freeze(world)
    async with db.write() as session:
        await fail_release(session, actor=SYSTEM, release_id=broken, error=_("Broken"), now=utc_now())
    done, failed = await told("release.finished")
    assert done["data"]["state"] == "done"
    assert (done["data"]["number"], done["data"]["submissions"]) == (1, 1)
    assert (done["data"]["files"], done["data"]["bytes"]) == (len(written.files), written.summary.bytes)
    assert (failed["data"]["state"], failed["data"]["number"], failed["data"]["files"]) == ("failed", 2, 0)
