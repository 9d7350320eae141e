"""Commands for people, projects, imports and releases, on a machine where nothing else runs."""

import gzip
import json
import zipfile

import psycopg
import pytest

from tests.cli.conftest import fill
from tests.work.pictures import picture_bytes


def ok(result):
    assert result.exit_code == 0, result.output
    return result.output


def refused(result, *words):
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert all(word in result.output for word in words), result.output


@pytest.fixture
def project(run):
    made = run("project", "add", "General chat", "--client", "Acme", "--rate", "17.50", "--answers", "2")
    return ok(made).strip()


def test_accounts(run):
    ok(run("user", "add", "Ana@example.org", "--name", "Ana", "--role", "trainer", "--role", "reviewer"))
    assert "ana@example.org" in ok(run("user", "list"))
    assert "reviewer, trainer" in ok(run("user", "list", "--role", "trainer"))
    assert ok(run("user", "list", "--role", "operator")) == ""
    refused(run("user", "add", "ana@example.org", "--name", "A", "--role", "trainer"), "already")
    refused(run("user", "add", "b@example.org", "--name", "B", "--role", "trainer", "--team", "Nobody"), "no team")
    refused(run("user", "add", "c@example.org", "--name", "C", "--role", "trainer", "--password", "x"), "10 characters")
    ok(run("user", "roles", "ana@example.org", "manager"))
    assert "manager" in ok(run("user", "list"))
    ok(run("user", "password", "ana@example.org", "--password", "another good one"))
    refused(run("user", "password", "nobody@example.org", "--password", "another good one"), "no such person")
    assert run("user", "roles", "ana@example.org", "king").exit_code == 2


def test_a_password_that_is_set_lets_in_and_ends_what_was(run, database_url):
    made = ok(run("user", "add", "ana@example.org", "--name", "Ana", "--role", "trainer"))
    first = made.split()[-1]
    assert len(first) >= 10
    with psycopg.connect(database_url) as connection:
        before = connection.execute("SELECT password_hash, version FROM person").fetchone()
    ok(run("user", "password", "ana@example.org", "--password", "another good one"))
    with psycopg.connect(database_url) as connection:
        after = connection.execute("SELECT password_hash, version FROM person").fetchone()
    assert after[0] != before[0]
    assert after[1] == before[1] + 1


def test_a_database_without_tables_is_told_what_it_needs(run, empty_database, tmp_path):
    path = tmp_path / "prompts.txt"
    path.write_text("One?\n")
    refused(run("import", "text", path, "-p", "x", DATABASE_URL=empty_database), "preceptor db upgrade")
    refused(run("user", "list", DATABASE_URL=empty_database), "preceptor db upgrade")


def test_projects(run, project):
    assert project == "general-chat"
    assert "draft" in ok(run("project", "list"))
    assert ok(run("project", "list", "--state", "open")) == ""
    shown = ok(run("project", "show", project))
    assert "€17.50 an hour" in shown
    refused(run("project", "open", project), "guidelines", "team")
    ok(run("project", "close", project))
    ok(run("project", "pause", project))
    assert "paused" in ok(run("project", "show", project))
    refused(run("project", "show", "nothing"), "no such project")
    assert run("project", "add", "X", "--client", "Acme", "--rate", "lots").exit_code == 2


def test_rows_that_say_who_may_take_them(run, project, database_url, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("prompt,language,level,categories\nOne,ca,3,violence\nTwo,,,\nThree,??,,\n")
    told = run("import", "csv", path, "-p", project, "--routed", "--level", "2", "--category", "hate")
    assert "2 added, 0 there already, 1 left out" in told.output
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT content->>'prompt', lane FROM item ORDER BY id").fetchall()
    assert rows == [("One", "ca/3/violence"), ("Two", "/2/hate")]
    path.write_text("prompt,language\nFour,ca\n")
    ok(run("import", "csv", path, "-p", project))
    with psycopg.connect(database_url) as connection:
        (row,) = connection.execute("SELECT lane FROM item WHERE content->>'prompt' = 'Four'").fetchall()
    assert row == ("",)
    assert run("import", "csv", path, "-p", project, "--level", "9").exit_code == 2
    refused(run("import", "csv", path, "-p", project, "--language", "??"), "language")


def test_a_projects_form(run, tmp_path):
    question = {"key": "note", "field": "text", "label": {"en": "What is it?"}}
    own, config = tmp_path / "form.json", tmp_path / "config.xml"
    own.write_text(json.dumps({"fields": [question]}))
    config.write_text('<View><Text name="t" value="$t"/><Rating name="stars" toName="t"/><Audio name="a"/></View>')
    made = run("project", "add", "Mail", "--client", "Acme", "--rate", "9", "--kind", "custom_form", "--form", own)
    assert made.output == "mail\n"
    printed = json.loads(ok(run("project", "form", "mail")))
    assert [one["key"] for one in printed["fields"]] == ["note"]
    put = run("project", "form", "mail", config)
    assert put.stdout == "Version 2 of the form is in force.\n"
    assert put.stderr == "<Audio a> is left out: there is nothing like it here.\n"
    own.write_text(json.dumps(printed))
    assert "Version 3" in ok(run("project", "form", "mail", own))
    assert json.loads(ok(run("project", "form", "mail"))) == printed
    own.write_text("<View/>")
    refused(run("project", "form", "mail", own), "no question")
    # Rows of any columns are of use to a form, and to no kind that needs a prompt.
    table, lines = tmp_path / "rows.csv", tmp_path / "rows.jsonl"
    table.write_text("text,brief,n\nHello,Be kind.,1\nBye,,2\n")
    lines.write_text('{"text": "Hello again"}\n{}\n{"prompt": "Hi", "text": "beside"}\n')
    assert "2 added" in ok(run("import", "csv", table, "-p", "mail"))
    assert "2 added, 0 there already, 1 left out" in run("import", "jsonl", lines, "-p", "mail").output
    ok(run("project", "add", "Chat", "--client", "Acme", "--rate", "9", "--kind", "rate_responses"))
    assert "prompt" in run("import", "csv", table, "-p", "chat").output
    assert "no prompt" in run("import", "jsonl", lines, "-p", "chat").output
    refused(run("project", "form", "nothing"), "no such project")


def test_import(run, project, tmp_path, database_url):
    path = tmp_path / "prompts.jsonl"
    path.write_text('"One?"\n"Two?"\nbroken\n"One?"\n')
    assert "2 can be added, 1 there already, 1 left out. Nothing" in ok(
        run("import", "jsonl", path, "-p", project, "--check")
    )
    refused(run("import", "jsonl", path, "-p", project, "--all-or-nothing"), "Nothing was added: 1 row", "line 3")
    done = ok(run("import", "jsonl", path, "-p", project, "--topic", "maths"))
    assert "2 added, 1 there already, 1 left out." in done
    assert "line 3: Not JSON" in done
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT content->>'prompt', topic, wanted FROM item ORDER BY id").fetchall()
    assert rows == [("One?", "maths", 2), ("Two?", "maths", 2)]


def test_a_folder_of_tasks_and_pictures_goes_out_and_comes_in_again(run, tmp_path):
    folder = tmp_path / "street"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "a.png").write_bytes(picture_bytes())
    box = {"x": 10, "y": 20, "width": 50, "height": 25, "rectanglelabels": ["car"]}
    result = {"id": "r1", "from_name": "f", "to_name": "image", "type": "rectanglelabels", "value": box}
    task = {"data": {"image": "pictures/a.png"}, "annotations": [{"completed_by": "ann", "result": [result]}]}
    (folder / "tasks.json").write_text(json.dumps([task]))
    assert "1 added with 1 answers" in ok(run("import", "label-studio", folder, "-p", "street"))
    out = tmp_path / "out"
    ok(run("export", "street", "--format", "label-studio", "--out", out))
    with zipfile.ZipFile(out / "label-studio" / "label-studio.zip") as archive:
        assert sorted(archive.namelist()) == ["pictures/a.png", "train.json"]
        archive.extractall(tmp_path / "unpacked")
    assert "1 added with 1 answers" in ok(run("import", "label-studio", tmp_path / "unpacked", "-p", "street-again"))
    alone = run("import", "label-studio", tmp_path / "unpacked" / "train.json", "-p", "street-again")
    assert "Import the folder that holds the file and its pictures" in alone.output


def test_import_of_a_large_compressed_file(run, project, tmp_path):
    path = tmp_path / "prompts.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps({"prompt": f"{n}?"}) + "\n" for n in range(5_000)).encode()))
    assert "5000 added" in ok(run("import", "jsonl", path, "-p", project))
    assert "0 added, 5000 there already" in ok(run("import", "jsonl", path, "-p", project))


def test_imports_that_cannot_be(run, project, tmp_path):
    path = tmp_path / "prompts.txt"
    path.write_text("One?\n")
    refused(run("import", "nonsense", path, "-p", project), "no format called", "jsonl")
    refused(run("import", "text", path, "-p", "No Address!"), "cannot have the address")
    refused(run("import", "text", path, "-p", project, "--encoding", "klingon"), "klingon")
    assert run("import", "text", tmp_path / "missing", "-p", project).exit_code == 2


def test_release(run, tmp_path, database_url):
    fill(tmp_path / "home", database_url)
    out = tmp_path / "out"
    told = ok(run("release", "winter-pilot", "--out", out, "--licence", "cc0-1.0", "--language", "en"))
    assert "Release 2" in told
    assert 'license: "cc0-1.0"' in (out / "README.md").read_text()
    assert len((out / "scored" / "train.jsonl").read_text().splitlines()) > 0
    refused(run("release", "winter-pilot", "--out", out), "not empty")
    told = ok(run("release", "winter-pilot", "--format", "scored"))
    assert "scored/train.parquet" in told
    assert "trl-preference" not in told
    refused(run("release", "general-chat"), "Nothing has been accepted")
    refused(run("release", "winter-pilot", "--format", "nonsense"), "no format called")
