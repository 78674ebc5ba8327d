"""The round with the client of openapi-python-client."""

import os
from uuid import UUID

from client import AuthenticatedClient, Client
from client.api.accounts import get_me, login, register
from client.api.agents import set_availability
from client.api.events import list_events
from client.api.messages import add_message
from client.api.notifications import list_notifications
from client.api.tickets import close_ticket, create_ticket, get_ticket, list_history, list_tickets, rate_ticket, set_ticket_priority
from client.models import (
    Availability,
    AvailabilityUpdate,
    Category,
    ErrorCode,
    EventList,
    FieldErrorCode,
    HistoryList,
    Message,
    MessageCreate,
    MessageResponse,
    NotificationEvent,
    NotificationKind,
    NotificationList,
    Priority,
    Problem,
    RatedEntry,
    ResolutionType,
    SenderType,
    SessionCreate,
    SessionResponse,
    Status,
    StatusChangedEntry,
    TicketClose,
    TicketCreate,
    TicketList,
    TicketMessageEvent,
    TicketPriorityUpdate,
    TicketRate,
    TicketResponse,
    TicketSort,
    TicketWithMessagesResponse,
    UserCreate,
)
from client.models.agent_availability_response import AgentAvailabilityResponse

BASE_URL = os.environ["BASE_URL"]
PASSWORD = os.environ["PASSWORD"]


def done(step: str) -> None:
    print(f"ok {step}")


def client_of(token: str) -> AuthenticatedClient:
    return AuthenticatedClient(base_url=BASE_URL, token=token, raise_on_unexpected_status=True)


stranger = Client(base_url=BASE_URL, raise_on_unexpected_status=True)
person = UserCreate(
    first_name="Asha",
    last_name="Mwangi",
    email=os.environ["CUSTOMER"],
    phone_number="+254712345678",
    password=PASSWORD,
)
# The token is optional here, which the generator does not know.
registered = register.sync(client=stranger, body=person)  # type: ignore[arg-type]
assert isinstance(registered, SessionResponse)
assert registered.user.support_info is None
done("register")

session = login.sync(client=stranger, body=SessionCreate(email=os.environ["AGENT"], password=PASSWORD))
assert isinstance(session, SessionResponse)
asha, sarah = client_of(registered.token), client_of(session.token)
done("login")

available = set_availability.sync(client=sarah, body=AvailabilityUpdate(status=Availability.AVAILABLE))
assert isinstance(available, AgentAvailabilityResponse)
assert available.availability.status is Availability.AVAILABLE
done("availability")

began = list_events.sync(client=asha)
assert isinstance(began, EventList)
assert began.events == []

body = TicketCreate(
    subject="Cannot pay",
    description="The page stays white.",
    category=Category.TECHNICAL,
    priority=Priority.HIGH,
    tags=["payment"],
)
key = f"create-{os.environ['CUSTOMER']}"
created = create_ticket.sync(client=asha, body=body, idempotency_key=key)
assert isinstance(created, TicketResponse)
assert created.ticket.assigned_to is None
done("create")

repeated = create_ticket.sync_detailed(client=asha, body=body, idempotency_key=key)
assert isinstance(repeated.parsed, TicketResponse)
assert repeated.parsed.ticket.id == created.ticket.id
assert repeated.headers["Idempotency-Replayed"] == "true"
done("repeat")

listed = list_tickets.sync(
    client=asha,
    status=[Status.OPEN, Status.ASSIGNED, Status.IN_PROGRESS],
    priority=[Priority.HIGH],
    sort=TicketSort.CREATED_AT_DESCENDING,
    limit=5,
)
assert isinstance(listed, TicketList)
assert [entry.id for entry in listed.tickets] == [created.ticket.id]
assert listed.pagination.total == 1
done("list")

number = created.ticket.ticket_number
found = get_ticket.sync(number, client=sarah)
assert isinstance(found, TicketWithMessagesResponse)
assert found.ticket.messages == []
done("get")

added = add_message.sync(number, client=sarah, body=MessageCreate(message="Which browser do you use?"))
assert isinstance(added, MessageResponse)
assert added.message.sender_type is SenderType.SUPPORT
done("reply")

urgent = TicketPriorityUpdate(priority=Priority.URGENT)
stale = set_ticket_priority.sync_detailed(number, client=sarah, body=urgent, if_match='"999"')
assert stale.status_code == 412
assert isinstance(stale.parsed, Problem)
assert stale.parsed.code is ErrorCode.VERSION_MOVED_ON
done("precondition")

solved = TicketClose(summary="The cache was cleared.", resolution_type=ResolutionType.SOLVED)
closed = close_ticket.sync(number, client=sarah, body=solved)
assert isinstance(closed, TicketResponse)
assert closed.ticket.resolution is not None
assert closed.ticket.resolution.resolution_type is ResolutionType.SOLVED
done("close")

rated = rate_ticket.sync(number, client=asha, body=TicketRate(rating=5))
assert isinstance(rated, TicketResponse)
assert rated.ticket.rating is not None
assert rated.ticket.rating.rating == 5
done("rate")

history = list_history.sync(number, client=sarah, limit=100)
assert isinstance(history, HistoryList)
assert [entry.details.rating for entry in history.history if isinstance(entry, RatedEntry)] == [5]
changes = [entry.details.to for entry in history.history if isinstance(entry, StatusChangedEntry)]
assert Status.CLOSED in changes, changes
done("history")

# What has happened since then; an event is of the type that `type` names.
messages: list[Message | None] = []
told: list[UUID] = []
after = began.position
while not (messages and told):
    page = list_events.sync(client=asha, after=after, wait=20)
    assert isinstance(page, EventList)
    assert page.events, "no event within 20 seconds"
    messages += [event.message for event in page.events if isinstance(event, TicketMessageEvent)]
    told += [event.notification_id for event in page.events if isinstance(event, NotificationEvent)]
    after = page.position
assert isinstance(messages[0], Message)
assert messages[0].message == "Which browser do you use?"
done("events")

notified = list_notifications.sync(client=asha, limit=100)
assert isinstance(notified, NotificationList)
assert told[0] in [entry.id for entry in notified.notifications]
assert NotificationKind.STAFF_REPLIED in [entry.kind for entry in notified.notifications]
assert {entry.ticket.ticket_number for entry in notified.notifications} == {number}
done("notifications")

refused = create_ticket.sync(client=asha, body=TicketCreate(subject="", description="Please help."))
assert isinstance(refused, Problem)
assert refused.code is ErrorCode.INVALID_FIELDS
assert refused.errors[0].code is FieldErrorCode.TOO_SHORT
done("invalid")

unknown = get_me.sync(client=client_of("nonsense"))
assert isinstance(unknown, Problem)
assert unknown.code is ErrorCode.INVALID_TOKEN
done("unauthenticated")
