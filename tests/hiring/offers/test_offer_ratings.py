"""What trainers say of the work stands with its offer, from five ratings on and never before."""

from preceptor.hiring.operations import admit, apply_signed_in
from preceptor.lib.clock import utc_now
from preceptor.people.rules import SYSTEM
from preceptor.projects.tables import ProjectRating
from tests.hiring.offers.test_applications import given
from tests.hiring.offers.test_manager_pages import FORM
from tests.hiring.offers.test_public_pages import put_out


async def test_what_trainers_say_is_shown_from_five_ratings_on(db, client, as_role, make_project, make_person):
    """On the offer's page, in the API, where its managers read what applicants will, and where it is accepted."""
    project_id, quiet = await make_project("Chat"), await make_project("Quiet")
    path = await put_out(db, project_ids=(quiet, project_id))
    manager = await as_role("manager")
    number = path.rsplit("/", 1)[1]
    applicant = await as_role("trainer")
    async with db.write() as session:
        application = await apply_signed_in(
            session, actor=applicant.actor, number=int(number), given=given(), now=utc_now()
        )
        await admit(session, actor=SYSTEM, application_id=application, now=utc_now())
    preview = {**FORM, "project_ids": [str(project_id)]}
    for rated in range(1, 6):
        person = await make_person("trainer")
        async with db.write() as session:
            session.add(
                ProjectRating(
                    project_id=project_id,
                    person_id=person.person_id,
                    month=utc_now().date().replace(day=1),
                    pay=rated,
                    clarity=4,
                    fairness=5,
                    comment="",
                    rated_at=utc_now(),
                )
            )
        said = "pay 3.0 · clarity 4.0 · fairness 5.0 of 5 (5 ratings)"
        pages = [
            (await client.get(path)).text,
            (await manager.get(f"/hiring/offers/{number}")).text,
            (await manager.get(f"/hiring/offers/{number}/edit")).text,
            (await manager.post("/hiring/offers/preview", data=preview)).text,
            (await applicant.get(f"/applications/{application}")).text,
        ]
        assert [said in page for page in pages] == [rated == 5] * 5
        assert ["not enough ratings yet" in page for page in pages] == [rated < 5] * 5
        told = {"count": 5, "pay": 3.0, "clarity": 4.0, "fairness": 5.0} if rated == 5 else None
        assert (await client.get(f"/api/v1/offers/{int(number)}")).json()["ratings"] == told
        assert (await client.get("/api/v1/offers")).json()["offers"][0]["ratings"] == told
