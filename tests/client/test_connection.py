"""What the client makes of answers, held against a stand-in for the installation."""

import hashlib
import json

import httpx
import pytest

from preceptor.client import DamagedFileError, Preceptor, PreceptorProblem, PreceptorUnreachableError
from preceptor.client.connection import Connection
from preceptor.client.documents import ReleaseFile
from preceptor.client.releases import Releases
from preceptor.client.work import Work


def connection(answer):
    return Connection(httpx.Client(base_url="http://there", transport=httpx.MockTransport(answer)))


def test_a_problem_document_becomes_an_exception_with_its_parts():
    document = {
        "type": "about:blank",
        "title": "This answer needs another look.",
        "status": 422,
        "code": "invalid_answer",
        "fields": [{"path": "turns.0.ratings.a", "message": "Rate this response."}],
    }
    with pytest.raises(PreceptorProblem) as told:
        Work(connection(lambda _request: httpx.Response(422, json=document))).list()
    problem = told.value
    assert (problem.status, problem.code, problem.title) == (422, "invalid_answer", "This answer needs another look.")
    assert [(one.path, one.message) for one in problem.fields] == [("turns.0.ratings.a", "Rate this response.")]
    assert str(problem) == (
        "422 invalid_answer: This answer needs another look.\nturns.0.ratings.a: Rate this response."
    )


@pytest.mark.parametrize("body", ["<h1>Bad gateway</h1>", "[1]", ""])
def test_an_error_of_something_else_on_the_way_is_quoted(body):
    with pytest.raises(PreceptorProblem) as told:
        Work(connection(lambda _request: httpx.Response(502, text=body))).list()
    assert (told.value.status, told.value.code, told.value.detail) == (502, "no_problem_document", body)


def test_a_redirection_is_no_answer():
    with pytest.raises(PreceptorProblem) as told:
        Work(connection(lambda _request: httpx.Response(303, headers={"location": "/sign-in"}))).list()
    assert told.value.status == 303


@pytest.mark.parametrize("body", ["<h1>Welcome</h1>", "", '{"projects": 1}'])
def test_something_that_is_no_preceptor_is_told(body):
    with pytest.raises(PreceptorProblem) as told:
        Work(connection(lambda _request: httpx.Response(200, text=body))).list()
    assert (told.value.status, told.value.code) == (200, "unexpected_answer")


def test_nobody_there_is_said_plainly():
    with pytest.raises(PreceptorUnreachableError, match=r"127\.0\.0\.1:1 does not answer"):
        Preceptor.sign_in(url="http://127.0.0.1:1", email="a@example.org", password="b")


def test_a_change_carries_the_token_of_the_cookie():
    seen = {}

    def answer(request):
        seen.update(request.headers)
        return httpx.Response(204)

    talking = connection(answer)
    talking.http.cookies.set("csrftoken", "abc")
    Work(talking).stop(response_id="one")
    assert (seen["x-csrf-token"], seen["content-type"]) == ("abc", "application/json")


STREAM = """: here

event: state
data: {"id":"a","state":"streaming","text":"He","error":null,"tokens":null,"new_field":1}

event: response
data: {"response_id":"a","delta":"llo"}

event: unheard-of
data: {}

event: state
data: {"id":"a","state":"complete","text":"Hello","error":null,"tokens":2}

event: done
data: {"turn_id":"t"}

event: response
data: {"response_id":"a","delta":"after the end"}

"""


def test_a_turn_is_followed_to_its_end_and_no_further():
    work = Work(connection(lambda _request: httpx.Response(200, text=STREAM)))
    steps = [(one.delta, one.response and one.response.state) for one in work.follow(turn_id="t")]
    assert steps == [(None, "streaming"), ("llo", None), (None, "complete")]


def test_a_turn_is_asked_where_one_goes_back_to():
    asked = []

    def answer(request):
        asked.append(json.loads(request.content))
        turn = {"id": "t", "position": 2, "parent": "a", "prompt": "?", "state": "asking", "shared": False}
        return httpx.Response(201, json=turn | {"responses": [], "continue_from": "b", "continued_with": "So."})

    turn = Work(connection(answer)).ask(assignment_id="x", prompt="?", continue_from="b", parent="a", key="k")
    assert turn.parent == "a"
    assert asked == [{"key": "k", "prompt": "?", "parent": "a", "continue_from": "b", "ideal": None}]


def test_a_turn_that_is_not_yours_is_a_problem():
    document = {"status": 404, "code": "not_found", "title": "No."}
    work = Work(connection(lambda _request: httpx.Response(404, content=json.dumps(document))))
    with pytest.raises(PreceptorProblem, match="404 not_found"):
        next(work.follow(turn_id="t"))


def released(path, content=b"one\n"):
    return ReleaseFile(path=path, rows=1, bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def test_a_file_arrives_in_its_place(tmp_path):
    asked = []

    def answer(request):
        asked.append(request.url.raw_path.decode())
        return httpx.Response(200, content=b"one\n")

    file = released("scored/train part.jsonl")
    got = Releases(connection(answer)).download(release_id="r", file=file, folder=tmp_path)
    assert (got, got.read_bytes()) == (tmp_path / "scored/train part.jsonl", b"one\n")
    assert asked == ["/api/v1/releases/r/files/scored/train%20part.jsonl"]


@pytest.mark.parametrize("path", ["../outside.jsonl", "/etc/outside.jsonl", "scored/../../outside.jsonl"])
def test_no_file_leaves_the_folder(tmp_path, path):
    releases = Releases(connection(lambda _request: httpx.Response(200, content=b"one\n")))
    with pytest.raises(DamagedFileError, match="leads out of the folder"):
        releases.download(release_id="r", file=released(path), folder=tmp_path / "in")
    assert not list(tmp_path.rglob("*.jsonl"))


def test_a_damaged_file_is_told(tmp_path):
    releases = Releases(connection(lambda _request: httpx.Response(200, content=b"two\n")))
    with pytest.raises(DamagedFileError, match=r"README\.md"):
        releases.download(release_id="r", file=released("README.md"), folder=tmp_path)
