"""A price for each task at the workbench: shown before Start and on the receipt; what was begun keeps it."""

import re

from preceptor.lib.jobs import Jobs
from preceptor.people.rules import SYSTEM
from preceptor.projects.operations import change_project
from preceptor.projects.rules import ProjectRules
from preceptor.worker import duties
from tests.work.conftest import answer_to

OTHERS = {"courier": None, "postman": None}


async def test_work_begun_keeps_the_price_it_was_begun_under(db, make_world, signed_in, make_person, team_id):
    world = await make_world(task_price_minor=250, cap_minutes=20)
    trainer = await make_person("trainer", team=team_id)
    client = await signed_in(trainer)
    assert "€2.50 for each task, topped up to the hour each month" in re.sub(
        "<[^>]*>", "", (await client.get("/work")).text
    )
    task = (await client.post(f"/api/v1/projects/{world.terms.slug}/claim", json={})).json()
    assert task["project"]["task_price"] == {"amount": 250, "currency": "EUR"}
    async with db.write() as session:
        rules = ProjectRules(task_price_minor=900, cap_minutes=20)
        await change_project(session, actor=SYSTEM, slug=world.terms.slug, rules=rules)
    body = {"key": task["id"], "content": answer_to(task), "confirmed": ["same_text", "ratings", "ideal"]}
    receipt = await client.post(f"/api/v1/assignments/{task['id']}/submit", json=body)
    assert receipt.status_code in {200, 201}, receipt.text
    told = receipt.json()
    assert (told["amount"], told["by_task"], told["over_ms"]) == ({"amount": 250, "currency": "EUR"}, True, 0)


async def test_the_worker_tops_up(db, settings):
    names = {
        one.name for one in duties(db, Jobs(settings.database_url), settings, asker=None, directory=None, **OTHERS)
    }
    assert "top-ups" in names
