"""The checks of deploy/check: everything is lint-free, renders, fits the schemas of Kubernetes, and the Helm chart makes the
same pods as the manifests."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import which

import kubernetes_validate
import yaml
from helm_python import chart
from yamllint import linter
from yamllint.config import YamlLintConfig

# The oldest release that the manifests are for, and a recent one.
VERSIONS = ["1.30", "1.37"]
# Kinds of operators, whose schemas Kubernetes does not have.
WITHOUT_SCHEMA = {"ScaledObject", "PodMonitor"}
LINT = YamlLintConfig(
    "extends: default\n"
    "rules:\n"
    "  document-start: disable\n"
    "  line-length: disable\n"
    "  comments: {min-spaces-from-content: 1}\n"
    "  truthy: {check-keys: false}\n"
)
# Templates of the chart are no YAML.
PLAIN_YAML = ["docker-compose.yml"] + sorted(
    str(path)
    for path in Path("deploy").rglob("*.y*ml")
    if "templates" not in path.parts
)
# Of a pod's specification: what the chart and the manifests have to agree on.
OF_POD = ["securityContext", "automountServiceAccountToken", "terminationGracePeriodSeconds", "volumes", "restartPolicy"]
OF_CONTAINER = [
    "args",
    "ports",
    "startupProbe",
    "livenessProbe",
    "readinessProbe",
    "lifecycle",
    "resources",
    "securityContext",
    "volumeMounts",
]

failures = []
not_run = []
done = []


def fail(what):
    failures.append(what)


def objects(text):
    return [found for found in yaml.safe_load_all(text) if found]


def lint():
    for name in PLAIN_YAML:
        with open(name, encoding="utf-8") as file:
            for problem in linter.run(file.read(), LINT):
                fail(f"{name}:{problem.line}: {problem.message}")
    done.append(f"yamllint: {len(PLAIN_YAML)} files")


def validate(what, found):
    """Every object fits the schema of its kind, with no unknown field."""
    checked = 0
    for thing in found:
        kind = thing["kind"]
        if kind in WITHOUT_SCHEMA:
            not_run.append(f"{what}: {kind} is rendered and has no schema in Kubernetes")
            continue
        for version in VERSIONS:
            try:
                kubernetes_validate.validate(thing, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                fail(f"{what}: {kind} {thing['metadata']['name']} in {version}: {error.message}")
        checked += 1
    if checked:
        done.append(f"{what}: {checked} objects fit the schemas of Kubernetes {' and '.join(VERSIONS)}")


def kustomized(folder):
    """The objects that `kubectl apply -k` would apply; without kubectl those of the files, which is less."""
    if not which("kubectl"):
        not_run.append(f"{folder}: kubectl kustomize, as kubectl is not installed; its files were read one by one")
        with open(f"{folder}/kustomization.yaml", encoding="utf-8") as file:
            names = [name for name in yaml.safe_load(file)["resources"] if name.endswith(".yaml")]
        return [found for name in names for found in objects(open(f"{folder}/{name}", encoding="utf-8").read())]
    built = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=False)
    if built.returncode:
        fail(f"{folder}: {built.stderr.strip()}")
        return []
    done.append(f"{folder}: kubectl kustomize")
    return objects(built.stdout)


def rendered(name):
    """The objects of the chart with the values of a file; it is linted with them, too."""
    with open(f"deploy/helm/ci/{name}.yaml", encoding="utf-8") as file:
        values = yaml.safe_load(file)
    report = chart.lint("deploy/helm", values, strict=True, kube_version="v1.30.0")
    for message in report["messages"]:
        if message["severity"] > 1:
            fail(f"helm lint ({name}): {message['path']}: {message['error']}")
    with chart.Chart.load("deploy/helm") as loaded:
        made = loaded.render(values, name="support", namespace="support", revision=1, is_install=True)
    done.append(f"chart ({name}): linted and rendered by Helm")
    return [found for file, text in made.items() if file.endswith(".yaml") for found in objects(text)]


def pods(found):
    """What the pods of each role have to agree on, by role."""
    agreed = {}
    for thing in found:
        if thing["kind"] not in ("Deployment", "Job"):
            continue
        spec = thing["spec"]["template"]["spec"]
        container = spec["containers"][0]
        agreed[container["name"]] = {
            **{field: spec.get(field) for field in OF_POD},
            **{field: container.get(field) for field in OF_CONTAINER},
            "strategy": thing["spec"].get("strategy"),
            "spread": [
                {key: value for key, value in rule.items() if key != "labelSelector"}
                for rule in spec.get("topologySpreadConstraints", [])
            ],
        }
    return agreed


def others(found):
    """The budgets, the autoscaler and the settings, without names and labels."""
    budgets = [thing["spec"]["maxUnavailable"] for thing in found if thing["kind"] == "PodDisruptionBudget"]
    scalers = [thing["spec"] for thing in found if thing["kind"] == "HorizontalPodAutoscaler"]
    settings = [thing["data"] for thing in found if thing["kind"] == "ConfigMap"]
    rules = [{key: spec[key] for key in ("minReplicas", "maxReplicas", "metrics")} for spec in scalers]
    return {"budgets": budgets, "scalers": rules, "settings": settings}


def compare(manifests, of_chart):
    for role, expected in pods(manifests).items():
        made = pods(of_chart).get(role, {})
        for field, value in expected.items():
            if made.get(field) != value:
                fail(f"the chart's {role} has another {field}: {made.get(field)} instead of {value}")
    for what, expected in others(manifests).items():
        made = others(of_chart)[what]
        if made != expected:
            fail(f"the chart has other {what}: {made} instead of {expected}")
    done.append("the chart makes the same pods, budgets and settings as the manifests")


def refuses_without_secret():
    with chart.Chart.load("deploy/helm") as loaded:
        for values in ({}, {"secrets": {"existing": "support"}}):
            try:
                loaded.validate_schema(values)
                loaded.render(values, name="support")
            except Exception:  # noqa: BLE001 - any refusal will do
                continue
            fail(f"the chart takes {values}, which cannot run")
    done.append("the chart refuses to render without a secret, and a misspelt value")


def promtool():
    if not which("promtool"):
        not_run.append("promtool check and test of deploy/prometheus, as promtool is not installed")
        return
    for what in (
        ["check", "rules", "deploy/prometheus/rules.yml"],
        ["check", "config", "--syntax-only", "deploy/prometheus/prometheus.yml"],
        ["test", "rules", "deploy/prometheus/rules.test.yml"],
    ):
        ran = subprocess.run(["promtool", *what], capture_output=True, text=True, check=False)
        if ran.returncode:
            fail(f"promtool {' '.join(what)}: {ran.stdout}{ran.stderr}")
        else:
            done.append(f"promtool {' '.join(what)}")
    for dashboard in sorted(Path("deploy/grafana").glob("*.json")):
        parse_expressions(dashboard)


def parse_expressions(dashboard):
    """Each expression of a dashboard, as a recording rule that promtool parses."""
    panels = json.loads(dashboard.read_text(encoding="utf-8"))["panels"]
    texts = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    rules = [
        {"record": "parsed", "expr": text.replace("$__rate_interval", "5m"), "labels": {"number": str(number)}}
        for number, text in enumerate(texts)
    ]
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump({"groups": [{"name": "parsed", "rules": rules}]}, file)
        file.flush()
        ran = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True, check=False)
    if ran.returncode:
        fail(f"{dashboard}: {ran.stdout}{ran.stderr}")
    else:
        done.append(f"{dashboard}: promtool parses its {len(texts)} expressions")


def compose():
    has_compose = which("docker") and not subprocess.run(
        ["docker", "compose", "version"], capture_output=True, check=False
    ).returncode
    if not has_compose:
        not_run.append("docker compose config, as it is not installed; docker-compose.yml was linted as YAML")
        return
    ran = subprocess.run(
        ["docker", "compose", "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "JWT_SECRET": "x", "BOOTSTRAP_ADMIN_EMAIL": "x", "BOOTSTRAP_ADMIN_PASSWORD": "x"},
    )
    if ran.returncode:
        fail(f"docker compose config: {ran.stderr}")
    else:
        done.append("docker compose config")


def main():
    lint()
    manifests = kustomized("deploy/kubernetes")
    validate("deploy/kubernetes", manifests)
    validate("deploy/kubernetes-keda", kustomized("deploy/kubernetes-keda"))
    for single in ("monitoring", "secret.example"):
        validate(single, objects(open(f"deploy/kubernetes/{single}.yaml", encoding="utf-8").read()))
    plain = rendered("plain")
    validate("chart (plain)", plain)
    validate("chart (everything)", rendered("everything"))
    compare(manifests, plain)
    refuses_without_secret()
    promtool()
    compose()
    for what in done:
        print(f"ok       {what}")
    for what in not_run:
        print(f"NOT RUN  {what}")
    for what in failures:
        print(f"FAILED   {what}")
    print(f"{len(done)} passed, {len(failures)} failed, {len(not_run)} not run")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
