"""Long batches whose worker, engine and server are killed again and again, in random order: IW_SEED repeats a run."""

import os
import random
import unittest

from batch_objects_test import ObjectsTest
from batch_test import BatchTest, line
from stack import wait_until

ITEMS = int(os.environ.get("IW_ITEMS", "20000"))
KILLS = int(os.environ.get("IW_KILLS", "50"))
DEPTH = 16


class Kills:
    ENGINE = ["--latency-ms", "30", "--slots", "64"]

    def kill(self, part, dice):
        if part == "worker":
            self.lose_worker(dice)
        elif part == "engine":
            self.engine.kill()
            self.engine = self.stack.engine(*self.ENGINE, http=self.engine.http, grpc=self.engine.grpc)
        else:
            self.stack.server.kill()
            self.stack.start_server()

    def test_the_output_holds_every_item_once_whatever_is_killed(self):
        seed = int(os.environ.get("IW_SEED", random.randrange(2**32)))
        print(f"IW_SEED={seed}", flush=True)
        dice = random.Random(seed)
        lines = [line(number) for number in range(ITEMS)]
        self.start(self.request(lines))
        wait_until(lambda: self.done() > 0, "results come")
        killed = {"worker": 0, "engine": 0, "server": 0}
        for kill in range(1, KILLS + 1):
            goal = ITEMS * kill // (KILLS + 2)
            wait_until(lambda: self.done() >= goal, f"{goal} items after {killed}", 120)
            part = dice.choice(list(killed))
            killed[part] += 1
            self.kill(part, dice)
        wait_until(lambda: self.output.exists(), f"the end after {killed}", 300)
        response, failure = self.result()
        print(killed, response and response.get("counts"), flush=True)
        self.assertIsNone(failure, response)
        self.assertEqual(response["counts"], {"total": ITEMS, "succeeded": ITEMS, "failed": 0, "canceled": 0})
        self.assertEqual(self.ids(self.output), [each["custom_id"] for each in lines])
        received = len(self.engine.events("received"))
        print(f"{received} calls for {ITEMS} items", flush=True)
        self.assertLessEqual(received, ITEMS + KILLS * self.UNDER_WAY, "again at most what was under way at a kill")


class OneMachine(Kills, BatchTest):
    UNDER_WAY = DEPTH

    def request(self, lines):
        return self.of_file(lines)

    def done(self):
        partial = self.stack.folder / "out.jsonl.partial"
        return partial.read_bytes().count(b"\n") if partial.exists() else ITEMS if self.output.exists() else 0

    def lose_worker(self, dice):
        self.worker.kill()
        self.worker = self.stack.worker(self.config)


class TwoMachines(Kills, ObjectsTest):
    """They share the object store alone; a worker that is killed loses its disk, too."""

    UNDER_WAY = 2 * DEPTH  # An engine that dies takes both machines' calls along.

    def start_worker(self):
        super().start_worker()
        self.running = [self.worker, self.new_machine()]

    def request(self, lines):
        return self.of_objects(lines)

    def done(self):
        return ITEMS if self.output.exists() else self.partial_lines()

    def lose_worker(self, dice):
        self.lose_machine(self.running, dice)


if __name__ == "__main__":
    unittest.main(argv=["batch_kills_test.py", "OneMachine", "TwoMachines"], verbosity=2)
