"""Makes clients from the OpenAPI document and proves that they work.

Starts the program with private servers, takes its document, lints it, and for each generator: makes the client, compiles
it with a program that uses it, and runs that program against the system: registration, login, availability, a ticket
with an idempotency key, a list with filters, an answer, closing, rating, the history, the events and notifications of all that, and two
typed failures.

Then it does what the READMEs of the examples say: makes their clients, and runs each program and the collection.

Ends with 0 if there was no warning and no failure, else with 1.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent.parent / "examples"
sys.path.insert(0, str(HERE.parent / "schemathesis"))

from program import PASSWORD, Program  # noqa: E402

STEPS = [
    "register",
    "login",
    "availability",
    "create",
    "repeat",
    "list",
    "get",
    "reply",
    "precondition",
    "close",
    "rate",
    "history",
    "events",
    "notifications",
    "invalid",
    "unauthenticated",
]

# What the customers of the examples say, step by step.
STORY = {
    "register": r"^Signed in as Asha Mwangi, customer$",
    "create": r"^Opened TKT-",
    "precondition": r"^The ticket has changed meanwhile: reading it again\.$",
    "read": r"^Asked: Which card did you try to pay with, and when\?$",
    "close": r"^Resolved: The payment gateway was down; it is back\.$",
    "rate": r"^Rated with 5 of 5$",
    "refused": r"^The API refused: 401 invalid_credentials: .* \[request \S+\]$",
}


class Failed(Exception):
    """A step that did not end well; what it printed is the message."""


class Report:
    """What was found, a row for each tool."""

    def __init__(self):
        self.rows = []
        self.output = []

    def add(self, name, made, warnings, compiled, round_):
        self.rows.append((name, made, warnings, compiled, round_))

    def show(self):
        for name, text in self.output:
            print(f"\n== {name}\n{text.strip()}")
        titles = ("tool", "made", "warnings", "compiled", "round")
        rows = [titles, *[tuple(str(cell) for cell in row) for row in self.rows]]
        widths = [max(len(row[at]) for row in rows) for at in range(len(titles))]
        print()
        for at, row in enumerate(rows):
            print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
            if at == 0:
                print("| " + " | ".join("-" * width for width in widths) + " |")

    def is_clean(self):
        bad = ("failed", "skipped")
        return all(row[2] == 0 and not any(str(cell).startswith(bad) for cell in row) for row in self.rows)


def run(command, folder, environment=None):
    """Runs a command; returns what it printed."""
    command = [str(part) for part in command]
    try:
        ended = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT_SECONDS,
        )
    except subprocess.TimeoutExpired as over:
        raise Failed(str(over)) from None
    if ended.returncode != 0:
        raise Failed(f"$ {' '.join(command)}\n{ended.stdout}")
    return ended.stdout


# A program that has not ended by then never will: the slowest, a generator, takes half a minute.
LIMIT_SECONDS = 600

# What openapi-generator prints about every document of this version, whatever is in it.
ABOUT_EVERY_DOCUMENT = "OpenAPI 3.1 support is still in beta"


def warnings_in(text):
    """The lines of a tool's output that warn or report errors."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    warning = re.compile(r"\bWARN(ING)?\b|\bwarnings?\b|\bERROR\b|\berror\b|⚠")
    return [line for line in plain.splitlines() if warning.search(line) and ABOUT_EVERY_DOCUMENT not in line]


class Round:
    """A client that is driven by a program of this folder."""

    steps = STEPS

    def done(self, said):
        return re.findall(r"^ok (\S+)$", said, re.MULTILINE)


class Python(Round):
    name = "openapi-python-client"
    compiler = "mypy --strict"

    def __init__(self, tools):
        self.tools = tools

    def make(self, document, folder):
        config = EXAMPLES / "python-generated" / "client.yaml"
        program = self.tools.venv / "openapi-python-client"
        return run([program, "generate", "--path", document, "--config", config, "--output-path", folder / "client", "--meta", "none"], folder, self.tools.path())

    def compile(self, folder):
        shutil.copy(HERE / "python" / "round.py", folder)
        shutil.copy(HERE / "python" / "mypy.ini", folder)
        return run([self.tools.venv / "mypy", "--no-incremental", "round.py", "client"], folder)

    def drive(self, folder, environment):
        return run([self.tools.venv / "python", "round.py"], folder, environment)


class TypeScript(Round):
    """Compiles a program in TypeScript, and runs what the compiler made of it."""

    def __init__(self, tools):
        self.tools = tools

    def compile(self, folder):
        for name in ("round.ts", "tsconfig.json"):
            shutil.copy(HERE / self.folder / name, folder)
        (folder / "package.json").write_text('{"type": "module"}\n')
        (folder / "node_modules").symlink_to(self.tools.node / "node_modules")
        return run([self.tools.bin("tsc"), "--project", folder], folder)

    def drive(self, folder, environment):
        return run(["node", folder / "made" / "round.js"], folder, environment)


class OpenApiTypeScript(TypeScript):
    name = "openapi-typescript"
    folder = "typescript"
    compiler = "tsc --strict --exactOptionalPropertyTypes"

    def make(self, document, folder):
        return run([self.tools.bin("openapi-typescript"), document, "--output", folder / "schema.ts"], folder)


class HeyApi(TypeScript):
    name = "hey-api"
    folder = "hey-api"
    # The generator's own files do not compile with exactOptionalPropertyTypes, whatever the document is.
    compiler = "tsc --strict"

    def make(self, document, folder):
        config = shutil.copy(HERE / self.folder / "openapi-ts.config.js", folder / "openapi-ts.config.mjs")
        return run([self.tools.bin("openapi-ts"), "--file", config], folder, {"DOCUMENT": str(document), "OUTPUT": "client"})


class Java(Round):
    name = "openapi-generator (java)"
    compiler = "javac"

    def __init__(self, tools):
        self.tools = tools
        found = list(self.tools.venv.parent.glob("lib/python3*/site-packages/openapi_generator_cli/*.jar"))
        self.jar = found[0]
        # The generator's own archive has Jackson and its date types; httpmime is Debian's.
        self.classes = [self.jar, pathlib.Path("/usr/share/java/httpmime.jar")]

    def make(self, document, folder):
        options = "library=native,openApiNullable=false,hideGenerationTimestamp=true,useJakartaEe=false,disallowAdditionalPropertiesIfNotPresent=false,useOneOfDiscriminatorLookup=true"
        return run(
            ["java", "-jar", self.jar, "generate", "-i", document, "-g", "java", "-o", folder / "client", "--additional-properties", options]
            + ["--schema-mappings", "WarningThresholds=org.openapitools.client.model.WarningThresholds"]
            + ["--global-property", "apis,models,supportingFiles,apiDocs=false,modelDocs=false,apiTests=false,modelTests=false"],
            folder,
        )

    def compile(self, folder):
        sources = [*sorted((HERE / "java").rglob("*.java")), *sorted((folder / "client" / "src" / "main").rglob("*.java"))]
        (folder / "sources.txt").write_text("\n".join(str(source) for source in sources))
        return run(["javac", "-nowarn", "-d", folder / "classes", "-cp", self.path(), f"@{folder / 'sources.txt'}"], folder)

    def drive(self, folder, environment):
        return run(["java", "-cp", f"{folder / 'classes'}:{self.path()}", "Round"], folder, environment)

    def path(self):
        return ":".join(str(path) for path in self.classes)


class Example:
    """A folder of examples/, with the commands of its README. The last one runs it."""

    # These are done once by a reader. Here the folder is copied, its packages are there, and the address is another.
    PREPARING = ("cp ", "cd ", "npm install ", "python3 -m venv ", "export ")

    def __init__(self, tools):
        self.tools = tools
        self.source = EXAMPLES / self.name.removeprefix("examples/")
        block = re.search(r"```sh\n(.*?)```", (self.source / "README.md").read_text(), re.DOTALL)
        lines = block.group(1).splitlines()
        self.commands = [line for line in lines if not line.startswith(self.PREPARING)]

    def copy(self, folder):
        shutil.copytree(self.source, folder, dirs_exist_ok=True)
        (folder / "node_modules").symlink_to(self.tools.node / "node_modules")

    def sh(self, command, folder, environment=None):
        """Runs a command of the README. A package of another version than the tests have is not there: npm is offline."""
        environment = self.tools.path() | {"BASE_URL": self.tools.url, "npm_config_offline": "true"} | (environment or {})
        return run(["sh", "-c", command], folder, environment)


class Customer(Example):
    """A program that tells STORY, with examples/agent.py as the agent."""

    steps = list(STORY)

    def make(self, _, folder):
        self.copy(folder)
        self.check_versions()
        return self.sh(self.commands[0], folder)

    def drive(self, folder, environment):
        command = [sys.executable, "-B", EXAMPLES / "agent.py"]
        sarah = os.environ | environment | {"EMAIL": environment["BILLING_AGENT"]}
        agent = subprocess.Popen(command, env=sarah, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            said = self.sh(self.commands[-1], folder, environment | {"EMAIL": ""})
            heard, _ = agent.communicate(timeout=60)
        finally:
            agent.kill()
        if agent.returncode != 0:
            raise Failed(f"The agent failed:\n{heard}")
        return said + self.refused(folder, environment)

    def refused(self, folder, environment):
        """What it says, and that it fails, where the API refuses."""
        try:
            self.sh(self.commands[-1], folder, environment | {"EMAIL": "nobody@example.com"})
        except Failed as failed:
            return str(failed)
        raise Failed("A person whom nobody knows was let in.")

    def done(self, said):
        return [step for step, line in STORY.items() if re.search(line, said, re.MULTILINE)]

    def check_versions(self):
        """The example names the versions that are tried here."""
        wanted, tried = self.versions(self.source), self.versions(HERE)
        if not wanted or not wanted <= tried:
            raise Failed(f"tests/clients has other versions than {self.name}: {sorted(wanted - tried)}")


class CustomerInTypeScript(Customer):
    name = "examples/typescript"
    compiler = OpenApiTypeScript.compiler

    def compile(self, folder):
        return self.sh(self.commands[1], folder)

    def versions(self, folder):
        package = json.loads((folder / "package.json").read_text())
        return {*package["dependencies"].items(), *package["devDependencies"].items()}


class CustomerInPython(Customer):
    name = "examples/python-generated"
    compiler = Python.compiler

    def compile(self, folder):
        shutil.copy(HERE / "python" / "mypy.ini", folder)
        return run([self.tools.venv / "mypy", "--no-incremental", "customer.py", "baitech_support"], folder)

    def versions(self, folder):
        return set((folder / "requirements.txt").read_text().split())


class Tour(Example):
    """Requests with tests. Each has to succeed, and there is nothing to make."""

    name = "examples/tour"
    compiler = "–"

    def __init__(self, tools):
        super().__init__(tools)
        text = (self.source / "tour.http").read_text()
        self.steps = re.findall(r'client\.test\("([^"]+)"', text)
        if len(self.steps) != len(re.findall("^### ", text, re.MULTILINE)):
            raise Failed("A request of the tour has no test.")

    def make(self, _, folder):
        self.copy(folder)

    def compile(self, _):
        return ""

    def drive(self, folder, environment):
        return self.sh(self.commands[-1], folder, environment)

    def done(self, said):
        return re.findall(r"^✓ (.+)$", said, re.MULTILINE)


class Tools:
    """Where the generators are, and the program for which they make clients."""

    def __init__(self, folder, url):
        self.venv = folder / "venv" / "bin"
        self.node = folder / "tools"
        self.url = url

    def bin(self, name):
        return self.node / "node_modules" / ".bin" / name

    def path(self):
        """The environment in which the generator for Python finds its formatter, and examples find their tools."""
        return {"PATH": f"{self.venv}:{os.environ['PATH']}"}


CLIENTS = {
    "python": Python,
    "typescript": OpenApiTypeScript,
    "hey-api": HeyApi,
    "java": Java,
    CustomerInTypeScript.name: CustomerInTypeScript,
    CustomerInPython.name: CustomerInPython,
    Tour.name: Tour,
}


def lint(tools, document, folder, report):
    """The two linters: every error and every warning is a finding."""
    redocly = [tools.bin("redocly"), "lint", document, "--extends", "recommended", "--format", "json"]
    spectral = [tools.bin("spectral"), "lint", document, "--ruleset", HERE / "spectral.yaml", "--format", "json", "--quiet"]
    environment = os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    for name, command in [("redocly lint", redocly), ("spectral lint", spectral)]:
        ended = subprocess.run([str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True)
        try:
            found = json.loads(ended.stdout)
        except ValueError:
            found = [f"exit {ended.returncode}: {ended.stdout}{ended.stderr}"]
        found = found["problems"] if isinstance(found, dict) else found
        if found:
            report.output.append((name, json.dumps(found, indent=1)))
        report.add(name, "–", len(found), "–", "–")


def try_client(client, document, folder, environment, report):
    """Makes, compiles and drives one client."""
    folder = folder / re.sub(r"\W+", "-", client.name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = compiled = round_ = "skipped"
    warnings = 0
    try:
        began = time.monotonic()
        made = "failed"
        told = client.make(document, folder)
        made = "–" if told is None else f"{time.monotonic() - began:.0f} s"
        found = warnings_in(told or "")
        if found:
            report.output.append((client.name, "\n".join(found)))
        warnings = len(found)
        compiled = "failed"
        found = [line for line in warnings_in(client.compile(folder)) if "no issues found" not in line]
        if found:
            report.output.append((client.name, "\n".join(found)))
        warnings += len(found)
        compiled = client.compiler
        round_ = "failed"
        said = client.drive(folder, environment)
        done = client.done(said)
        if done != client.steps:
            raise Failed(f"The round has done {done}, and not {client.steps}:\n{said}")
        round_ = f"{len(done)} steps"
    except Failed as failed:
        report.output.append((client.name, str(failed)))
    report.add(client.name, made, warnings, compiled, round_)


def agent(program, admin, name, department):
    """Creates an agent; returns the address."""
    email = f"{name}@example.com"
    body = {
        "firstName": "Sarah",
        "lastName": "Otieno",
        "email": email,
        "phoneNumber": "+254712345678",
        "password": PASSWORD,
        "role": "support",
        "supportInfo": {"department": department, "maxConcurrentTickets": 50},
    }
    program.call("POST", "/auth/register", admin, body)
    return email


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--client", action="append", choices=CLIENTS, help="this one alone")
    parser.add_argument("--keep", action="store_true", help="keep the clients that were made")
    options = parser.parse_args()
    # Being told to stop, it stops the program too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    made = options.folder / "made"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    report = Report()
    program = Program(options.program, options.folder)
    try:
        with urllib.request.urlopen(f"{program.url}/api/v1/openapi.json", timeout=60) as answer:
            document = made / "openapi.json"
            document.write_text(json.dumps(json.load(answer), indent=1))
        tools = Tools(options.folder, program.url)
        lint(tools, document, made, report)
        admin = program.login("admin")["token"]
        everybody = {"BASE_URL": program.url, "PASSWORD": PASSWORD, "ADMIN": "admin@example.com"}
        everybody["BILLING_AGENT"] = agent(program, admin, "billing", "billing")
        for number, (name, client) in enumerate(CLIENTS.items()):
            if name not in (options.client or CLIENTS):
                continue
            sarah = agent(program, admin, f"agent{number}", "technical")
            environment = everybody | {"AGENT": sarah, "CUSTOMER": f"customer{number}@example.com"}
            try_client(client(tools), document, made, environment, report)
    finally:
        program.stop()
    report.show()
    if not options.keep:
        shutil.rmtree(made, ignore_errors=True)
    if not report.is_clean():
        sys.exit("Something was found: see above.")


if __name__ == "__main__":
    main()
