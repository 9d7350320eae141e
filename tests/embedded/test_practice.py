import http.client
import json
import time

import openai
import pytest

from preceptor.lib.embedded import practice
from preceptor.lib.embedded.model import agree_on_address, model_answers, read_model_address
from preceptor.lib.embedded.practice import HOSTILE_ANSWER, MODELS, practice_answer, practice_server

QUESTION = [{"role": "user", "content": "Why do my tires go flat in the winter?"}]


@pytest.fixture(scope="module")
def address():
    with practice_server() as running:
        yield running


@pytest.fixture
async def client(address):
    async with openai.AsyncOpenAI(base_url=address.url, api_key=address.key, max_retries=0, timeout=5) as client:
        yield client


async def streamed(client, model, **options):
    """The pieces of an answer, and why it ended."""
    pieces, reason, usage = [], None, None
    stream = await client.chat.completions.create(
        model=model, messages=QUESTION, stream=True, stream_options={"include_usage": True}, **options
    )
    async with stream:
        async for chunk in stream:
            usage = chunk.usage or usage
            for choice in chunk.choices:
                pieces.append(choice.delta.content or "")
                reason = choice.finish_reason or reason
    return "".join(pieces), reason, usage


def test_says_what_it_is_and_varies_by_seed():
    answers = {practice_answer("Why?", seed=seed) for seed in range(20)}
    assert len(answers) > 10
    assert all("practice" in answer.lower() for answer in answers)
    assert practice_answer("Why?", seed=3) == practice_answer("Why?", seed=3)


async def test_answers_whole_and_streamed_alike(client):
    whole = await client.chat.completions.create(model="practice", messages=QUESTION, seed=5)
    text, reason, usage = await streamed(client, "practice", seed=5)
    assert text == whole.choices[0].message.content == practice_answer(QUESTION[0]["content"], seed=5)
    assert reason == "stop"
    assert usage.completion_tokens == len(text.split(" "))


async def test_stops_at_the_limit(client):
    text, reason, _ = await streamed(client, "practice", max_tokens=3)
    assert len(text.split()) == 3
    assert reason == "length"


async def test_lists_its_models(client):
    assert [model.id async for model in client.models.list()] == list(MODELS)


async def test_wants_the_key(address):
    async with openai.AsyncOpenAI(base_url=address.url, api_key="wrong", max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError):
            await stranger.chat.completions.create(model="practice", messages=QUESTION)


async def test_refuses_what_is_too_long_as_the_real_server_does(client):
    with pytest.raises(openai.BadRequestError) as caught:
        await client.chat.completions.create(
            model="practice", messages=[{"role": "user", "content": "word " * 3000}], stream=True
        )
    assert caught.value.body["type"] == "exceed_context_size_error"


@pytest.mark.parametrize(
    ("model", "error"), [("practice-broken", openai.InternalServerError), ("practice-busy", openai.RateLimitError)]
)
async def test_fails_on_request(client, model, error):
    with pytest.raises(error):
        await streamed(client, model)


async def test_cuts_off(client):
    with pytest.raises(openai.APIConnectionError):
        await streamed(client, "practice-cut")


async def test_streams_garbage(client):
    with pytest.raises((ValueError, openai.APIError)):
        await streamed(client, "practice-garbage")


async def test_says_nothing(client):
    assert (await streamed(client, "practice-empty"))[:2] == ("", "stop")


async def test_is_hostile(client):
    assert (await streamed(client, "practice-script"))[0] == HOSTILE_ANSWER


async def test_hangs(client, monkeypatch):
    monkeypatch.setattr(practice, "HANG_SECONDS", 1.0)
    with pytest.raises(openai.APITimeoutError):
        await streamed(client, "practice-hang", timeout=0.3)


async def test_is_slow(client, monkeypatch):
    monkeypatch.setattr(practice, "SLOW_START_SECONDS", 0.2)
    monkeypatch.setattr(practice, "SLOW_WORD_SECONDS", 0.01)
    began = time.monotonic()
    await streamed(client, "practice-slow", max_tokens=10)
    assert time.monotonic() - began >= 0.3


def test_sends_a_web_page_and_takes_no_nonsense(address):
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=5)
    headers = {"Authorization": f"Bearer {address.key}"}
    body = json.dumps({"model": "practice-html", "messages": QUESTION})
    connection.request("POST", "/v1/chat/completions", body, headers)
    assert connection.getresponse().read().startswith(b"<!doctype html>")
    connection.request("POST", "/v1/chat/completions", "{nonsense", headers)
    answer = connection.getresponse()
    assert answer.status == 400
    answer.read()
    connection.close()


def test_the_address_is_agreed_on_before_the_server_starts(tmp_path):
    run_file = tmp_path / "model.json"
    assert read_model_address(run_file) is None
    first = agree_on_address(run_file, model="practice", practice=True)
    assert read_model_address(run_file) == first
    assert run_file.stat().st_mode & 0o077 == 0
    assert not model_answers(first)
    with practice_server(port=first.port, key=first.key):
        assert model_answers(first)
    second = agree_on_address(run_file, model="practice", practice=True)
    assert second.port == first.port
    assert second.key != first.key
