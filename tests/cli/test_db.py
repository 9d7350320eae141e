import io
import tarfile

import psycopg
import pytest

from preceptor import migrations


@pytest.fixture
def filled(run, tmp_path, database_url):
    """An installation with something in it: a row, a file and a secret."""
    home = tmp_path / "home"
    (home / "files" / "deep").mkdir(parents=True)
    (home / "files" / "deep" / "release.jsonl").write_text('{"a": 1}\n')
    (home / "secret.key").write_text("the secret")
    (home / "secret.key").chmod(0o600)
    with psycopg.connect(database_url) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept – ü' AS text")
    return home


def notes(url):
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM note")]


def test_upgrade_makes_the_tables_and_may_be_repeated(run, empty_database):
    first = run("db", "upgrade", DATABASE_URL=empty_database)
    assert (first.exit_code, "applied" in first.output) == (0, True), first.output
    assert migrations.pending(empty_database) == []
    assert "up to date" in run("db", "upgrade", DATABASE_URL=empty_database).output


def test_a_backup_put_back_elsewhere_holds_everything(run, filled, tmp_path, empty_database):
    backup = tmp_path / "backup.tar"
    made = run("db", "backup", backup)
    assert made.exit_code == 0, made.output
    assert backup.stat().st_mode & 0o077 == 0
    elsewhere = tmp_path / "elsewhere"
    restored = run("db", "restore", backup, DATABASE_URL=empty_database, PRECEPTOR_HOME=str(elsewhere))
    assert restored.exit_code == 0, restored.output
    assert notes(empty_database) == ["kept – ü"]
    assert migrations.pending(empty_database) == []
    assert (elsewhere / "files" / "deep" / "release.jsonl").read_text() == '{"a": 1}\n'
    assert (elsewhere / "secret.key").read_text() == "the secret"
    assert (elsewhere / "secret.key").stat().st_mode & 0o077 == 0
    assert {path.name for path in elsewhere.iterdir()} == {"files", "secret.key"}


def test_what_is_there_is_replaced_only_when_told_so(run, filled, tmp_path, database_url):
    backup = tmp_path / "backup.tar"
    run("db", "backup", backup)
    with psycopg.connect(database_url) as connection:
        connection.execute("INSERT INTO note VALUES ('later')")
    (filled / "files" / "later.txt").write_text("later")
    refused = run("db", "restore", backup)
    assert (refused.exit_code, "--force" in refused.output) == (1, True)
    assert len(notes(database_url)) == 2
    with psycopg.connect(database_url) as somebody_at_work:  # the installation may go on running
        somebody_at_work.execute("SELECT 1")
        somebody_at_work.commit()
        assert run("db", "restore", backup, "--force").exit_code == 0
    assert notes(database_url) == ["kept – ü"]
    assert not (filled / "files" / "later.txt").exists()


def test_a_broken_dump_changes_nothing(run, filled, tmp_path, database_url):
    backup, broken = tmp_path / "backup.tar", tmp_path / "broken.tar"
    run("db", "backup", backup)
    with tarfile.open(backup) as whole, tarfile.open(broken, "w") as part:
        for member in whole:
            data = whole.extractfile(member).read() if member.isfile() else b""
            if member.name == "database.dump":
                data = data[: len(data) // 2]
                member.size = len(data)
            part.addfile(member, io.BytesIO(data))
    result = run("db", "restore", broken, "--force")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert notes(database_url) == ["kept – ü"]


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "files/../../outside", "other"])
def test_an_archive_that_is_no_backup_is_refused(run, tmp_path, name, empty_database):
    archive = tmp_path / "hostile.tar"
    with tarfile.open(archive, "w") as stream:
        member = tarfile.TarInfo(name)
        member.size = 4
        stream.addfile(member, io.BytesIO(b"oops"))
    result = run("db", "restore", archive, DATABASE_URL=empty_database)
    assert (result.exit_code, "not a backup" in result.output) == (1, True), result.output
    assert not (tmp_path / "outside").exists()


def test_a_link_in_an_archive_is_refused(run, tmp_path, empty_database):
    archive = tmp_path / "hostile.tar"
    with tarfile.open(archive, "w") as stream:
        member = tarfile.TarInfo("files/link")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        stream.addfile(member)
    assert run("db", "restore", archive, DATABASE_URL=empty_database).exit_code == 1


def test_a_backup_never_overwrites_a_file(run, tmp_path):
    (tmp_path / "there.tar").write_text("mine")
    assert run("db", "backup", tmp_path / "there.tar").exit_code == 1
    assert (tmp_path / "there.tar").read_text() == "mine"


def test_a_database_that_is_away_is_told_plainly(run, tmp_path):
    result = run("db", "backup", tmp_path / "b.tar", DATABASE_URL="postgresql://nobody:hunter2@127.0.0.1:1/none")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    assert "hunter2" not in result.output
    assert not (tmp_path / "b.tar").exists()
