"""Floors: read from files with every error by its line, kept once, and nothing is published below them."""

from datetime import date, timedelta

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from preceptor.lib.clock import utc_now
from preceptor.lib.errors import InvalidError
from preceptor.lib.money import Money
from preceptor.pay.operations import import_floors
from preceptor.pay.queries import all_floors, floor_for, list_floors
from preceptor.pay.rules import Floor, read_floors
from preceptor.people.operations.profile import set_place_and_languages
from preceptor.people.rules import SYSTEM, MissingPermissionError, Place
from preceptor.projects.operations import add_client_organisation, add_project, change_project, open_project
from preceptor.projects.operations.states import NotReadyError
from tests.pay.test_rate_rules import patient

HEAD = "country,region,currency,hourly,source,valid_from\n"
GOOD = HEAD + "ES,CT,USD,16.00,Generalitat,2026-01-01\nES,,USD,9.50,BOE,2026-01-01\n,,USD,5,us,2026-01-01\n"


def test_a_file_is_read_in_whatever_order_its_columns_are():
    assert read_floors(GOOD).floors[0] == Floor(
        place=Place("ES", "CT"), least=Money(1600, "USD"), source="Generalitat", valid_from=date(2026, 1, 1)
    )
    turned = "\ufeffValid_From;source;hourly;currency;region;country\r\n2026-01-01;law;1100;jpy;ES-CT;es\r\n"
    assert read_floors(turned).floors == [
        Floor(place=Place("ES", "CT"), least=Money(1100, "JPY"), source="law", valid_from=date(2026, 1, 1))
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("XX,,USD,5,law,2026-01-01", "no country"),
        (",CT,USD,5,law,2026-01-01", "needs its country"),
        ("ES,,ABC,5,law,2026-01-01", "no currency"),
        ("ES,,USD,five,law,2026-01-01", "no amount"),
        ("ES,,USD,NaN,law,2026-01-01", "above 0"),
        ("ES,,USD,-5,law,2026-01-01", "above 0"),
        ("ES,,USD,5.001,law,2026-01-01", "decimals"),
        ("ES,,KWD,5.0001,law,2026-01-01", "decimals"),
        ("ES,,USD,5,,2026-01-01", "where the number is from"),
        ("ES,,USD,5,law,1.1.2026", "no day"),
        ("ES,,USD,5", "where the number is from"),
    ],
)
def test_each_error_is_told_by_its_line(line, words):
    found = read_floors(f"{GOOD}{line}\n")
    assert [problem.line for problem in found.problems] == [5]
    assert words in str(found.problems[0].message)
    assert len(found.floors) == 3


def test_a_file_without_the_right_columns_says_which_are_missing():
    (problem,) = read_floors("country,currency\nES,USD\n").problems
    assert "region, hourly, source, valid_from" in str(problem.message)
    assert read_floors('country,region,currency,hourly,source,valid_from\n"ES').problems


@pytest.mark.parametrize("text", ['"', 'country,"region'])
def test_a_quotation_mark_left_open_in_the_head_is_named(text):
    (problem,) = read_floors(text).problems
    assert (problem.line, "quotation marks" in str(problem.message)) == (1, True)


@patient
@given(st.text(max_size=200))
def test_whatever_a_file_holds_is_read_or_refused(text):
    read_floors(text)
    read_floors(HEAD + text)


async def test_importing_again_keeps_nothing_twice_and_a_correction_takes_its_place(db, make_person):
    async with db.write() as session:
        assert (await import_floors(session, actor=SYSTEM, floors=read_floors(GOOD).floors)).added == 3
    async with db.write() as session:
        kept = await import_floors(session, actor=SYSTEM, floors=read_floors(GOOD).floors)
        assert (kept.added, kept.known) == (0, 3)
    corrected = read_floors(GOOD.replace("16.00", "16.50")).floors
    async with db.write() as session:
        assert (await import_floors(session, actor=SYSTEM, floors=corrected)).added == 1
    async with db.read() as session:
        assert len(await all_floors(session)) == 4, "what was set before stays on record"
        assert (await floor_for(session, place=Place("ES", "CT"), at=utc_now())).least == Money(1650, "USD")
        assert len(await list_floors(session, actor=await make_person("manager"), at=utc_now())) == 3
    with pytest.raises(MissingPermissionError):
        async with db.write() as session:
            await import_floors(session, actor=await make_person("manager"), floors=corrected)


async def test_a_project_below_a_floor_is_not_opened_and_not_changed_to_be(db, team_id, make_person):
    trainer = await make_person("trainer", team=team_id)
    async with db.write() as session:
        await import_floors(session, actor=SYSTEM, floors=read_floors(GOOD).floors)
        await set_place_and_languages(
            session, actor=SYSTEM, person_id=trainer.person_id, place=Place("ES", "CT"), spoken=()
        )
        client_id = await add_client_organisation(session, actor=SYSTEM, name="Lab")
    async with db.write() as session:
        made = await add_project(
            session,
            actor=SYSTEM,
            client_id=client_id,
            title="Catalan",
            kind="write_response",
            rate=Money(1599, "USD"),
            guidelines="Be kind.",
            team_ids=[team_id],
        )
    with pytest.raises(NotReadyError) as refused:
        async with db.write() as session:
            await open_project(session, actor=SYSTEM, slug=made.slug)
    assert any("$16.00" in str(one.message) for one in refused.value.fields)
    async with db.write() as session:
        await change_project(session, actor=SYSTEM, slug=made.slug, rate=Money(1600, "USD"))
    async with db.write() as session:
        await open_project(session, actor=SYSTEM, slug=made.slug)
    async with db.write() as session:
        higher = read_floors(HEAD + f"ES,CT,USD,18,law,{utc_now().date() - timedelta(days=1)}\n").floors
        await import_floors(session, actor=SYSTEM, floors=higher)
    with pytest.raises(InvalidError) as error:
        async with db.write() as session:
            await change_project(session, actor=SYSTEM, slug=made.slug, rate=Money(1700, "USD"))
    assert "$18.00" in str(error.value.fields[0].message)


async def test_pages_show_what_a_file_holds_before_it_is_kept(as_role):
    operator, manager = await as_role("operator"), await as_role("manager")
    assert "No floors yet" in (await operator.get("/floors")).text
    page = await operator.post("/floors/preview", data={"text": GOOD + "XX,,USD,5,law,2026-01-01\n"})
    assert (page.status_code, "Line 5" in page.text, "Keep these" in page.text) == (422, True, False)
    page = await operator.post("/floors/preview", files={"file": ("floors.csv", GOOD.encode(), "text/csv")})
    assert "Keep these 3 floors" in page.text
    assert "Generalitat" in page.text
    answer = await operator.post("/floors/import", data={"text": GOOD})
    assert answer.status_code == 303
    page = await manager.get("/floors")
    assert "Spain, CT" in page.text
    assert "Import a file" not in page.text
    assert (await manager.post("/floors/import", data={"text": GOOD})).status_code == 403
    assert (await (await as_role("trainer")).get("/floors")).status_code == 403
    answer = await operator.post("/api/v1/floors/import", json={"csv": GOOD + "XX,,USD,5,law,2026-01-01\n"})
    assert answer.json()["problems"][0]["line"] == 5
    answer = await operator.post("/api/v1/floors/import", json={"csv": GOOD})
    assert (answer.json()["added"], answer.json()["known"]) == (0, 3)
    assert len((await manager.get("/api/v1/floors")).json()["floors"]) == 3


def test_the_command_tells_errors_by_line(tmp_path):
    from preceptor.cli import commands

    file = tmp_path / "floors.csv"
    file.write_text(GOOD + "ES,,USD,none,law,2026-01-01\n")
    found = CliRunner().invoke(commands, ["pay", "floors", "import", str(file)])
    assert found.exit_code == 1
    assert "line 5:" in found.output
    assert "Nothing was kept." in found.output
    file.write_text(GOOD)
    found = CliRunner().invoke(commands, ["pay", "floors", "import", str(file), "--dry-run"])
    assert (found.exit_code, found.output) == (0, "3 floors can be read.\n")
