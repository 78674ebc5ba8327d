// The round with the types of openapi-typescript and the client openapi-fetch.

import createClient from "openapi-fetch";
import { strict as assert } from "node:assert";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

const { BASE_URL: baseUrl = "", AGENT: agentEmail = "", CUSTOMER: email = "", PASSWORD: password = "" } = process.env;

const done = (step: string): void => console.log(`ok ${step}`);

/** A client of somebody who is signed in, or of a stranger. */
const client = (token?: string) =>
  createClient<paths>({ baseUrl, ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }) });

/** The data of a success. */
function ok<T>(answer: { data?: T; error?: unknown }): T {
  assert.ok(answer.data !== undefined, JSON.stringify(answer.error));
  return answer.data;
}

const stranger = client();
const person: Schemas["UserCreate"] = { firstName: "Asha", lastName: "Mwangi", email, phoneNumber: "+254712345678", password };
const registered = ok(await stranger.POST("/api/v1/auth/register", { body: person }));
assert.ok("token" in registered && registered.user.supportInfo === null);
done("register");

const session: Schemas["SessionResponse"] = ok(await stranger.POST("/api/v1/auth/login", { body: { email: agentEmail, password } }));
const [asha, sarah] = [client(registered.token), client(session.token)];
done("login");

const { availability } = ok(await sarah.PUT("/api/v1/support/availability", { body: { status: "available" } }));
assert.equal(availability.status satisfies Schemas["Availability"], "available");
done("availability");

const began = ok(await asha.GET("/api/v1/events"));
assert.equal(began.events.length, 0);

const body: Schemas["TicketCreate"] = { subject: "Cannot pay", description: "The page stays white.", category: "technical", priority: "high", tags: ["payment"] };
const params = { header: { "Idempotency-Key": `create-${email}` } };
const created = await asha.POST("/api/v1/support/tickets", { body, params });
const ticket: Schemas["Ticket"] = ok(created).ticket;
const assignee: Schemas["PersonRef"] | null = ticket.assignedTo;
assert.equal(assignee, null);
done("create");

const repeated = await asha.POST("/api/v1/support/tickets", { body, params });
assert.equal(ok(repeated).ticket.id, ticket.id);
assert.equal(repeated.response.headers.get("Idempotency-Replayed"), "true");
done("repeat");

const id = ticket.ticketNumber;
const list = ok(await asha.GET("/api/v1/support/tickets", { params: { query: { status: ["open", "assigned", "in_progress"], priority: ["high"], sort: "-createdAt", limit: 5 } } }));
assert.deepEqual(list.tickets.map((entry) => entry.id), [ticket.id]);
assert.equal(list.pagination.total, 1);
done("list");

const path = { id };
const found = ok(await sarah.GET("/api/v1/support/tickets/{id}", { params: { path } }));
assert.equal(found.ticket.messages.length, 0);
done("get");

const { message } = ok(await sarah.POST("/api/v1/support/tickets/{id}/messages", { params: { path }, body: { message: "Which browser do you use?" } }));
assert.equal(message.senderType satisfies Schemas["SenderType"], "support");
done("reply");

const stale = await sarah.PUT("/api/v1/support/tickets/{id}/priority", { params: { path, header: { "If-Match": '"999"' } }, body: { priority: "urgent" } });
assert.equal(stale.response.status, 412);
const moved: Schemas["ErrorCode"] | undefined = stale.error?.code;
assert.equal(moved, "version_moved_on");
done("precondition");

const closed = ok(await sarah.PUT("/api/v1/support/tickets/{id}/close", { params: { path }, body: { summary: "The cache was cleared.", resolutionType: "solved" } }));
assert.equal(closed.ticket.resolution?.resolutionType, "solved");
done("close");

const rated = ok(await asha.POST("/api/v1/support/tickets/{id}/rate", { params: { path }, body: { rating: 5 } }));
assert.equal(rated.ticket.rating?.rating, 5);
done("rate");

const { history } = ok(await sarah.GET("/api/v1/support/tickets/{id}/history", { params: { path, query: { limit: 100 } } }));
const stars = history.flatMap((entry) => (entry.type === "rated" ? [entry.details.rating] : []));
assert.deepEqual(stars, [5]);
const changes = history.flatMap((entry) => (entry.type === "status_changed" ? [entry.details.to satisfies Schemas["Status"]] : []));
assert.ok(changes.includes("closed"), JSON.stringify(changes));
done("history");

// What has happened since then; `type` tells which fields an event has.
const messages: string[] = [];
const told: string[] = [];
for (let after = began.position; messages.length === 0 || told.length === 0; ) {
  const page = ok(await asha.GET("/api/v1/events", { params: { query: { after, wait: 20 } } }));
  assert.ok(page.events.length > 0, "no event within 20 seconds");
  for (const event of page.events) {
    if (event.type === "ticket:message" && event.message !== null) messages.push(event.message.message);
    if (event.type === "notification:new") told.push(event.notificationId);
  }
  after = page.position;
}
assert.equal(messages[0], "Which browser do you use?");
done("events");

const { notifications } = ok(await asha.GET("/api/v1/notifications", { params: { query: { limit: 100 } } }));
assert.ok(notifications.some((entry) => entry.id === told[0]));
assert.ok(notifications.some((entry) => (entry.kind satisfies Schemas["NotificationKind"]) === "staff_replied"));
assert.ok(notifications.every((entry) => entry.ticket.ticketNumber === ticket.ticketNumber));
done("notifications");

const refused = await asha.POST("/api/v1/support/tickets", { body: { subject: "", description: "Please help." } });
assert.ok(refused.error);
const code: Schemas["ErrorCode"] = refused.error.code;
assert.equal(code, "invalid_fields");
const first: Schemas["FieldErrorCode"] | undefined = refused.error.errors[0]?.code;
assert.equal(first, "too_short");
done("invalid");

const unknown = await stranger.GET("/api/v1/auth/me");
assert.equal(unknown.error?.code satisfies Schemas["ErrorCode"] | undefined, "token_required");
done("unauthenticated");

// These must not compile: a code or a status that the document does not have.
// @ts-expect-error there is no such code
export const noCode: Schemas["ErrorCode"] = "nonsense_code";
// @ts-expect-error there is no such status
export const noStatus: Schemas["TicketStatusUpdate"] = { status: "asleep" };
