"""A customer asks for help: registers, opens a ticket, follows it, answers, and rates the help.

    python customer.py                            registers a new customer
    EMAIL=… PASSWORD=… python customer.py         uses an existing account

Run ../agent.py in another terminal for the agent's side. Without a reply in time, the ticket stays open.
"""

import os
import sys
import time
import uuid
from collections.abc import Iterator
from typing import TypeVar

from baitech_support import AuthenticatedClient, Client, models
from baitech_support.api.accounts import login, register
from baitech_support.api.messages import add_message
from baitech_support.api.tickets import create_ticket, get_ticket, rate_ticket
from baitech_support.models import ErrorCode, Problem, SenderType, Status, Ticket, TicketWithMessages, User

BASE_URL = os.environ.get("BASE_URL", "http://127.0.0.1:5000")
EMAIL = os.environ.get("EMAIL")
PASSWORD = os.environ.get("PASSWORD", "SecurePass123!")
PATIENCE_SECONDS = 60
STAFF = (SenderType.SUPPORT, SenderType.ADMIN)

T = TypeVar("T")


class Refused(Exception):
    """A failure, `application/problem+json`. Decide by `code`, which is stable; show `detail` to people."""

    def __init__(self, problem: Problem) -> None:
        fields = [f"\n  {wrong.field}: {wrong.message} ({wrong.code})" for wrong in problem.errors]
        super().__init__(f"{problem.status} {problem.code}: {problem.detail} [request {problem.request_id}]{''.join(fields)}")


def ok(answer: T | Problem | None) -> T:
    """The result of a success; a failure is raised. None is for a status that the document does not have."""
    if isinstance(answer, Problem):
        raise Refused(answer)
    assert answer is not None, "raise_on_unexpected_status has raised it"
    return answer


def sign_in() -> tuple[AuthenticatedClient, User]:
    stranger = Client(base_url=BASE_URL, raise_on_unexpected_status=True)
    if EMAIL:
        credentials = models.SessionCreate(email=EMAIL, password=PASSWORD)
        session = ok(login.sync(client=stranger, body=credentials))
    else:
        email = f"asha.{time.time_ns()}@example.com"
        person = models.UserCreate("Asha", "Mwangi", email, phone_number="+254712345679", password=PASSWORD)
        # The generator does not know that the token is optional here. Only an admin who registers another person gets none.
        registered = ok(register.sync(client=stranger, body=person))  # type: ignore[arg-type]
        assert isinstance(registered, models.SessionResponse)
        session = registered
    return AuthenticatedClient(base_url=BASE_URL, token=session.token, raise_on_unexpected_status=True), session.user


def open_ticket(api: AuthenticatedClient) -> Ticket:
    body = models.TicketCreate(
        subject="Cannot complete payment",
        description="I get an error when I pay for booking BKG-12345.",
        category=models.Category.PAYMENT,
        related_booking="BKG-12345",
    )
    # The response may get lost. With the same key, a repeated request opens no second ticket.
    key = str(uuid.uuid4())
    opened = ok(create_ticket.sync(client=api, body=body, idempotency_key=key)).ticket
    again = ok(create_ticket.sync(client=api, body=body, idempotency_key=key)).ticket
    assert opened.id == again.id, "the key makes them one"
    return opened


def reply(api: AuthenticatedClient, ticket: Ticket | TicketWithMessages, text: str) -> None:
    """Replies to the ticket as it was read: if it has changed since, reads it again."""
    body = models.MessageCreate(message=text)
    answer = add_message.sync(str(ticket.id), client=api, body=body, if_match=f'"{ticket.version}"')
    if isinstance(answer, Problem) and answer.code is ErrorCode.VERSION_MOVED_ON:
        print("The ticket has changed meanwhile: reading it again.")
        return reply(api, ok(get_ticket.sync(str(ticket.id), client=api)).ticket, text)
    ok(answer)


def changes(api: AuthenticatedClient, id: str) -> Iterator[TicketWithMessages]:
    """The ticket with its messages whenever it has changed, until nothing happens for a minute."""
    seen, since = 0, time.monotonic()
    while time.monotonic() < since + PATIENCE_SECONDS:
        ticket = ok(get_ticket.sync(id, client=api)).ticket
        if ticket.version != seen:
            seen, since = ticket.version, time.monotonic()
            yield ticket
        time.sleep(1)


def run() -> None:
    api, me = sign_in()
    print(f"Signed in as {me.first_name} {me.last_name}, {me.role}")
    opened = open_ticket(api)
    id = str(opened.id)
    print(f"Opened {opened.ticket_number}, priority {opened.priority}")

    # Two browser tabs: the second still shows the ticket as it was before the message of the first.
    ok(add_message.sync(id, client=api, body=models.MessageCreate(message="A second card fails, too.")))
    reply(api, opened, "The amount is 120 USD.")

    for ticket in changes(api, id):
        agent = ticket.assigned_to.first_name if ticket.assigned_to else "nobody yet"
        print(f"Version {ticket.version}: {ticket.status}, with {agent}")
        if ticket.status is Status.WAITING_CUSTOMER:
            print(f"Asked: {[message.message for message in ticket.messages if message.sender_type in STAFF][-1]}")
            reply(api, ticket, "With a Visa card, yesterday at noon.")
        elif ticket.status in (Status.RESOLVED, Status.CLOSED):
            print(f"Resolved: {ticket.resolution.summary if ticket.resolution else ''}")
            rated = ok(rate_ticket.sync(id, client=api, body=models.TicketRate(rating=5, feedback="Quick!"))).ticket.rating
            return print(f"Rated with {rated.rating if rated else 'nothing'} of 5")
    print("Nobody has resolved it yet: read the ticket again later.")


if __name__ == "__main__":
    try:
        run()
    except Refused as refused:
        sys.exit(f"The API refused: {refused}")
