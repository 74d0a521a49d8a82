"""The three-step workflow of the design, served by Temporal's Python SDK."""

import argparse
import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.worker import Worker

with workflow.unsafe.imports_passed_through():
    import httpx


class Steps:
    def __init__(self, engine):
        self.engine = httpx.AsyncClient(base_url=engine, timeout=280)

    @activity.defn
    async def preprocess(self, request: dict) -> dict:
        return {"model": request["model"], **request["input"], **request.get("parameters", {})}

    @activity.defn
    async def infer(self, body: dict) -> dict:
        answer = await self.engine.post("/v1/chat/completions", json=body)
        answer.raise_for_status()
        return answer.json()

    @activity.defn
    async def postprocess(self, answer: dict) -> dict:
        choice = answer["choices"][0]
        return {"status": "completed", "content": choice["message"]["content"], "usage": answer["usage"],
                "finish_reason": choice["finish_reason"]}


@workflow.defn
class InferenceWorkflow:
    @workflow.run
    async def run(self, request: dict) -> dict:
        body = await workflow.execute_activity("preprocess", request, start_to_close_timeout=timedelta(seconds=30))
        answer = await workflow.execute_activity(
            "infer", body, start_to_close_timeout=timedelta(minutes=5),
            retry_policy=RetryPolicy(maximum_attempts=3, backoff_coefficient=2.0))
        return await workflow.execute_activity("postprocess", answer, start_to_close_timeout=timedelta(seconds=10))


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--engine", required=True)
    parser.add_argument("--task-queue", required=True)
    options = parser.parse_args()
    steps = Steps(options.engine)
    worker = Worker(await Client.connect(options.address), task_queue=options.task_queue, workflows=[InferenceWorkflow],
                    activities=[steps.preprocess, steps.infer, steps.postprocess], max_concurrent_activities=10,
                    max_concurrent_workflow_tasks=100)
    await worker.run()


# The workflow sandbox imports this module again.
if __name__ == "__main__":
    asyncio.run(main())
