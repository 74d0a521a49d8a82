"""The admin pages of a worker, as tests read them."""

import collections
import json
import re
import urllib.error
import urllib.request

from stack import PATIENCE, wait_until

SERIES = re.compile(r'^(\w+)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def read_page(text):
    """{name: {labels as a frozenset of pairs: value}}"""
    metrics = collections.defaultdict(dict)
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, labels, value = SERIES.match(line).groups()
            key = frozenset(LABEL.findall(labels or ""))
            assert key not in metrics[name], f"twice: {line}"
            metrics[name][key] = float(value)
    return metrics


class WorkerPages:
    """The admin pages of a worker."""

    def __init__(self, worker):
        self.worker = worker
        wait_until(lambda: "admin pages" in worker.text(), "the worker is up")
        self.address = next(line["address"] for line in self.log() if line["message"] == "admin pages")
        wait_until(lambda: fetch(f"http://{self.address}/readyz")[0] == 200, "the worker polls")

    def log(self):
        # What follows the last line break is still being written.
        return [json.loads(line) for line in self.worker.text().splitlines(keepends=True) if line.endswith("\n")]

    def text(self):
        status, text = fetch(f"http://{self.address}/metrics")
        assert status == 200, text
        return text

    def series(self, name, *labels):
        """The values that are not 0, by these labels."""
        found = {}
        for key, value in read_page(self.text())[name].items():
            of_series = dict(key)
            if value:
                found[tuple(of_series[label] for label in labels)] = value
        return found
