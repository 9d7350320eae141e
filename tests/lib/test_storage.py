"""Files below one folder: whole or not at all, and never anywhere else."""

import errno
import hashlib

import pytest

from preceptor.lib import storage as module
from preceptor.lib.storage import BadKeyError, FileTooLargeError, NoRoomError, Storage, read_chunks


async def pieces(*data):
    for one in data:
        yield one


@pytest.fixture
def storage(tmp_path):
    return Storage(tmp_path / "files")


async def test_a_file_is_kept_whole_with_its_checksum(storage):
    data = [b"a" * 700_000, b"", b"b" * 700_000]
    kept = await storage.save("imports/one", pieces(*data), limit=2_000_000)

    whole = b"".join(data)
    assert (kept.bytes, kept.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert b"".join(read_chunks(storage.path("imports/one"))) == whole
    assert [path.name for path in (storage.root / "imports").iterdir()] == ["one"]


async def test_too_many_bytes_leave_nothing_behind(storage):
    with pytest.raises(FileTooLargeError):
        await storage.save("imports/one", pieces(b"x" * 60, b"x" * 60), limit=100)
    assert list((storage.root / "imports").iterdir()) == []


async def test_an_upload_that_breaks_off_leaves_nothing_behind(storage):
    async def broken():
        yield b"x"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await storage.save("imports/one", broken(), limit=100)
    assert list((storage.root / "imports").iterdir()) == []


async def test_an_earlier_file_stays_until_the_new_one_is_whole(storage):
    await storage.save("a", pieces(b"first"), limit=100)
    with pytest.raises(FileTooLargeError):
        await storage.save("a", pieces(b"x" * 101), limit=100)
    assert storage.path("a").read_bytes() == b"first"


async def test_a_full_disk_is_told(storage, monkeypatch):
    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module.os, "write", full)
    with pytest.raises(NoRoomError) as caught:
        await storage.save("a", pieces(b"x"), limit=100)
    monkeypatch.undo()
    assert (caught.value.status, caught.value.code) == (503, "disk_full")
    assert list(storage.root.iterdir()) == []


@pytest.mark.parametrize(
    "key",
    [
        *["", ".", "..", "../x", "a/../b", "/etc/passwd", "a//b", "a/", ".hidden", "a\\b", "a b", "ä", "a\0"],
        "x" * 401,
        "/".join("abcdefghi"),
    ],
)
def test_keys_that_could_lead_elsewhere_are_refused(storage, key):
    with pytest.raises(BadKeyError):
        storage.path(key)


def test_files_and_folders_can_be_removed_again(storage):
    folder = storage.path("releases/one")
    folder.mkdir(parents=True)
    (folder / "file").touch()
    (storage.root / "lonely").touch()
    for key in ("releases/one", "lonely", "nothing"):
        storage.delete(key)
    assert [path.name for path in storage.root.iterdir()] == ["releases"]
    assert list((storage.root / "releases").iterdir()) == []


def test_what_is_in_memory_is_kept_once_and_whole(storage, monkeypatch):
    kept = storage.keep("assets/ab/abcd", b"picture")
    assert (kept.bytes, storage.path(kept.key).read_bytes()) == (7, b"picture")
    assert kept.sha256 == hashlib.sha256(b"picture").hexdigest()
    before = storage.path(kept.key).stat().st_ino
    assert storage.keep("assets/ab/abcd", b"picture") == kept
    assert storage.path(kept.key).stat().st_ino == before

    def full(_handle, _data):
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(module.os, "write", full)
    with pytest.raises(NoRoomError):
        storage.keep("assets/cd/cdef", b"picture")
    monkeypatch.undo()
    assert list((storage.root / "assets" / "cd").iterdir()) == []
