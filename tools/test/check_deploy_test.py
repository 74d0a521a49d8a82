"""tools/check-deploy takes the tree as it is, and finds what is wrong with a copy of it."""
import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parent.parent.parent
CHECK = ROOT / "tools" / "check-deploy"

# what it shows, part, file below deploy/, what is replaced, by what, what is said
REFUSED = [
    ("a key twice", "yaml", "systemd/inference-worker.yaml", "worker:", "models: {}\nworker:", "key-duplicates"),
    ("an unknown key of systemd", "systemd", "systemd/inference-worker.service", "RestartSec=", "RestartSecs=", "RestartSecs"),
    ("a unit that is less confined", "systemd", "systemd/inference-worker.service", "\nCapabilityBoundingSet=\n", "\nPrivateTmp=no\n",
     "Overall exposure"),
    ("a stop before the drain is over", "systemd", "systemd/inference-worker.service", "TimeoutStopSec=45", "TimeoutStopSec=35",
     "TimeoutStopSec: 35 is not more"),
    ("an unknown key of Kubernetes", "kubernetes", "kubernetes/deployment.yaml", "readinessProbe:", "readynessProbe:", "readynessProbe"),
    ("a budget for no pod", "kubernetes", "kubernetes/poddisruptionbudget.yaml", "kubernetes.io/name: inference-worker",
     "kubernetes.io/name: other", "PodDisruptionBudget: no pod has the label"),
    ("a file that kustomize does not know", "kubernetes", "kubernetes/kustomization.yaml", "  - networkpolicy.yaml\n", "",
     "networkpolicy.yaml"),
    ("a trigger without a queue", "kubernetes", "kubernetes/scaledobject.yaml", "taskQueue: inference-low", "queue: inference-low",
     "'taskQueue' is a required property"),
    ("a pod that is killed while it drains", "kubernetes", "kubernetes/configmap.yaml", "drain_grace: 30s", "drain_grace: 2m",
     "terminationGracePeriodSeconds: 60"),
    ("an unknown key of Compose", "compose", "compose/compose.yaml", "interval: 5s", "intervall: 5s", "intervall"),
    ("an image of any version", "compose", "compose/compose.yaml", "redis:7.4.5", "redis:latest", "not pinned"),
    ("a service that is not there", "compose", "compose/compose.yaml", "\n  redis:", "\n  valkey:", "depends on redis"),
    ("an image built as root", "container", "container/Containerfile", "USER 10001:10001\nWORKDIR", "USER root\nWORKDIR", "DL3002"),
]


def check(*arguments):
    return subprocess.run([CHECK, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False)


class CheckDeployTest(unittest.TestCase):
    def test_takes_the_tree_as_it_is(self):
        result = check()
        self.assertEqual((result.returncode, result.stderr), (0, ""))

    def test_finds_what_is_wrong_and_names_it(self):
        for what, part, name, old, new, says in REFUSED:
            with self.subTest(what), tempfile.TemporaryDirectory() as tree:
                shutil.copytree(ROOT / "deploy", pathlib.Path(tree, "deploy"))
                file = pathlib.Path(tree, "deploy", name)
                text = file.read_text(encoding="utf-8")
                self.assertIn(old, text)
                file.write_text(text.replace(old, new), encoding="utf-8")
                result = check("--only", part, tree)
                self.assertEqual(result.returncode, 1)
                self.assertIn(says, result.stderr)


if __name__ == "__main__":
    unittest.main()
