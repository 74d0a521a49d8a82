"""A small dense network on handwritten digits; its weights are trained by engines/triton/setup."""

import os

import numpy as np
import triton_python_backend_utils as pb_utils


def forward(pixels, layers):
    """Probabilities of the ten digits, one row per image."""
    activation = pixels
    for weights, bias in layers[:-1]:
        activation = np.maximum(activation @ weights + bias, 0)
    weights, bias = layers[-1]
    logits = activation @ weights + bias
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


class TritonPythonModel:
    def initialize(self, args):
        folder = os.path.join(args["model_repository"], args["model_version"])
        with np.load(os.path.join(folder, "weights.npz")) as stored:
            count = len(stored.files) // 2
            self.layers = [(stored[f"weights_{i}"], stored[f"bias_{i}"]) for i in range(count)]

    def execute(self, requests):
        # One product for the whole dynamic batch, then each request gets its own rows back.
        batches = [pb_utils.get_input_tensor_by_name(r, "pixels").as_numpy() for r in requests]
        probabilities = forward(np.concatenate(batches), self.layers).astype(np.float32)
        ends = np.cumsum([len(batch) for batch in batches])
        return [self.respond(part) for part in np.split(probabilities, ends[:-1])]

    def respond(self, probabilities):
        label = probabilities.argmax(axis=1).astype(np.int64).reshape(-1, 1)
        return pb_utils.InferenceResponse(
            output_tensors=[
                pb_utils.Tensor("label", label),
                pb_utils.Tensor("probabilities", probabilities),
            ]
        )
