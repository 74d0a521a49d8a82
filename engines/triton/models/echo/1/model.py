"""Gives back its inputs. The request parameter `delay_ms` makes it slow; a cancelled call ends at once."""

import json
import time

import triton_python_backend_utils as pb_utils

OUTPUTS = {"numbers": "numbers_out", "words": "words_out"}
POLL_SECONDS = 0.01


def wait(request, seconds):
    """True if the time has passed, false if the caller has gone away before."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if request.is_cancelled():
            return False
        time.sleep(POLL_SECONDS)
    return True


class TritonPythonModel:
    def execute(self, requests):
        return [self.respond(request) for request in requests]

    def respond(self, request):
        pb_utils.Logger.log_info(f"echo: request '{request.request_id()}' has begun")
        delay_ms = json.loads(request.parameters() or "{}").get("delay_ms", 0)
        if not wait(request, delay_ms / 1000):
            pb_utils.Logger.log_info(f"echo: request '{request.request_id()}' was cancelled")
            cancelled = pb_utils.TritonError("cancelled", pb_utils.TritonError.CANCELLED)
            return pb_utils.InferenceResponse(error=cancelled)
        tensors = [
            pb_utils.Tensor(OUTPUTS[tensor.name()], tensor.as_numpy()) for tensor in request.inputs()
        ]
        return pb_utils.InferenceResponse(output_tensors=tensors)
