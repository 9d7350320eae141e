"""Asking models: what arrives, and what is said when nothing does."""

import asyncio
import json
import logging
import time
from contextlib import aclosing

import msgspec
import pytest

from preceptor.lib.embedded.practice import HOSTILE_ANSWER, practice_answer
from preceptor.llms.asking import (
    Asker,
    Chunk,
    ModelBusyError,
    ModelCutOffError,
    ModelDownError,
    ModelGarbageError,
    ModelProblemError,
    ModelRefusedError,
    ModelTimeoutError,
    PromptTooLongError,
    problem_text,
)
from tests.llms.conftest import END, STREAM, answer_of, event, model_at, plain

SECRET = "sk-super-secret-0123456789"


def practising(address, name="practice", **options):
    return model_at(address.url, name, key=address.key, **options)


async def test_an_answer_arrives_in_pieces_with_counts_and_times(asker, practice):
    text, final = await answer_of(asker, practising(practice), "Why do tires go flat?", seed=7)
    assert text == practice_answer("Why do tires go flat?", seed=7)
    assert (final.finish_reason, final.prompt_tokens) == ("stop", 5)
    assert final.completion_tokens == len(text.split(" "))
    assert 0 <= final.first_token_ms <= final.latency_ms < 5_000


async def test_another_seed_gives_another_answer_and_limits_hold(asker, practice):
    first, _ = await answer_of(asker, practising(practice), "Why?", seed=1)
    second, _ = await answer_of(asker, practising(practice), "Why?", seed=4)
    assert first != second
    short, final = await answer_of(asker, practising(practice), "Why?", seed=1, parameters={"max_tokens": 3})
    assert first.startswith(short)
    assert final.finish_reason == "length"


async def test_scripts_in_an_answer_come_as_they_are(asker, practice):
    text, _ = await answer_of(asker, practising(practice, "practice-script"))
    assert text == HOSTILE_ANSWER


async def test_an_empty_answer_is_an_answer(asker, practice):
    text, final = await answer_of(asker, practising(practice, "practice-empty"))
    assert (text, final.finish_reason, final.first_token_ms) == ("", "stop", None)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("practice-broken", ModelDownError),
        ("practice-busy", ModelBusyError),
        ("practice-garbage", ModelGarbageError),
        ("practice-html", ModelGarbageError),
        ("practice-hang", ModelTimeoutError),
        ("practice-cut", ModelCutOffError),
    ],
)
async def test_each_misbehaviour_has_its_own_error(asker, practice, name, kind):
    began = time.monotonic()
    with pytest.raises(ModelProblemError) as caught:
        await answer_of(asker, practising(practice, name, timeout=1), "A question of several words")
    assert type(caught.value) is kind
    assert time.monotonic() - began < 3
    assert caught.value.technical
    assert problem_text(caught.value.code) == caught.value.title


async def test_what_was_said_before_the_cut_was_handed_on(asker, practice):
    messages = [{"role": "user", "content": "x"}]
    async with aclosing(
        asker.stream(model=practising(practice, "practice-cut"), messages=messages, parameters={})
    ) as stream:
        for _ in range(3):
            assert (await anext(stream)).delta
        with pytest.raises(ModelCutOffError):
            [part async for part in stream]


async def test_words_for_people_name_neither_model_nor_server(asker, practice):
    for name in ("practice-broken", "practice-html", "practice-cut"):
        with pytest.raises(ModelProblemError) as caught:
            await answer_of(asker, practising(practice, name))
        assert "practice" not in str(caught.value).lower()
        assert "127.0.0.1" not in str(caught.value)


async def test_nobody_there(asker):
    with pytest.raises(ModelDownError) as caught:
        await answer_of(asker, model_at("http://127.0.0.1:1/v1", "m"))
    assert caught.value.never_arrived


async def test_unknown_host(asker):
    with pytest.raises(ModelDownError):
        await answer_of(asker, model_at("http://nowhere.invalid/v1", "m"))


async def test_a_lost_connection_is_tried_once_more(asker, script):
    script.answers = [[], [STREAM, event("yes"), event(reason="stop"), END]]
    text, _ = await answer_of(asker, script.model())
    assert text == "yes"
    assert len(script.heads) == 2


async def test_only_once_more(asker, script):
    script.answers = [[]]
    with pytest.raises(ModelDownError):
        await answer_of(asker, script.model())
    assert len(script.heads) == 2


async def test_nothing_is_repeated_once_text_was_shown(asker, script):
    script.answers = [[STREAM, event("half")]]
    with pytest.raises(ModelCutOffError):
        await answer_of(asker, script.model())
    assert len(script.heads) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 301, 307])
async def test_refusals(asker, script, status):
    body = {"error": {"message": f"Incorrect API key provided: {SECRET}.\n\x1b[31mGo away", "type": "invalid_request"}}
    script.answers = [[plain(status, body, more=b"Location: http://127.0.0.1:1/elsewhere\r\n")]]
    with pytest.raises(ModelRefusedError) as caught:
        await answer_of(asker, script.model(key=SECRET))
    assert caught.value.technical == (f"HTTP {status}: Incorrect API key provided: •••. [31mGo away (invalid_request)")
    assert len(script.heads) == 1
    assert SECRET not in str(caught.value) + repr(caught.value) + caught.value.technical


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, ModelBusyError),
        (503, ModelBusyError),
        (500, ModelDownError),
        (502, ModelDownError),
        (504, ModelTimeoutError),
    ],
)
async def test_servers_in_trouble(asker, script, status, kind):
    script.answers = [[plain(status, b"<html><h1>Bad Gateway</h1></html>", kind="text/html")]]
    with pytest.raises(ModelProblemError) as caught:
        await answer_of(asker, script.model())
    assert type(caught.value) is kind
    assert caught.value.technical == f"HTTP {status}: a web page"


@pytest.mark.parametrize(
    "message",
    [
        "request (3000 tokens) exceeds the available context size (2048 tokens), try increasing it",
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens",
        "prompt is too long: 211000 tokens > 200000 maximum",
    ],
)
async def test_servers_that_say_too_long(asker, script, message):
    script.answers = [[plain(400, {"error": {"message": message}})]]
    with pytest.raises(PromptTooLongError):
        await answer_of(asker, script.model())


async def test_too_long_by_the_practice_model_and_before_asking(asker, practice, script):
    with pytest.raises(PromptTooLongError):
        await answer_of(asker, practising(practice), "word " * 2_100)
    script.answers = [[]]
    with pytest.raises(PromptTooLongError) as caught:
        await answer_of(asker, script.model(context=100), "A thousand letters. " * 50)
    assert "100" in str(caught.value.detail)
    assert script.heads == []


async def test_too_long_said_in_the_stream(asker, script):
    error = json.dumps({"error": {"code": 400, "message": "the request exceeds the available context size"}}).encode()
    script.answers = [[STREAM, event("so far"), b"data: " + error + b"\n\n"]]
    with pytest.raises(PromptTooLongError):
        await answer_of(asker, script.model())


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"data: 17\n\n", ModelGarbageError),
        (b"data: []\n\n", ModelGarbageError),
        (b'data: {"choices": 3}\n\n', ModelGarbageError),
        (b'data: {"choices": [3]}\n\n', ModelGarbageError),
        (b'data: {"choices": [{"delta": 5}]}\n\n', ModelGarbageError),
        (b'data: {"choices": [{"delta": {"content": {"a": 1}}}]}\n\n', ModelGarbageError),
        (b"data: \xff\xfe\n\n", ModelGarbageError),
        (b"\x00\x01\x02" * 1000, ModelGarbageError),
        (b'data: {"error": {"message": "boom"}}\n\n', ModelDownError),
        (b": keep alive\n\n", ModelGarbageError),
        (END, ModelGarbageError),
        (event(), ModelCutOffError),
        (event("text") + END, ModelCutOffError),
    ],
)
async def test_streams_of_nonsense(asker, script, data, kind):
    script.answers = [[STREAM, data]]
    with pytest.raises(ModelProblemError) as caught:
        await answer_of(asker, script.model())
    assert type(caught.value) is kind, caught.value.technical


async def test_no_http_at_all(asker, script):
    script.answers = [[b"220 mail.example.org ESMTP\r\n\r\n"]]
    with pytest.raises(ModelGarbageError) as caught:
        await answer_of(asker, script.model())
    assert "RemoteProtocolError" in caught.value.technical


async def test_a_line_without_end_and_a_compressed_bomb(asker, script):
    script.answers = [[STREAM, b"data: ", *[b"x" * 1_000_000] * 6, 5.0]]
    with pytest.raises(ModelGarbageError):
        await answer_of(asker, script.model())
    script.answers = [[STREAM.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n"), b"\x1f\x8b" * 50]]
    with pytest.raises(ModelGarbageError):
        await answer_of(asker, script.model())


async def test_a_text_without_end_is_cut_at_the_limit(asker, script, monkeypatch):
    monkeypatch.setattr("preceptor.llms.asking.asker.MAX_TEXT", 1_000)
    script.answers = [[STREAM, *[event("blah " * 20)] * 20, 30.0]]
    text, final = await answer_of(asker, script.model())
    assert len(text) == 1_000
    assert final.finish_reason == "length"
    await asyncio.wait_for(script.left.wait(), 2)


async def test_silence_in_the_midst_is_a_time_out(asker, script):
    script.answers = [[STREAM, event("a"), 30.0]]
    began = time.monotonic()
    with pytest.raises(ModelTimeoutError):
        await answer_of(asker, script.model(timeout=1))
    assert time.monotonic() - began < 2.5
    await asyncio.wait_for(script.left.wait(), 2)


async def test_comments_do_not_keep_a_silent_server_alive(asker, script):
    script.answers = [[STREAM, *[b": still here\n\n", 0.3] * 20]]
    with pytest.raises(ModelTimeoutError):
        await answer_of(asker, script.model(timeout=1))


async def test_a_missing_epilogue_costs_nothing(asker, script, monkeypatch):
    monkeypatch.setattr("preceptor.llms.asking.asker.EPILOGUE_SECONDS", 0.2)
    for end in ([30.0], [b"data: broken\n\n"], []):
        script.answers = [[STREAM, event("whole"), event(reason="stop"), *end]]
        text, final = await answer_of(asker, script.model())
        assert (text, final.finish_reason, final.completion_tokens) == ("whole", "stop", None)


async def test_nul_and_halves_of_characters_are_left_out(asker, script):
    halves = [
        event("a\x00b"),
        event("\ud83d"),
        event("\ude00!"),
        event("\ud83d"),
        event("c\udc00"),
        event(reason="stop"),
    ]
    script.answers = [[STREAM, *halves, END]]
    text, _ = await answer_of(asker, script.model(), "bad \ud800 prompt\x00")
    assert text == "ab😀!c"
    assert script.requests[0]["messages"] == [{"role": "user", "content": "bad  prompt"}]


async def test_what_is_sent_is_what_was_given(asker, script):
    script.answers = [[STREAM, event("x", reason="stop"), END]]
    parameters = {"temperature": 0.7, "max_tokens": 9, "stop": ["\n"], "extra": {"chat_template_kwargs": {"a": 1}}}
    await answer_of(asker, script.model(key=SECRET), "Hm?", parameters=parameters, seed=3)
    assert script.requests == [
        {
            "model": "some/model",
            "messages": [{"role": "user", "content": "Hm?"}],
            "temperature": 0.7,
            "max_tokens": 9,
            "stop": ["\n"],
            "chat_template_kwargs": {"a": 1},
            "seed": 3,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
    ]
    assert f"authorization: bearer {SECRET}".encode() in script.heads[0].lower()
    assert b"POST /v1/chat/completions" in script.heads[0]


async def test_nothing_of_our_environment_is_shown_to_a_server(asker, script, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("OPENAI_ORG_ID", "our-organisation")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "our-project")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    script.answers = [[STREAM, event("x", reason="stop"), END]]
    await answer_of(asker, script.model())
    head = script.heads[0].lower()
    assert b"authorization" not in head
    assert b"our-" not in head


async def test_a_server_that_does_not_count_is_asked_again_without(asker, script):
    refusal = plain(400, {"error": {"message": "Unrecognized request argument supplied: stream_options"}})
    good = [STREAM, event("x", reason="stop"), END]
    script.answers = [[refusal], good]
    model = script.model()
    assert (await answer_of(asker, model))[0] == "x"
    assert (await answer_of(asker, model))[0] == "x"
    assert ["stream_options" in request for request in script.requests] == [True, False, False]


async def test_leaving_ends_the_request_at_once(asker, script):
    script.answers = [[STREAM, event("a"), 30.0]]
    async with aclosing(
        asker.stream(model=script.model(), messages=[{"role": "user", "content": "x"}], parameters={})
    ) as stream:
        assert await anext(stream) == Chunk("a")
    await asyncio.wait_for(script.left.wait(), 1)


async def test_cancelling_ends_the_request_at_once_and_frees_the_place(asker, script):
    script.answers = [[STREAM, event("a"), 30.0], [STREAM, event("b", reason="stop"), END]]
    model = script.model(slots=1)
    task = asyncio.create_task(answer_of(asker, model))
    waiting = asyncio.create_task(answer_of(asker, model))
    await asyncio.sleep(0.3)
    assert len(script.heads) == 1, "there is one place only"
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(script.left.wait(), 1)
    assert (await asyncio.wait_for(waiting, 2))[0] == "b"


async def test_places_are_shared_among_processes(practice):
    asker = Asker(processes=2)
    model = practising(practice, "practice-slow", slots=3)
    tasks = [asyncio.create_task(answer_of(asker, model, parameters={"max_tokens": 1})) for _ in range(3)]
    done, _ = await asyncio.wait(tasks, timeout=3.5)
    assert len(done) == 2
    await tasks[2]
    await asker.close()


async def test_four_answers_stream_side_by_side(asker, practice):
    model = practising(practice, "practice-slow")
    began = time.monotonic()
    answers = await asyncio.gather(*(answer_of(asker, model, seed=n, parameters={"max_tokens": 3}) for n in range(4)))
    assert len(answers) == 4
    assert time.monotonic() - began < 5


async def test_a_new_address_takes_effect_while_the_old_one_is_in_use(asker, script, practice):
    script.answers = [[STREAM, event("old "), 0.5, event("text", reason="stop"), END]]
    old = script.model()
    under_way = asyncio.create_task(answer_of(asker, old))
    await asyncio.sleep(0.2)
    new = msgspec.structs.replace(
        old,
        endpoint=msgspec.structs.replace(practising(practice).endpoint, id=old.endpoint.id),
        model_name="practice",
    )
    assert (await answer_of(asker, new, seed=1))[0] == practice_answer("Why?", seed=1)
    assert (await under_way)[0] == "old text"


async def test_the_key_is_in_no_log_and_no_repr(asker, script, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    script.answers = [[STREAM, event("x", reason="stop"), END], [plain(401, {"error": {"message": SECRET}})]]
    model = script.model(key=SECRET)
    await answer_of(asker, model)
    with pytest.raises(ModelRefusedError) as caught:
        await answer_of(asker, model)
    shown = f"{model!r} {model} {caught.value!r} {caught.getrepr(showlocals=False)} {caplog.text} {capfd.readouterr()}"
    assert SECRET not in shown
    assert "•••" in repr(model)


async def test_models_served(asker, practice, script):
    assert "practice-slow" in await asker.list_served(practising(practice).endpoint)
    for answer in (b"[]", b"<html>", b'{"data": 3}', b'{"data": [{"id"', b'{"data": [1]}'):
        script.answers = [[plain(200, answer)]]
        with pytest.raises(ModelGarbageError):
            await asker.list_served(script.model().endpoint)
