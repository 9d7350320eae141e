"""What is asked again and again costs the same however much there is: nothing of what is over is read."""

import pytest

from preceptor import worker
from preceptor.flow import deferring, jobs_of
from preceptor.lib.jobs import Jobs
from preceptor.llms.asking import Asker
from preceptor.llms.directory import Directory
from preceptor.people.postman import Postman
from preceptor.projects.courier import Courier
from tests.quality.much_work import FEW, copy_what_is_over, counting_rows

SELDOM = {"forecasts of work", "models", "stalled jobs"}
"""Every quarter of an hour, for models that are asked, and of the job queue's own library."""


@pytest.fixture
def duties(db, settings, database_url):
    """Everything the worker does again and again."""
    jobs = Jobs(database_url)
    db.after_events = deferring(jobs)
    jobs_of(db, jobs, settings)
    return worker.duties(
        db,
        jobs,
        settings,
        asker=Asker(),
        directory=Directory(db, settings),
        courier=Courier(db, poster=worker.webhook_poster(settings), sealer=worker.webhook_sealer(settings)),
        postman=Postman(db, outbox=worker.mail_outbox(settings), settings=settings),
    )


async def test_no_duty_reads_what_is_over(bench, make_world, reviewer, db, duties, database_url):
    handed = await bench.hand_in(await make_world(items=1))
    await bench.decide(reviewer, await bench.claim(reviewer), "accept")
    assert await bench.state_of(handed) == "accepted"
    for duty in duties:
        if duty.name not in SELDOM:
            await duty.run()
    async with db.hot() as driver, driver.transaction():
        await copy_what_is_over(driver)
    with counting_rows(database_url) as reads:
        for duty in duties:
            if duty.name not in SELDOM:
                await duty.run()
    assert len(reads) > 20
    assert {query: rows for query, rows in reads.items() if rows > FEW} == {}


PAGES = {
    "trainer": ("/work", "/teams", "/certifications", "/engagements", "/account", "/account/notices", "/offers"),
    "reviewer": ("/reviews", "/reviews/decided", "/disputes", "/grading", "/earnings"),
    "manager": (
        "/projects",
        "/projects/{slug}",
        "/projects/{slug}/items",
        "/projects/{slug}/submissions",
        "/projects/{slug}/releases",
        "/projects/{slug}/releases/new",
        "/projects/{slug}/rates",
        "/projects/{slug}/settings",
        "/projects/{slug}/guidelines",
        "/projects/{slug}/at-work",
        "/projects/{slug}/state",
        "/people",
        "/cases",
        "/claims",
        "/hiring",
        "/hiring/applications",
        "/hiring/engagements",
        "/announcements",
        "/invoices",
    ),
    "operator": ("/models", "/payouts", "/people", "/people/teams", "/events", "/providers", "/floors"),
}


@pytest.mark.parametrize("role", PAGES)
async def test_no_page_reads_what_is_over(bench, make_world, reviewer, db, database_url, as_role, role):
    world = await make_world(items=1)
    await bench.hand_in(world)
    await bench.decide(reviewer, await bench.claim(reviewer), "accept")
    await bench.fold()
    client = await as_role(role, team=world.team_id)
    async with db.hot() as driver, driver.transaction():
        await copy_what_is_over(driver)
    found = {}
    for path in PAGES[role]:
        with counting_rows(database_url) as reads:
            answer = await client.get(path.format(slug=world.terms.slug))
        assert answer.status_code == 200, (path, answer.status_code)
        found |= {(path, query): rows for query, rows in reads.items() if rows > FEW}
    assert found == {}
