"""Gives back its input. A batch of 8 or more fails as PyTorch does without memory; the value -9 kills the process."""

import os
import signal

import triton_python_backend_utils as pb_utils

TOO_MANY = 8
DEADLY = -9


class TritonPythonModel:
    def execute(self, requests):
        return [self.respond(request) for request in requests]

    def respond(self, request):
        x = pb_utils.get_input_tensor_by_name(request, "x").as_numpy()
        if (x == DEADLY).any():
            os.kill(os.getpid(), signal.SIGKILL)
        if len(x) >= TOO_MANY:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 8.00 GiB")
        return pb_utils.InferenceResponse(output_tensors=[pb_utils.Tensor("y", x)])
