"""How much work there is each week, and what hiring is told of it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from preceptor.hiring.operations import add_offer, publish_offer
from preceptor.lib.clock import utc_now
from preceptor.people.rules import SYSTEM
from preceptor.projects.queries import project_terms
from preceptor.work.operations.forecasting import write_forecasts
from preceptor.work.operations.items import NewItem, add_items
from preceptor.work.rules.supply import hours_per_week
from tests.hiring.offers.conftest import TERMS, fields, make_project

__all__ = ["make_project"]


def test_what_is_open_feeds_four_weeks_and_arrivals_come_on_top():
    assert hours_per_week(open_answers=0, arrived_answers=0, estimated_minutes=30) == 0
    assert hours_per_week(open_answers=80, arrived_answers=0, estimated_minutes=30) == 10
    assert hours_per_week(open_answers=80, arrived_answers=40, estimated_minutes=30) == 15


@given(st.integers(-5, 10_000), st.integers(-5, 10_000), st.integers(1, 240))
def test_more_work_never_means_fewer_hours(open_answers, arrived, minutes):
    least = hours_per_week(open_answers=open_answers, arrived_answers=arrived, estimated_minutes=minutes)
    more = hours_per_week(open_answers=open_answers + 1, arrived_answers=arrived + 1, estimated_minutes=minutes)
    assert 0 <= least <= more


async def test_hiring_is_told_of_the_projects_that_have_an_offer(db, make_project):
    offered, other = await make_project("Offered"), await make_project("Other")
    async with db.read() as session:
        terms = await project_terms(session, project_id=offered)
    async with db.write() as session:
        made = await add_offer(session, actor=SYSTEM, fields=fields(project_ids=(offered,)), terms=TERMS)
        await publish_offer(session, actor=SYSTEM, number=made.number, now=utc_now())
        await session.execute(text("UPDATE project SET state = 'open'"))
    async with db.read() as session:
        terms = await project_terms(session, project_id=offered)
    async with db.write() as session:
        items = [NewItem(content={"prompt": f"Question {number}"}, wanted=2) for number in range(12)]
        await add_items(session, actor=SYSTEM, terms=terms, items=items)
    async with db.write() as session:
        await write_forecasts(session, now=utc_now())
        await write_forecasts(session, now=utc_now() + timedelta(minutes=1))
    async with db.read() as session:
        rows = list(await session.execute(text("SELECT project_id, minutes_per_week FROM work_forecast")))
    assert [row[0] for row in rows] == [offered]
    assert other not in {row[0] for row in rows}
    assert rows[0][1] == 24 / 4 * 2 * terms.rules.estimated_minutes
