#!/usr/bin/env python3
"""An admin at work: creates agents, sets targets, finds people, reads statistics, and closes an agent's account.

    examples/admin.py --email=E --password=P

The first agent stays, and its credentials are printed for examples/agent.py. The rules for targets are restored at
the end.
"""

import secrets
import time

from support_client import Client, arguments, main, needed, parse, say


def make_agent(api, first_name, level):
    """Registration by an admin returns no tokens: the account belongs to another person."""
    # Hexadecimal, so that it needs no quotes in a shell and never looks like an option.
    password = secrets.token_hex(10)
    agent = api.post(
        "/auth/register",
        {
            "firstName": first_name,
            "lastName": "Otieno",
            "email": f"{first_name.lower()}.{int(time.time() * 1000)}@example.com",
            "phoneNumber": "+254712345678",
            "password": password,
            "role": "support",
            "timezone": "Africa/Nairobi",
            "supportInfo": {
                "department": "billing",
                "specializations": ["payment"],
                "languages": ["en", "sw"],
                "level": level,
                "maxConcurrentTickets": 5,
                "shiftSchedule": [],
            },
        },
    )["user"]
    return agent, password


def set_targets(api):
    """The first rule that matches a ticket sets its targets. A PUT replaces all rules: read, change, write."""
    before = api.get("/admin/sla-policies")["policies"]
    for_companies = {
        "name": "companies",
        "priority": "high",
        "customerRole": "corporate",
        "firstResponseMinutes": 10,
        "nextResponseMinutes": 30,
        "resolutionMinutes": 120,
    }
    after = api.put("/admin/sla-policies", {"policies": [for_companies, *before]})["policies"]
    say(f"Rules for targets: {len(before)} before, {len(after)} after; the first is for {after[0]['name']}")
    api.put("/admin/sla-policies", {"policies": before})


def run():
    options = parse(arguments(__doc__))
    needed(options, "email", "password")
    api = Client(options.base_url)
    me = api.login(options.email, options.password)
    say(f"Signed in as {me['email']}, {me['role']}")

    sarah, password = make_agent(api, "Sarah", level=1)
    daniel, _ = make_agent(api, "Daniel", level=2)
    say(f"Made an agent: examples/agent.py --email={sarah['email']} --password={password}")

    set_targets(api)

    agents = list(api.all_pages("/admin/users", "users", role="support", active="true"))
    found = api.get("/admin/users", q=sarah["email"])["users"]
    say(f"{len(agents)} active agents; looking for {sarah['email']} finds {len(found)}")

    today = time.strftime("%Y-%m-%d", time.gmtime())
    figures = api.get("/support/stats", startDate=today, timezone="Africa/Nairobi")
    say(f"Tickets of today: {figures['total']}, as of {figures['asOf']}")
    for kind in figures["statusBreakdown"]:
        say(f"  {kind['_id']}: {kind['count']}")

    # An agent who leaves: return the tickets to the queue first, then close the account.
    released = api.post(f"/admin/users/{daniel['id']}/release-tickets")["released"]
    closed = api.patch(f"/admin/users/{daniel['id']}", {"active": False})["user"]
    say(f"{closed['firstName']} left: {released} tickets went back, active is {closed['active']}")


if __name__ == "__main__":
    main(run)
