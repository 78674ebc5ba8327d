// The round with the client of hey-api.

import { strict as assert } from "node:assert";
import { createClient } from "./client/client/index.js";
import * as api from "./client/index.js";
import type { Availability, ErrorCode, FieldErrorCode, NotificationKind, PersonRef, SenderType, Status, Ticket, TicketCreate, UserCreate } from "./client/index.js";

const { BASE_URL: baseUrl = "", AGENT: agentEmail = "", CUSTOMER: email = "", PASSWORD: password = "" } = process.env;

const done = (step: string): void => console.log(`ok ${step}`);

/** A client of somebody who is signed in, or of a stranger. */
const client = (token?: string) => createClient({ baseUrl, ...(token === undefined ? {} : { auth: token }) });

/** The data of a success. */
function ok<T>(answer: { data: T | undefined; error: unknown } | { data: undefined; error: unknown }): T {
  assert.ok(answer.data !== undefined, JSON.stringify(answer.error));
  return answer.data as T;
}

const stranger = client();
const person: UserCreate = { firstName: "Asha", lastName: "Mwangi", email, phoneNumber: "+254712345678", password };
const registered = ok(await api.register({ client: stranger, body: person }));
assert.ok("token" in registered && registered.user.supportInfo === null);
done("register");

const session = ok(await api.login({ client: stranger, body: { email: agentEmail, password } }));
const [asha, sarah] = [client(registered.token), client(session.token)];
done("login");

const { availability } = ok(await api.setAvailability({ client: sarah, body: { status: "available" } }));
assert.equal(availability.status satisfies Availability, "available");
done("availability");

const began = ok(await api.listEvents({ client: asha }));
assert.equal(began.events.length, 0);

const body: TicketCreate = { subject: "Cannot pay", description: "The page stays white.", category: "technical", priority: "high", tags: ["payment"] };
const headers = { "Idempotency-Key": `create-${email}` };
const ticket: Ticket = ok(await api.createTicket({ client: asha, body, headers })).ticket;
const assignee: PersonRef | null = ticket.assignedTo;
assert.equal(assignee, null);
done("create");

const repeated = await api.createTicket({ client: asha, body, headers });
assert.equal(ok(repeated).ticket.id, ticket.id);
assert.equal(repeated.response?.headers.get("Idempotency-Replayed"), "true");
done("repeat");

const list = ok(await api.listTickets({ client: asha, query: { status: ["open", "assigned", "in_progress"], priority: ["high"], sort: "-createdAt", limit: 5 } }));
assert.deepEqual(list.tickets.map((entry) => entry.id), [ticket.id]);
assert.equal(list.pagination.total, 1);
done("list");

const path = { id: ticket.ticketNumber };
const found = ok(await api.getTicket({ client: sarah, path }));
assert.equal(found.ticket.messages.length, 0);
done("get");

const { message } = ok(await api.addMessage({ client: sarah, path, body: { message: "Which browser do you use?" } }));
assert.equal(message.senderType satisfies SenderType, "support");
done("reply");

const stale = await api.setTicketPriority({ client: sarah, path, headers: { "If-Match": '"999"' }, body: { priority: "urgent" } });
assert.equal(stale.response?.status, 412);
const moved: ErrorCode | undefined = stale.error?.code;
assert.equal(moved, "version_moved_on");
done("precondition");

const closed = ok(await api.closeTicket({ client: sarah, path, body: { summary: "The cache was cleared.", resolutionType: "solved" } }));
assert.equal(closed.ticket.resolution?.resolutionType, "solved");
done("close");

const rated = ok(await api.rateTicket({ client: asha, path, body: { rating: 5 } }));
assert.equal(rated.ticket.rating?.rating, 5);
done("rate");

const { history } = ok(await api.listHistory({ client: sarah, path, query: { limit: 100 } }));
const stars = history.flatMap((entry) => (entry.type === "rated" ? [entry.details.rating] : []));
assert.deepEqual(stars, [5]);
const changes = history.flatMap((entry) => (entry.type === "status_changed" ? [entry.details.to satisfies Status] : []));
assert.ok(changes.includes("closed"), JSON.stringify(changes));
done("history");

// What has happened since then; `type` tells which fields an event has.
const messages: string[] = [];
const told: string[] = [];
for (let after = began.position; messages.length === 0 || told.length === 0; ) {
  const page = ok(await api.listEvents({ client: asha, query: { after, wait: 20 } }));
  assert.ok(page.events.length > 0, "no event within 20 seconds");
  for (const event of page.events) {
    if (event.type === "ticket:message" && event.message !== null) messages.push(event.message.message);
    if (event.type === "notification:new") told.push(event.notificationId);
  }
  after = page.position;
}
assert.equal(messages[0], "Which browser do you use?");
done("events");

const { notifications } = ok(await api.listNotifications({ client: asha, query: { limit: 100 } }));
assert.ok(notifications.some((entry) => entry.id === told[0]));
assert.ok(notifications.some((entry) => (entry.kind satisfies NotificationKind) === "staff_replied"));
assert.ok(notifications.every((entry) => entry.ticket.ticketNumber === ticket.ticketNumber));
done("notifications");

const refused = await api.createTicket({ client: asha, body: { subject: "", description: "Please help." } });
const code: ErrorCode | undefined = refused.error?.code;
assert.equal(code, "invalid_fields");
const first: FieldErrorCode | undefined = refused.error?.errors[0]?.code;
assert.equal(first, "too_short");
done("invalid");

const unknown = await api.getMe({ client: stranger });
assert.equal(unknown.error?.code satisfies ErrorCode | undefined, "token_required");
done("unauthenticated");

// This must not compile: a code that the document does not have.
// @ts-expect-error there is no such code
export const noCode: ErrorCode = "nonsense_code";
