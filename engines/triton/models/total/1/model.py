"""The sum of all `x` that came in a sequence so far."""

import numpy
import triton_python_backend_utils as pb_utils


def value(request, name):
    return int(pb_utils.get_input_tensor_by_name(request, name).as_numpy().flat[0])


class TritonPythonModel:
    def initialize(self, args):
        self.totals = {}

    def execute(self, requests):
        return [self.respond(request) for request in requests]

    def respond(self, request):
        sequence = value(request, "id")
        before = 0 if value(request, "start") else self.totals[sequence]
        self.totals[sequence] = before + value(request, "x")
        total = numpy.array([[self.totals[sequence]]], dtype=numpy.int32)
        return pb_utils.InferenceResponse(output_tensors=[pb_utils.Tensor("total", total)])
