"""Our client starts and awaits a workflow that a worker of Temporal's Python SDK serves."""

import asyncio
import unittest

from temporalio import workflow
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from stack import BIN, Stack


@workflow.defn(name="Greet")
class Greet:
    @workflow.run
    async def run(self, person: dict) -> str:
        if person["name"] == "nobody":
            raise ApplicationError("there is nobody to greet", type="Nobody")
        return f"Hello, {person['name']}, from Python"


class PythonWorker(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)
        client = await Client.connect(self.stack.address)
        worker = Worker(client, task_queue="greetings", workflows=[Greet], workflow_runner=UnsandboxedWorkflowRunner())
        await self.enterAsyncContext(worker)

    async def greet(self, name):
        child = await asyncio.create_subprocess_exec(BIN / "greet", self.stack.address, "greetings", name,
                                                     stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE)
        out, error = await asyncio.wait_for(child.communicate(), 60)
        return child.returncode, out.decode(), error.decode()

    async def test_its_result_arrives(self):
        self.assertEqual(await self.greet("Ada"), (0, "Hello, Ada, from Python\n", ""))

    async def test_its_failure_arrives_with_its_message(self):
        self.assertEqual(await self.greet("nobody"), (1, "", "failed: there is nobody to greet\n"))


if __name__ == "__main__":
    unittest.main()
