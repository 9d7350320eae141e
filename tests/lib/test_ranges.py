"""Parts of files as requests ask for them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.datastructures import Headers

from preceptor.lib.storage import read_chunks
from preceptor.lib.web.ranges import BeyondTheEndError, Part, asked_part

TAG = '"abc"'


def asked(value, size=10, **more):
    return asked_part(Headers({"range": value} | more), size=size, tag=TAG)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("bytes=0-3", (0, 4)),
        ("bytes=4-", (4, 10)),
        ("BYTES=9-9", (9, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-30", (0, 10)),
        ("bytes=3-99", (3, 10)),
    ],
)
def test_one_part_is_given(value, found):
    part = asked(value)
    assert (part.start, part.end) == found
    assert part.header == f"bytes {found[0]}-{found[1] - 1}/10"


@pytest.mark.parametrize(
    "value", ["", "bytes=-", "bytes=4-3", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b", "bytes=" + "9" * 30 + "-"]
)
def test_what_cannot_be_read_gives_the_whole(value):
    assert asked(value) is None


@pytest.mark.parametrize("value", ["bytes=10-", "bytes=99-100", "bytes=-0"])
def test_a_part_after_the_end_is_refused(value):
    with pytest.raises(BeyondTheEndError):
        asked(value)


def test_a_part_of_another_version_gives_the_whole():
    assert asked("bytes=2-", **{"if-range": TAG}) == Part(2, 10, 10)
    assert asked("bytes=2-", **{"if-range": '"older"'}) is None
    assert asked("bytes=2-", **{"if-range": "Sun, 22 Nov 2026 19:00:00 GMT"}) is None


def test_an_empty_file_has_no_parts():
    assert asked("bytes=-5", size=0) is None
    with pytest.raises(BeyondTheEndError):
        asked("bytes=0-", size=0)


@given(data=st.binary(max_size=900_000), cuts=st.lists(st.integers(0, 900_000), max_size=4))
def test_parts_put_together_are_the_whole(tmp_path_factory, data, cuts):
    path = tmp_path_factory.mktemp("parts") / "file"
    path.write_bytes(data)
    places = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    pieces = [b"".join(read_chunks(path, start=one, end=other)) for one, other in itertools.pairwise(places)]
    assert b"".join(pieces) == data == b"".join(read_chunks(path))
