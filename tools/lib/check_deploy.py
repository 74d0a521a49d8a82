"""The checks of tools/check-deploy. Each gives its problems as lines of text."""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import kubernetes_validate
import yaml

ROOT = pathlib.Path(__file__).parent.parent.parent
TOOLS = pathlib.Path(sys.executable).parent
CACHE = pathlib.Path(os.environ["IW_CACHE"])
NOT_OURS = {".git", "build", "target", "jobs-data", "node_modules"}
DRAIN_BESIDES_GRACE = 5  # seconds that a drain takes at most beside worker.drain_grace
WORST_EXPOSURE = 25  # of 100, by systemd-analyze security


def run(*command, **options):
    """What a tool has to say, where it is not content."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=60, check=False, **options)
    return (done.stdout + done.stderr).strip().splitlines() if done.returncode else []


def documents(file):
    return [document for document in yaml.safe_load_all(file.read_text()) if document]


def seconds(duration):
    number, unit = re.fullmatch(r"(\d+)(ms|s|m|)", str(duration)).groups()
    return int(number) * {"ms": 0.001, "s": 1, "m": 60, "": 1}[unit]


def check_grace(where, given, configuration):
    """Whoever ends a worker must give it the time that its drain takes."""
    grace = seconds(configuration["worker"]["drain_grace"])
    if seconds(given) <= grace + DRAIN_BESIDES_GRACE:
        yield f"{where}: {given} is not more than worker.drain_grace ({grace} s) and {DRAIN_BESIDES_GRACE} s"


def check_yaml(tree):
    files = []
    for folder, folders, names in os.walk(tree):
        folders[:] = [name for name in folders if name not in NOT_OURS]
        files += [pathlib.Path(folder, name) for name in names if name.endswith((".yaml", ".yml"))]
    return run(TOOLS / "yamllint", "--strict", "--config-file", ROOT / ".yamllint.yaml", "--format", "parsable", *files)


def check_systemd(tree):
    folder = tree / "deploy" / "systemd"
    text = (folder / "inference-worker.service").read_text()
    with tempfile.TemporaryDirectory() as place:
        unit = pathlib.Path(place, "inference-worker.service")
        # The program need not be installed here.
        unit.write_text(text.replace("/usr/bin/inference-worker", "/bin/true"))
        # With exit code 0 it also warns, of keys that it does not know.
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, timeout=60, check=False)
        yield from done.stderr.strip().splitlines()
        yield from run("systemd-analyze", "security", "--offline=true", f"--threshold={WORST_EXPOSURE}", "--no-pager", unit)[-1:]
    stop = re.search(r"^TimeoutStopSec=(\S+)", text, re.MULTILINE)
    configuration = documents(folder / "inference-worker.yaml")[0]
    yield from check_grace("TimeoutStopSec", stop.group(1) if stop else 0, configuration)


def check_object(folder, item):
    if item["kind"] == "ScaledObject":
        schema = json.loads((folder / "scaledobject.schema.json").read_text())
        for error in jsonschema.Draft202012Validator(schema).iter_errors(item):
            yield f"{error.json_path}: {error.message}"
    elif item["kind"] != "Kustomization":
        try:
            kubernetes_validate.validate(item, kubernetes_validate.latest_version(), strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{'.'.join(map(str, error.path))}: {error.message}"


def check_together(objects):
    """What no schema sees: names that one object has of another."""
    pod = objects["Deployment"]["spec"]["template"]
    labels, container = pod["metadata"]["labels"], pod["spec"]["containers"][0]
    for kind, selector in (("Deployment", "selector"), ("PodDisruptionBudget", "selector"), ("NetworkPolicy", "podSelector")):
        for name, value in objects[kind]["spec"][selector]["matchLabels"].items():
            if labels.get(name) != value:
                yield f"{kind}: no pod has the label {name}: {value}"
    if objects["ScaledObject"]["spec"]["scaleTargetRef"]["name"] != objects["Deployment"]["metadata"]["name"]:
        yield "ScaledObject: scaleTargetRef is no deployment"
    configuration = yaml.safe_load(objects["ConfigMap"]["data"]["inference-worker.yaml"])
    port = configuration["admin"]["listen"].rpartition(":")[2]
    if port != str(container["ports"][0]["containerPort"]):
        yield f"Deployment: the admin pages are on port {port}"
    yield from check_grace("terminationGracePeriodSeconds", pod["spec"]["terminationGracePeriodSeconds"], configuration)


def check_kubernetes(tree):
    folder = tree / "deploy" / "kubernetes"
    objects = {}
    for file in sorted(folder.glob("*.yaml")):
        for item in documents(file):
            objects[item["kind"]] = item
            yield from (f"{file.name}: {problem}" for problem in check_object(folder, item))
    named = set(objects["Kustomization"]["resources"])
    there = {file.name for file in folder.glob("*.yaml")} - {"kustomization.yaml"}
    yield from (f"kustomization.yaml: {name} is named or there, but not both" for name in sorted(named ^ there))
    yield from check_together(objects)


def check_service(name, service, services):
    if "build" not in service and not re.search(r":v?\d+\.\d+", service["image"]):
        yield f"{name}: the image {service['image']} is not pinned to a version"
    if "healthcheck" not in service and service.get("build", {}).get("target") != "worker":
        yield f"{name}: no health check"
    for other in service.get("depends_on", {}):
        if other not in services:
            yield f"{name}: depends on {other}, which is no service"


def check_compose(tree):
    folder = tree / "deploy" / "compose"
    file = folder / "compose.yaml"
    problems = run(CACHE / "bin" / "compose-spec", "--no-interpolation", file)
    if problems:
        return problems
    text, services = file.read_text(), documents(file)[0]["services"]
    for name, service in services.items():
        problems += check_service(name, service, services)
    examples = (folder / ".env.example").read_text()
    problems += [f"{name} is not in .env.example" for name in sorted(set(re.findall(r"\$\{(\w+)", text)))
                 if f"{name}=" not in examples]
    configuration = documents(folder / "inference-worker.yaml")[0]
    return problems + list(check_grace("stop_grace_period", services["worker"]["stop_grace_period"], configuration))


def check_container(tree):
    return run(TOOLS / "hadolint", "--no-color", tree / "deploy" / "container" / "Containerfile")


CHECKS = {"yaml": check_yaml, "systemd": check_systemd, "kubernetes": check_kubernetes, "compose": check_compose,
          "container": check_container}


def main():
    parser = argparse.ArgumentParser(prog="check-deploy")
    parser.add_argument("--only", choices=CHECKS)
    parser.add_argument("tree", nargs="?", default=ROOT, type=pathlib.Path)
    options = parser.parse_args()
    bad = False
    for part in [options.only] if options.only else CHECKS:
        for problem in CHECKS[part](options.tree):
            print(f"{part}: {problem}", file=sys.stderr)
            bad = True
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
