#!/usr/bin/env python3
"""A customer asks for help: registers, opens a ticket, follows it, answers, and rates the help.

    examples/customer.py                                    registers a new customer
    examples/customer.py --email=E --password=P             uses an existing account

Run examples/agent.py in another terminal for the agent's side. Without a reply in time, the ticket stays open.
"""

import time

from support_client import Client, Problem, arguments, main, new_key, parse, say, wait_for


def sign_in(api, options):
    if options.email:
        return api.login(options.email, options.password)
    person = {
        "firstName": "Asha",
        "lastName": "Mwangi",
        "email": f"asha.{int(time.time() * 1000)}@example.com",
        "phoneNumber": "+254712345679",
        "password": "SecurePass123!",
        "timezone": "Africa/Nairobi",
    }
    try:
        # A password of nine characters, to see a field error.
        api.register(**{**person, "password": "too short"})
    except Problem as problem:
        say(f"Refused, as it should be: {problem}")
    return api.register(**person)


def open_ticket(api):
    ticket = {
        "subject": "Cannot complete payment",
        "description": "Getting error when trying to pay for booking #BKG-12345",
        "category": "payment",
        "relatedBooking": "BKG-12345",
        "tags": ["payment", "booking"],
    }
    # The response may get lost. With the same key, a repeated request opens no second ticket.
    key = new_key()
    opened = api.post("/support/tickets", ticket, key=key)["ticket"]
    again = api.post("/support/tickets", ticket, key=key)["ticket"]
    assert opened["id"] == again["id"], "the key makes them one"
    return opened


def is_from_staff(message):
    return message["senderType"] in ("support", "admin")


def reply(api, path, text):
    """Adds a message based on the whole thread: if the ticket has changed since, reads it again."""
    while True:
        ticket = api.get(path)["ticket"]
        try:
            return api.post(f"{path}/messages", {"message": text}, if_match=f'"{ticket["version"]}"')["message"]
        except Problem as problem:
            if problem.code != "version_moved_on":
                raise
            say("The ticket has changed meanwhile: reading it again.")


def follow(api, path, patience):
    """Replies to questions until the ticket is resolved. Returns whether it is."""
    seen = api.etag
    answered = False

    def what_is_new():
        nonlocal seen
        ticket = api.get(path)["ticket"]
        if api.etag == seen:
            return None
        seen = api.etag
        return ticket

    while True:
        ticket = wait_for(what_is_new, patience)
        if ticket is None:
            return False
        agent = ticket["assignedTo"]
        say(f"Version {ticket['version']}: {ticket['status']}, with {agent['firstName'] if agent else 'nobody yet'}")
        if ticket["status"] in ("resolved", "closed"):
            return True
        if ticket["status"] == "waiting_customer" and not answered:
            say(f"Asked: {[message['message'] for message in ticket['messages'] if is_from_staff(message)][-1]}")
            reply(api, path, "With a Visa card, yesterday at noon.")
            answered = True


def run():
    parser = arguments(__doc__)
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for something to happen")
    options = parse(parser)
    api = Client(options.base_url)
    me = sign_in(api, options)
    say(f"Signed in as {me['firstName']} {me['lastName']}, {me['role']}")

    ticket = open_ticket(api)
    deadline = ticket["sla"]["firstResponse"]["targetAt"]
    say(f"Opened {ticket['ticketNumber']}, priority {ticket['priority']}; an answer is due by {deadline}")
    say(f"Waiting for an agent, {options.patience:.0f} seconds at most.")
    path = f"/support/tickets/{ticket['id']}"

    if follow(api, path, options.patience):
        resolution = api.get(path)["ticket"]["resolution"]
        say(f"Resolved: {resolution['summary']}")
        rated = api.post(f"{path}/rate", {"rating": 5, "feedback": "Quick!"})["ticket"]
        say(f"Rated with {rated['rating']['rating']} of 5")
    else:
        say("Nobody has resolved it yet: read the ticket again later.")

    say("What happened:")
    for entry in api.all_pages(f"{path}/history", "history"):
        who = entry["by"]["firstName"] if entry["by"] else "the system"
        say(f"  {entry['at']}  {entry['type']} by {who}")


if __name__ == "__main__":
    main(run)
