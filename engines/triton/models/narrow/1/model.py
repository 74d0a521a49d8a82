"""Gives back its input after the request parameter `delay_ms`, and says in the log when it begins."""

import json
import time

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        return [self.respond(request) for request in requests]

    def respond(self, request):
        pb_utils.Logger.log_info(f"narrow: request '{request.request_id()}' has begun")
        time.sleep(json.loads(request.parameters() or "{}").get("delay_ms", 0) / 1000)
        x = pb_utils.get_input_tensor_by_name(request, "x")
        return pb_utils.InferenceResponse(output_tensors=[pb_utils.Tensor("y", x.as_numpy())])
