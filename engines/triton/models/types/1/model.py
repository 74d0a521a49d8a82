"""Gives back each input under its name with `_out` behind it."""

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        return [self.respond(request) for request in requests]

    def respond(self, request):
        tensors = [pb_utils.Tensor(f"{tensor.name()}_out", tensor.as_numpy()) for tensor in request.inputs()]
        return pb_utils.InferenceResponse(output_tensors=tensors)
