"""What the real vLLM was heard to answer: recorded.json, a list of requests with the answers that they got.

An entry has a `name`, the `server` of SERVERS that it is for, a `path`, and either `request`, sent as JSON, or `raw`, sent
as it is; {"$repeat": [text, times]} in a request stands for a long text. `record` adds `status` and `body`, the body's very
text. Tests of the simulator, of the adapters and of the real vLLM read it.
"""

import json
import pathlib
import re
import urllib.error
import urllib.request

FILE = pathlib.Path(__file__).resolve().parent / "recorded.json"
# Options of vLLM by the name of the server.
SERVERS = {
    "text": ["--max-num-queued-reqs", "3"],
    "embedder": ["--runner", "pooling", "--convert", "embed", "--served-model-name", "embedder"],
    "classifier": ["--runner", "pooling", "--convert", "classify", "--served-model-name", "classifier"],
}
SECONDS = 60
# What differs from call to call. Vectors differ in their last digits from one processor to another.
CHANGING = [
    (re.compile(r'"id":"[^"]*"'), '"id":""'),
    (re.compile(r'"created":\d+'), '"created":0'),
    (re.compile(r"-?\d+\.\d+(e-?\d+)?"), "0.0"),
]


def load():
    return json.loads(FILE.read_text(encoding="utf-8"))


def save(recorded):
    FILE.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def written_out(value):
    if isinstance(value, dict):
        if "$repeat" in value:
            text, times = value["$repeat"]
            return text * times
        return {name: written_out(field) for name, field in value.items()}
    return [written_out(item) for item in value] if isinstance(value, list) else value


def ask(port, entry):
    """Sends an entry's request to the server at the port: the status and the text of the answer."""
    body = entry["raw"] if "raw" in entry else json.dumps(written_out(entry["request"]))
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{entry['path']}",
        data=body.encode(),
        headers={"content-type": entry.get("content_type", "application/json")},
        method=entry.get("method", "POST"),
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def lasting(text):
    """The text without what differs from call to call."""
    for pattern, replacement in CHANGING:
        text = pattern.sub(replacement, text)
    # The events of several prompts come in any order.
    return "\n".join(sorted(text.split("\n"))) if text.startswith("data:") else text
