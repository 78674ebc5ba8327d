"""Holds the running program against its OpenAPI document, from outside.

Starts the program with private servers in a folder of its own, makes an admin, an agent, a customer and
tickets in several states, and lets Schemathesis call everything that the document describes, once as each
of them: examples, boundaries, random values and sequences of calls along the document's links, valid and
invalid ones. Every check is on; schemathesis.toml says where one expects more statuses, and why.

Ends with 0 if nothing was found, else with 1. The same seed makes the same choices; ids and tokens are new ones each time.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.error

from program import PASSWORD, Program

HERE = pathlib.Path(__file__).resolve().parent
ROLES = ["customer", "agent", "admin"]
# Logging out ends the session that the run goes by: everything after it would be a 401 that proves nothing.
EXCLUDED = ["logout"]


def person(name, **more):
    return {
        "firstName": name.title(),
        "lastName": "Mwangi",
        "email": f"{name}@example.com",
        "phoneNumber": "+254712345678",
        "password": PASSWORD,
        **more,
    }


def set_the_stage(program):
    """An admin, an agent at work, a customer. The sessions, and what there is."""
    sessions = {"admin": program.login("admin")}
    admin = sessions["admin"]["token"]
    asha = program.call("POST", "/auth/register", body=person("customer"))["user"]
    desk = {"department": "technical", "maxConcurrentTickets": 50}
    sarah = program.call("POST", "/auth/register", admin, person("agent", role="support", supportInfo=desk))["user"]
    # These are changed and closed by the runs; the others are needed until the end.
    people = [person("somebody"), person("colleague", role="support", supportInfo=desk)]
    people = [program.call("POST", "/auth/register", admin, one)["user"]["id"] for one in people]
    sessions |= {role: program.login(role) for role in ("agent", "customer")}
    agent, customer = sessions["agent"]["token"], sessions["customer"]["token"]
    program.call("PUT", "/support/availability", agent, {"status": "available"})
    there_is = {
        "people": people,
        "customers": [asha["id"]],
        "agents": [sarah["id"]],
        "attachments": [program.upload(session["token"]) for session in sessions.values()],
    }
    return sessions, there_is


def open_tickets(program, customer, admin):
    """A ticket in each of several states: their numbers."""
    tickets = []
    # Several to be rated: a reply or a reopening makes one active again.
    for status in ["open", "in_progress", "waiting_customer", "resolved", *4 * ["closed"]]:
        new = {"subject": f"A ticket to be {status}", "description": "Please help.", "category": "technical"}
        number = program.call("POST", "/support/tickets", customer, new)["ticket"]["ticketNumber"]
        ticket = f"/support/tickets/{number}"
        tickets.append(number)
        if status == "closed":
            program.call("PUT", f"{ticket}/close", admin, {"resolutionType": "solved", "summary": "Done."})
        for step in [] if status in ("open", "closed") else ["in_progress", status]:
            program.call("PUT", f"{ticket}/status", admin, {"status": step})
    return tickets


def configure(folder, there_is, examples):
    """The configuration with what there is in the system as dictionaries: lists of JSON are lists of TOML. The number
    of examples is in it, since the command line would overrule the one of sequences."""
    number = f"generation.max-examples = {examples}\n"
    dictionaries = [f"\n[dictionaries.{name}]\nvalues = {json.dumps(values)}\n" for name, values in there_is.items()]
    (folder / "schemathesis.toml").write_text(number + (HERE / "schemathesis.toml").read_text() + "".join(dictionaries))


def prove(program, role, sessions, there_is, options):
    """Lets Schemathesis call everything as somebody of that role. Each role has tickets of its own: the one before
    it has closed and escalated most of those that it had."""
    tokens = {who: program.fresh_token(session) for who, session in sessions.items()}
    token = tokens[role]
    configure(options.folder, there_is | {"tickets": open_tickets(program, tokens["customer"], tokens["admin"])}, options.examples)
    command = [
        pathlib.Path(sys.executable).with_name("schemathesis"),
        *("--config-file", options.folder / "schemathesis.toml"),
        *("run", f"{program.url}/api/v1/openapi.json"),
        *("--phases", options.phases),
        *("--checks", "all"),
        # hooks.py runs it, and knows that null counts as absent.
        *("--exclude-checks", "negative_data_rejection"),
        *("--seed", str(options.seed)),
        *("--generation-database", "none"),
        *("--suppress-health-check", "all"),
        *("--header", f"Authorization: Bearer {token}"),
        "--continue-on-failure",
        "--no-color",
    ]
    for operation in EXCLUDED:
        command += ["--exclude-operation-id", operation]
    began = time.monotonic()
    kept = options.folder / "session.json"
    refresh_at = f"{program.url}/api/v1/auth/refresh"
    kept.write_text(json.dumps({"token": token, "refreshToken": sessions[role]["refreshToken"], "refreshAt": refresh_at}))
    environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "hooks.py"), "PROOF_SESSION": str(kept)}
    ended = subprocess.run(command, cwd=options.folder, env=environment).returncode
    print(f"== as {role}: {time.monotonic() - began:.0f} s, exit {ended}", flush=True)
    session = json.loads(kept.read_text())
    sessions[role]["refreshToken"] = session["refreshToken"]
    try:
        program.call("GET", "/auth/me", session["token"])
    except urllib.error.HTTPError as error:
        print(f"The {role}'s session was lost on the way ({error}): what came after it proves nothing.")
        return False
    return ended == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--folder", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--examples", type=int, default=10, help="random cases of each operation")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful", help="these alone")
    parser.add_argument("--role", action="append", choices=ROLES, help="as this one alone")
    options = parser.parse_args()
    # Being told to stop, it stops the program too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    program = Program(options.program, options.folder)
    try:
        sessions, there_is = set_the_stage(program)
        # In this order whatever was asked: an admin's run changes what the others are.
        roles = [role for role in ROLES if role in (options.role or ROLES)]
        failed = [role for role in roles if not prove(program, role, sessions, there_is, options)]
    finally:
        program.stop()
    if failed:
        sys.exit(f"Something was found as {', '.join(failed)}: see above. Seed {options.seed}.")


if __name__ == "__main__":
    main()
