"""Trains the digit classifier on the data set that scikit-learn ships.

Writes into the folder given: `digits.npz` (for the Triton model), `digits.json` (the same network, for
engine-sim's `dense` behaviour) and `digits-heldout.jsonl` (images that the training never saw, each with
its label and the KServe v2 input that asks for it). Ends with 1 if the network is not good enough to serve.
"""

import json
import pathlib
import sys
import warnings

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

SEED = 1797
HELD_OUT = 360
GREY_LEVELS = 16
WANTED_ACCURACY = 0.96


def split():
    digits = load_digits()
    pixels = (digits.data / GREY_LEVELS).astype(np.float32)
    return train_test_split(
        pixels, digits.target, test_size=HELD_OUT, random_state=SEED, stratify=digits.target
    )


def train(pixels, labels):
    network = MLPClassifier(hidden_layer_sizes=(64,), alpha=1e-3, max_iter=400, random_state=SEED)
    with warnings.catch_warnings():
        # The number of rounds is the budget; accuracy on the held-out images is what counts.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return network.fit(pixels, labels)


def write_weights(network, folder):
    layers = list(zip(network.coefs_, network.intercepts_))
    arrays = {}
    for i, (weights, bias) in enumerate(layers):
        arrays[f"weights_{i}"] = weights.astype(np.float32)
        arrays[f"bias_{i}"] = bias.astype(np.float32)
    np.savez(folder / "digits.npz", **arrays)
    as_lists = [
        {"weights": arrays[f"weights_{i}"].tolist(), "bias": arrays[f"bias_{i}"].tolist()}
        for i in range(len(layers))
    ]
    (folder / "digits.json").write_text(json.dumps({"layers": as_lists}))


def held_out_line(index, pixels, label):
    tensor = {
        "name": "pixels",
        "shape": [1, len(pixels)],
        "datatype": "FP32",
        # Grey levels are sixteenths, so every value is exact in decimal and in binary.
        "data": [float(value) for value in pixels],
    }
    line = {"custom_id": f"digit-{index:03}", "label": int(label), "input": {"inputs": [tensor]}}
    return json.dumps(line, separators=(",", ":"))


def write_held_out(pixels, labels, folder):
    lines = [held_out_line(i, *pair) for i, pair in enumerate(zip(pixels, labels))]
    (folder / "digits-heldout.jsonl").write_text("\n".join(lines) + "\n")


def main(folder):
    train_pixels, held_pixels, train_labels, held_labels = split()
    network = train(train_pixels, train_labels)
    accuracy = network.score(held_pixels, held_labels)
    print(f"digits: trained on {len(train_labels)} images, {accuracy:.1%} of {len(held_labels)} held-out right")
    if accuracy < WANTED_ACCURACY:
        print(f"digits: at least {WANTED_ACCURACY:.0%} are wanted", file=sys.stderr)
        return 1
    write_weights(network, folder)
    write_held_out(held_pixels, held_labels, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
