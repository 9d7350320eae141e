"""The embedded model's server: llama.cpp's own, OpenAI-compatible, in a process of its own.

Run as `python -m preceptor.lib.embedded.llama --model FILE --run-file FILE`; the run file says where to listen, under
which key and name. Ends on SIGTERM or SIGINT.
"""

import argparse
import os
import signal
from pathlib import Path

from preceptor.lib.embedded.model import ModelAddress, read_model_address

SLOTS = 8
"""Answers written at the same time; more wait their turn."""
TOKENS_PER_SLOT = 2048
"""Context of each, prompt and answer together."""


def serve(*, weights: Path, address: ModelAddress, slots: int = SLOTS, tokens_per_slot: int = TOKENS_PER_SLOT) -> None:
    """Load the model and answer requests until SIGTERM or SIGINT."""
    import xllamacpp  # noqa: PLC0415 (34 MB; only this process needs it)

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.model_alias = {address.model}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = address.port
    parameters.api_keys = [address.key]
    parameters.n_parallel = slots
    parameters.n_ctx = slots * tokens_per_slot
    parameters.kv_unified = False  # each slot has its own part, so that no conversation can take another one's
    parameters.cont_batching = True
    parameters.ctx_shift = False
    parameters.cpuparams.n_threads = os.cpu_count() or 1
    parameters.use_jinja = True  # the chat template that stands in the file
    parameters.warmup = False
    parameters.cache_ram_mib = 0
    parameters.ui = False
    parameters.endpoint_slots = False  # would show one person's prompt to another
    parameters.verbosity = 1
    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)  # before the server starts its threads
    server = xllamacpp.Server(parameters)
    print(f"{address.model} answers at {server.listening_address} ({slots} at a time)", flush=True)  # noqa: T201 (its log)
    signal.sigwait(stop)
    os._exit(0)  # nothing to save, and requests under way need not be waited for


def main() -> None:
    """The command line of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="GGUF file")
    parser.add_argument("--run-file", type=Path, required=True, help="where its address stands")
    parser.add_argument("--slots", type=int, default=SLOTS)
    options = parser.parse_args()
    address = read_model_address(options.run_file)
    if address is None:
        parser.error(f"{options.run_file} holds no address")
    serve(weights=options.model, address=address, slots=options.slots)


if __name__ == "__main__":
    main()
