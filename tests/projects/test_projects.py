"""Making and changing projects, their states, and who sees them."""

import asyncio

import msgspec
import pytest
from sqlalchemy import event, update

from preceptor.lib.errors import InvalidError
from preceptor.lib.ids import new_id
from preceptor.lib.money import Money
from preceptor.llms.tables import LanguageModel
from preceptor.people.operations import add_team
from preceptor.people.rules import SYSTEM, MissingPermissionError
from preceptor.projects.operations import (
    ClientNameTakenError,
    CurrencyFixedError,
    NotReadyError,
    WrongStateError,
    add_client_organisation,
    add_project,
    change_project,
    close_project,
    open_project,
    pause_project,
)
from preceptor.projects.queries import (
    NoSuchClientError,
    NoSuchProjectError,
    access_client,
    access_form,
    access_project,
    list_client_organisations,
    list_projects,
    list_terms_of_work,
    missing_for_opening,
    project_terms,
)
from preceptor.projects.rules import ProjectRules, ProjectState
from preceptor.projects.tables import Project

KIND = "rate_responses"
EUR = Money(1_500, "EUR")


def paths(error):
    return [problem.path for problem in error.value.fields]


async def see(db, slug, actor=SYSTEM):
    async with db.read() as session:
        return await access_project(session, actor=actor, slug=slug)


async def move(db, operation, slug, actor=SYSTEM):
    async with db.write() as session:
        await operation(session, actor=actor, slug=slug)


async def test_a_new_project_is_a_draft_with_the_kinds_defaults(db, make_project, team_id, client_id, happened):
    made = await make_project(title=" General  chat ", brief="Talk.\r\nNicely. ", team_ids=[team_id, team_id])
    project = await see(db, made.slug)
    assert (project.slug, project.title, project.brief) == ("general-chat", "General chat", "Talk.\nNicely.")
    assert (project.id, project.state, project.rate) == (made.id, ProjectState.DRAFT, EUR)
    assert project.client.id == client_id
    assert [team.id for team in project.teams] == [team_id]
    assert project.rules == ProjectRules()
    assert (project.form_version, project.guidelines_version) == (1, 1)
    async with db.read() as session:
        form = await access_form(session, actor=SYSTEM, slug=made.slug)
    assert form.settings["responses"] == 4
    assert await happened(made.id) == ["projects.added"]


async def test_addresses_are_unique_also_when_made_at_once(make_project):
    made = await asyncio.gather(*(make_project() for _ in range(3)))
    assert {project.slug for project in made} == {"general-chat", "general-chat-2", "general-chat-3"}
    assert (await make_project(title="New")).slug == "new-2"


async def test_everything_wrong_is_named_at_once(db, make_project):
    with pytest.raises(InvalidError) as error:
        await make_project(
            title=" ",
            brief="x\0",
            client_id=new_id(),
            team_ids=[new_id()],
            rate=Money(-1, "EUR"),
            rules=ProjectRules(answers_per_item=0),
            settings={"responses": 1},
            guidelines="x" * 200_001,
        )
    expected = {"title", "brief", "client_id", "team_ids", "rate", "rules.answers_per_item", "settings.responses"}
    assert set(paths(error)) == {*expected, "guidelines"}


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"responses": "four"}, "settings.responses"),
        ({"surprise": 1}, "settings.surprise"),
        ({"positions": [{"model": "nobody-knows-it"}]}, "settings.models"),
    ],
)
async def test_settings_are_the_kinds_business(make_project, settings, path):
    with pytest.raises(InvalidError) as error:
        await make_project(settings=settings)
    assert paths(error) == [path]


async def test_unknown_kinds_are_refused(make_project):
    with pytest.raises(InvalidError) as error:
        await make_project(kind="nothing")
    assert paths(error) == ["kind"]


async def test_only_managers_make_and_change_projects(db, make_person, client_id, make_project):
    project = await make_project()
    for role in ("trainer", "reviewer", "client", "operator"):
        actor = await make_person(role)
        with pytest.raises(MissingPermissionError):
            async with db.write() as session:
                await add_project(session, actor=actor, client_id=client_id, title="x", kind=KIND, rate=EUR)
        for operation in (open_project, pause_project, close_project, change_project):
            with pytest.raises(MissingPermissionError):
                await move(db, operation, project.slug, actor)
    manager = await make_person("manager")
    async with db.write() as session:
        await add_project(session, actor=manager, client_id=client_id, title="x", kind=KIND, rate=EUR)


async def test_changes_are_kept_and_named(db, make_project, team_id, happened):
    made = await make_project()
    rules = ProjectRules(answers_per_item=3, cap_minutes=30)
    async with db.write() as session:
        await change_project(
            session,
            actor=SYSTEM,
            slug=made.slug,
            title="Chat",
            brief="Now.",
            rules=rules,
            team_ids=[team_id],
            rate=Money(2_000, "USD"),
        )
    project = await see(db, made.slug)
    assert (project.slug, project.title, project.brief, project.rules) == (made.slug, "Chat", "Now.", rules)
    assert project.rate == Money(2_000, "USD")
    assert [team.id for team in project.teams] == [team_id]
    assert await happened(made.id) == ["projects.added", "projects.changed", "projects.rate_changed"]
    async with db.write() as session:
        await change_project(session, actor=SYSTEM, slug=made.slug, title="Chat", team_ids=[team_id])
    assert len(await happened(made.id)) == 3  # nothing was new
    async with db.write() as session:
        await change_project(session, actor=SYSTEM, slug=made.slug, team_ids=[])
    assert (await see(db, made.slug)).teams == []


async def test_the_currency_is_fixed_once_the_project_was_opened(db, ready_project):
    made = await ready_project()
    await move(db, open_project, made.slug)
    await move(db, pause_project, made.slug)
    with pytest.raises(CurrencyFixedError):
        async with db.write() as session:
            await change_project(session, actor=SYSTEM, slug=made.slug, rate=Money(1_500, "USD"))
    async with db.write() as session:
        await change_project(session, actor=SYSTEM, slug=made.slug, rate=Money(1_600, "EUR"))
    assert (await see(db, made.slug)).rate == Money(1_600, "EUR")


async def test_a_life(db, ready_project, happened):
    made = await ready_project()
    for operation, state in (
        (open_project, "open"),
        (open_project, "open"),
        (pause_project, "paused"),
        (open_project, "open"),
        (close_project, "closed"),
        (close_project, "closed"),
        (pause_project, "paused"),
        (open_project, "open"),
    ):
        await move(db, operation, made.slug)
        assert (await see(db, made.slug)).state == state
    assert await happened(made.id) == [
        "projects.added",
        "projects.opened",
        "projects.paused",
        "projects.opened",
        "projects.closed",
        "projects.paused",
        "projects.opened",
    ]


async def test_moves_that_are_not_possible(db, ready_project):
    made = await ready_project()
    with pytest.raises(WrongStateError) as error:
        await move(db, pause_project, made.slug)
    assert "Draft" in str(error.value)
    await move(db, close_project, made.slug)
    with pytest.raises(WrongStateError):
        await move(db, open_project, made.slug)
    assert (await see(db, made.slug)).state == "closed"


async def test_a_project_that_lacks_something_stays_closed_to_work(db, make_project, happened):
    made = await make_project(rate=Money(0, "EUR"))
    with pytest.raises(NotReadyError) as error:
        await move(db, open_project, made.slug)
    assert paths(error) == ["guidelines", "rate", "team_ids", "models"]
    assert (await see(db, made.slug)).state == "draft"
    assert await happened(made.id) == ["projects.added"]
    async with db.read() as session:
        missing = await missing_for_opening(session, actor=SYSTEM, slug=made.slug)
    assert [problem.path for problem in missing] == paths(error)


async def test_a_model_that_was_switched_off_is_missed(db, ready_project, model):
    made = await ready_project(settings={"positions": [{"model": model}]})
    async with db.write() as session:
        await session.execute(update(LanguageModel).values(enabled=False))
    with pytest.raises(NotReadyError) as error:
        await move(db, open_project, made.slug)
    assert paths(error) == ["models"]
    assert "canned" in str(error.value)


async def test_what_opening_asked_for_stays_while_open(db, ready_project):
    made = await ready_project()
    await move(db, open_project, made.slug)
    for change, path in (({"team_ids": []}, "team_ids"), ({"rate": Money(0, "EUR")}, "rate")):
        with pytest.raises(InvalidError) as error:
            async with db.write() as session:
                await change_project(session, actor=SYSTEM, slug=made.slug, **change)
        assert paths(error) == [path]


async def test_who_sees_a_project(db, ready_project, make_person, team_id, client_id):
    async with db.write() as session:
        other_team = await add_team(session, actor=SYSTEM, name="Others")
        other_client = await add_client_organisation(session, actor=SYSTEM, name="Umbrella")
    made = await ready_project()
    insiders = [await make_person("manager"), await make_person("client", client=client_id)]
    begun = [await make_person("trainer", team=team_id), await make_person("reviewer")]
    outsiders = [
        await make_person("trainer", team=other_team),
        await make_person("trainer"),
        await make_person("client", client=other_client),
        await make_person("client"),
        await make_person("operator"),
    ]

    async def sees(actor):
        async with db.read() as session:
            listed = [row.id for row in (await list_projects(session, actor=actor)).rows]
        try:
            return (await see(db, made.slug, actor)).id == made.id and listed == [made.id]
        except NoSuchProjectError:
            assert listed == []
            return False

    assert [await sees(actor) for actor in insiders + begun + outsiders] == [True] * 2 + [False] * 7
    for operation in (open_project, pause_project, close_project):
        await move(db, operation, made.slug)
        assert [await sees(actor) for actor in insiders + begun + outsiders] == [True] * 4 + [False] * 5
    with pytest.raises(NoSuchProjectError):
        await see(db, "nothing")


async def test_lists_are_paged_searched_and_filtered(db, make_project, monkeypatch):
    monkeypatch.setattr("preceptor.projects.queries.projects.PAGE_SIZE", 2)
    slugs = [(await make_project(title=title)).slug for title in ("100% maths", "Poems", "Code")]
    await move(db, close_project, slugs[1])
    async with db.read() as session:

        async def titles(**options):
            page = await list_projects(session, actor=SYSTEM, **options)
            return [row.title for row in page.rows], page.next_cursor

        first, cursor = await titles()
        assert first == ["Code", "Poems"]
        assert await titles(cursor=cursor) == (["100% maths"], None)
        assert (await titles(search="0%"))[0] == ["100% maths"]
        assert (await titles(search="acme"))[0] == ["Code", "Poems"]
        assert (await titles(state=ProjectState.CLOSED))[0] == ["Poems"]
        assert (await titles(client_id=new_id()))[0] == []
        with pytest.raises(InvalidError):
            await titles(cursor="§")


async def test_clients_have_a_name_of_their_own_and_see_themselves(db, client_id, make_person, make_project):
    await make_project()
    with pytest.raises(ClientNameTakenError):
        async with db.write() as session:
            await add_client_organisation(session, actor=SYSTEM, name=" acme  MODELS ")
    with pytest.raises(InvalidError):
        async with db.write() as session:
            await add_client_organisation(session, actor=SYSTEM, name=" ")
    trainer = await make_person("trainer")
    with pytest.raises(MissingPermissionError):
        async with db.write() as session:
            await add_client_organisation(session, actor=trainer, name="Mine")
    mine = await make_person("client", client=client_id)
    async with db.write() as session:
        other = await add_client_organisation(session, actor=SYSTEM, name="Umbrella")
    async with db.read() as session:
        assert [(row.name, row.projects) for row in await list_client_organisations(session, actor=SYSTEM)] == [
            ("Acme Models", 1),
            ("Umbrella", 0),
        ]
        assert [row.name for row in await list_client_organisations(session, actor=mine)] == ["Acme Models"]
        assert await list_client_organisations(session, actor=trainer) == []
        assert (await access_client(session, actor=mine, client_id=client_id)).slug == "acme-models"
        with pytest.raises(NoSuchClientError):
            await access_client(session, actor=mine, client_id=other)


async def test_terms_say_who_may_work_on_what(db, ready_project, make_person, team_id):
    rules = ProjectRules(cap_minutes=20, lease_minutes=7, hold_minutes=90, idle_after_seconds=60)
    made = await ready_project(rules=rules)
    async with db.read() as session:
        terms = await project_terms(session, slug=made.slug)
        assert await project_terms(session, project_id=made.id) == terms
        with pytest.raises(NoSuchProjectError):
            await project_terms(session, slug="nothing")
    assert (terms.id, terms.state, terms.rate, terms.team_ids) == (made.id, ProjectState.DRAFT, EUR, {team_id})
    assert (terms.cap_ms, terms.idle_after_ms) == (1_200_000, 60_000)
    assert (terms.lease.total_seconds(), terms.hold.total_seconds()) == (420, 5_400)
    trainer, stranger = await make_person("trainer", team=team_id), await make_person("trainer")
    manager = await make_person("manager", team=team_id)
    assert [terms.is_worked_on_by(actor) for actor in (trainer, stranger, manager)] == [True, False, False]

    async def work(actor):
        async with db.read() as session:
            return [found.slug for found in await list_terms_of_work(session, actor=actor)]

    assert await work(trainer) == []
    for operation, listed in ((open_project, True), (pause_project, True), (close_project, False)):
        await move(db, operation, made.slug)
        assert await work(trainer) == ([made.slug] if listed else [])
        assert await work(stranger) == []
    with pytest.raises(MissingPermissionError):
        await work(manager)


async def test_terms_take_one_statement(db, ready_project):
    made = await ready_project()
    statements = []
    async with db.read() as session:
        connection = await session.connection()
        event.listen(connection.sync_connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        await project_terms(session, slug=made.slug)
    assert len(statements) == 1


async def test_stored_rules_are_complete(db, make_project):
    made = await make_project()
    async with db.read() as session:
        project = await session.get(Project, made.id)
    assert project.rules == msgspec.json.decode(msgspec.json.encode(ProjectRules()))
