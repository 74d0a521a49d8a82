"""Answers `count` times with 0, 1, 2 and so on. Request parameters: `delay_ms` before each answer; `fail_at`, the value in
whose place there is an error. A cancelled call ends and is logged."""

import json
import time

import numpy
import triton_python_backend_utils as pb_utils

POLL_SECONDS = 0.01


def wait(sender, seconds):
    """True if the time has passed, false if the caller has gone away before."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if sender.is_cancelled():
            return False
        time.sleep(POLL_SECONDS)
    return not sender.is_cancelled()


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            self.answer(request, request.get_response_sender())

    def answer(self, request, sender):
        pb_utils.Logger.log_info(f"repeat: request '{request.request_id()}' has begun")
        parameters = json.loads(request.parameters() or "{}")
        count = int(pb_utils.get_input_tensor_by_name(request, "count").as_numpy()[0])
        for value in range(count):
            if not wait(sender, parameters.get("delay_ms", 0) / 1000):
                pb_utils.Logger.log_info(f"repeat: request '{request.request_id()}' was cancelled")
                break
            if value == parameters.get("fail_at"):
                sender.send(pb_utils.InferenceResponse(error=pb_utils.TritonError("CUDA out of memory. Tried to allocate")))
                break
            output = pb_utils.Tensor("value", numpy.array([value], dtype=numpy.int32))
            sender.send(pb_utils.InferenceResponse(output_tensors=[output]))
        sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)
