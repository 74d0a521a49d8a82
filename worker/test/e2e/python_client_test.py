"""Temporal's own Python SDK beside ours, in both directions."""

import json
import unittest

from temporalio.client import Client, WorkflowFailureError
from temporalio.exceptions import ApplicationError

from stack import Stack


class PythonClient(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)
        self.stack.worker(self.stack.config(self.stack.engine()))
        self.client = await Client.connect(self.stack.address)

    async def infer(self, request, job):
        return await self.client.execute_workflow("InferenceWorkflow", request, id=job, task_queue="inference-normal")

    async def test_a_dict_becomes_the_documented_response(self):
        response = await self.infer({"model": "echo", "input": {"messages": [{"role": "user", "content": "hello"}]},
                                     "parameters": {"max_tokens": 5}, "metadata": {"mine": 1}, "unknown": True}, "py-1")
        self.assertEqual(set(response), {"job_id", "status", "model", "served_model", "fallback", "output", "content",
                                         "usage", "finish_reason", "truncated", "timings", "attempts", "metadata"})
        self.assertEqual(response["job_id"], "py-1")
        self.assertEqual(response["status"], "completed")
        self.assertEqual(response["content"], response["output"]["content"])
        self.assertEqual(response["metadata"]["mine"], 1)
        self.assertEqual(response["usage"]["total_tokens"],
                         response["usage"]["prompt_tokens"] + response["usage"]["completion_tokens"])

    async def test_tensors_go_through_triton_s_protocol_and_come_back(self):
        response = await self.infer({"model": "tensor", "input": {"inputs": [
            {"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [1, 2.5, -3, 4]}]}}, "py-2")
        self.assertEqual(response["output"]["outputs"],
                         [{"name": "y", "shape": [1, 4], "datatype": "FP32", "data": [1, 2.5, -3, 4]}])

    async def test_a_failed_job_is_an_application_error_with_class_and_details(self):
        with self.assertRaises(WorkflowFailureError) as failed:
            await self.infer({"model": "nope", "input": {"prompt": "x"}}, "py-3")
        error = failed.exception.cause
        self.assertIsInstance(error, ApplicationError)
        self.assertEqual(error.type, "Fatal")
        details = error.details[0]
        self.assertEqual(set(details), {"code", "class", "message", "model", "endpoint", "attempt"})
        self.assertEqual(details["code"], "MODEL_NOT_FOUND")

    async def test_whatever_is_no_request_fails_the_job_as_validation(self):
        for number, request in enumerate([None, 17, "text", {}, {"model": 3}]):
            with self.assertRaises(WorkflowFailureError, msg=json.dumps(request)) as failed:
                await self.infer(request, f"py-bad-{number}")
            self.assertEqual(failed.exception.cause.details[0]["code"], "VALIDATION")

    async def test_the_status_query_answers_the_documented_object(self):
        await self.infer({"model": "echo", "input": {"prompt": "hello"}, "priority": "high"}, "py-4")
        status = await self.client.get_workflow_handle("py-4").query("status")
        self.assertEqual(status["state"], "completed")
        self.assertEqual(status["progress"], 1.0)
        self.assertEqual(status["priority"], "high")
        self.assertEqual(status["model"], "echo")


if __name__ == "__main__":
    unittest.main()
