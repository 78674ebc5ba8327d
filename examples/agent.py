#!/usr/bin/env python3
"""An agent at work: sets the availability, reads the dashboard, self-assigns a ticket, replies and closes it.

    examples/agent.py --email=E --password=P                    works on one ticket until it is closed
    examples/agent.py --email=E --password=P --escalate         escalates it to the next level instead
    examples/agent.py --email=E --password=P --ticket=NUMBER    works on that one

examples/admin.py creates an agent. Run examples/customer.py in another terminal for the customer's side.
"""

from support_client import Client, Problem, arguments, main, needed, parse, say, wait_for


def next_ticket(api):
    """The agent's own tickets first, then unassigned ones; the API sorts both by urgency."""
    dashboard = api.get("/support/dashboard")["dashboard"]
    lists = dashboard["assignedTickets"] + dashboard["unassignedTickets"]
    return next((ticket for ticket in lists if ticket["status"] in ("open", "assigned", "reopened")), None)


def take(api, path):
    """Self-assigns the ticket, if it is unchanged since it was read (`If-Match`). Repeating it changes nothing."""
    ticket = api.get(path)["ticket"]
    try:
        return api.put(f"{path}/assign", {}, if_match=api.etag)["ticket"]
    except Problem as problem:
        # 412: the ticket has changed, 404: another agent has it.
        if problem.status not in (404, 412):
            raise
        say(f"{ticket['ticketNumber']} has moved on ({problem.code}).")
        return None


def ask(api, path, question):
    """Pauses the resolution clock until the customer replies."""
    api.post(f"{path}/messages", {"message": question})
    return api.put(f"{path}/status", {"status": "waiting_customer"})["ticket"]


def customers_answer(api, path):
    ticket = api.get(path)["ticket"]
    if ticket["status"] == "waiting_customer":
        return None
    return [message["message"] for message in ticket["messages"] if message["senderType"] == "customer"][-1]


def escalate(api, path):
    escalated = api.put(f"{path}/escalate", {"reason": "Requires technical team investigation"})["ticket"]
    who = escalated["assignedTo"]["firstName"] if escalated["assignedTo"] else "nobody yet: the admins are notified"
    say(f"Escalated to level {escalated['escalation']['level']}, with {who}")


def close(api, path):
    resolution = {
        "resolutionType": "solved",
        "summary": "The payment gateway was down; it is back.",
        "resolutionNotes": "The provider's status page confirms it.",
    }
    closed = api.put(f"{path}/close", resolution)["ticket"]
    clocks = {name: closed["sla"][name]["state"] for name in ("firstResponse", "resolution")}
    say(f"Closed {closed['ticketNumber']}: {clocks}")


def run():
    parser = arguments(__doc__)
    parser.add_argument("--ticket", help="the number of the ticket to work on")
    parser.add_argument("--escalate", action="store_true", help="escalate it instead of closing it")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for something to happen")
    options = parse(parser)
    needed(options, "email", "password")
    api = Client(options.base_url)
    me = api.login(options.email, options.password)
    say(f"Signed in as {me['firstName']} {me['lastName']}, {me['supportInfo']['department']}")

    now = api.put("/support/availability", {"status": "available"})["availability"]
    say(f"Available, with {now['currentTickets']} of {now['maxConcurrentTickets']} tickets")
    try:
        work(api, options)
    finally:
        # Tickets would go on being assigned to somebody who has left.
        api.put("/support/availability", {"status": "offline"})


def work(api, options):
    """Takes a ticket and works on it to its end."""

    def take_the_next():
        number = options.ticket or (next_ticket(api) or {}).get("ticketNumber")
        return take(api, f"/support/tickets/{number}") if number else None

    say(f"Looking for {options.ticket or 'a ticket'}, {options.patience:.0f} seconds at most.")
    ticket = wait_for(take_the_next, options.patience)
    if ticket is None:
        say("There is nothing to do.")
        return
    path = f"/support/tickets/{ticket['id']}"
    say(f"Took {ticket['ticketNumber']}: {ticket['subject']}")

    api.post(f"{path}/messages", {"message": "The gateway had an outage at noon.", "isInternal": True})
    if options.escalate:
        escalate(api, path)
        return
    waiting = ask(api, path, "Which card did you try to pay with, and when?")
    say(f"Asked; the resolution's clock is {waiting['sla']['resolution']['state']}")
    say(f"Waiting for the customer's answer, {options.patience:.0f} seconds at most.")
    answer = wait_for(lambda: customers_answer(api, path), options.patience)
    if answer is None:
        say("No answer yet: the ticket waits for the customer.")
        return
    say(f"The customer says: {answer}")
    close(api, path)


if __name__ == "__main__":
    main(run)
