"""What streaming costs: many answers at once, from the engine directly and through Temporal and the worker, in turn.

Prints the worker's CPU while tokens flow, and the time to the first token of both ways, as a table in Markdown.
"""

import argparse
import asyncio
import json
import os
import pathlib
import statistics
import sys
import time

from temporalio.client import Client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "worker/test/e2e"))
TICKS = os.sysconf("SC_CLK_TCK")
WORDS = " ".join(f"w{number}" for number in range(16))


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.child.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def request(tokens):
    return {"messages": [{"role": "user", "content": WORDS}], "max_tokens": tokens, "min_tokens": tokens, "ignore_eos": True}


async def direct(engine, tokens):
    """The time to the first token, in ms, of a stream that is read to its end."""
    body = json.dumps({"model": "echo", "stream": True, **request(tokens)}).encode()
    begin = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.http)
    writer.write(b"POST /v1/chat/completions HTTP/1.1\r\nHost: engine\r\nContent-Type: application/json\r\n"
                 b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    first = None
    while line := await reader.readline():
        if first is None and line.startswith(b"data: ") and b'"content":"' in line and b'"content":""' not in line:
            first = (time.perf_counter() - begin) * 1000
    writer.close()
    return first


async def through_the_worker(client, job, tokens):
    response = await client.execute_workflow(
        "InferenceWorkflow", {"model": "echo", "input": {"messages": request(0)["messages"]},
                              "parameters": {key: value for key, value in request(tokens).items() if key != "messages"}},
        id=job, task_queue="inference-normal")
    assert response["usage"]["completion_tokens"] == tokens, response["usage"]
    return response["timings"]["ttft_ms"]


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--temporal", required=True)
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--tokens-per-second", type=int, default=2000, help="of all streams together")
    parser.add_argument("--seconds", type=int, default=15, help="how long each stream lasts")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    os.environ.update(IW_BIN_DIR=str(options.bin), TEMPORAL_CLI=options.temporal)
    from stack import Stack

    pace_us = 1_000_000 * options.streams // options.tokens_per_second
    tokens = options.seconds * 1_000_000 // pace_us
    stack = Stack()
    try:
        engine = stack.engine("--slots", options.streams, "--decode-us-per-token", pace_us, "--latency-ms", 20)
        worker = stack.worker(stack.config(engine, worker=f"serve: [normal], max_concurrent_activities: {options.streams}"))
        client = await Client.connect(stack.address)
        await asyncio.gather(*(through_the_worker(client, f"warm-{number}", 2) for number in range(options.streams)))
        shares, ours, theirs = [], [], []
        for turn in range(options.rounds):
            theirs += await asyncio.gather(*(direct(engine, tokens) for _ in range(options.streams)))
            jobs = asyncio.gather(*(through_the_worker(client, f"{turn}-{number}", tokens) for number in range(options.streams)))
            # Between the start of all and the end of the first, when nothing but tokens comes.
            await asyncio.sleep(options.seconds * 0.3)
            begin, cpu = time.perf_counter(), cpu_seconds(worker)
            await asyncio.sleep(options.seconds * 0.5)
            shares.append((cpu_seconds(worker) - cpu) / (time.perf_counter() - begin) * 100)
            ours += await jobs
            print(f"round {turn}: {shares[-1]:.1f} % of a core", file=sys.stderr)
        print(f"| {options.streams} streams, {options.tokens_per_second} tokens/s together | engine driven directly | through the worker |")
        print("|---|---|---|")
        print(f"| time to first token, p50 ms | {statistics.median(theirs):.0f} | {statistics.median(ours):.0f} |")
        print(f"| worker CPU, % of one core | | {statistics.median(shares):.1f} |")
    finally:
        stack.close()


asyncio.run(main())
