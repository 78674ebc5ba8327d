// A customer asks for help: registers, opens a ticket, follows it, answers, and rates the help.
//
//     npm start                                 registers a new customer
//     EMAIL=… PASSWORD=… npm start              uses an existing account
//
// Run ../agent.py in another terminal for the agent's side. Without a reply in time, the ticket stays open.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Schemas = components["schemas"];

const { BASE_URL: baseUrl = "http://127.0.0.1:5000", EMAIL: email, PASSWORD: password = "SecurePass123!" } = process.env;
const PATIENCE_MS = 60_000;

const api = createClient<paths>({ baseUrl });

/** A failure, `application/problem+json`. Decide by `code`, which is stable; show `detail` to people. */
class Refused extends Error {
  constructor(readonly problem: Schemas["Problem"]) {
    const fields = problem.errors.map((wrong) => `\n  ${wrong.field}: ${wrong.message} (${wrong.code})`);
    super(`${problem.status} ${problem.code}: ${problem.detail} [request ${problem.requestId}]${fields.join("")}`);
  }
}

/** The data of a success; a failure is thrown. */
function ok<T>({ data, error, response }: { data?: T; error?: Schemas["Problem"]; response: Response }): T {
  if (data !== undefined) return data;
  // A failure without a code is not from the API, but from a proxy for example.
  throw error?.code ? new Refused(error) : new Error(`${response.status} ${response.statusText}`);
}

const isFromStaff = ({ senderType }: Schemas["Message"]) => senderType === "support" || senderType === "admin";

async function signIn(): Promise<Schemas["User"]> {
  const person = { firstName: "Asha", lastName: "Mwangi", phoneNumber: "+254712345679", timezone: "Africa/Nairobi" };
  const session = email
    ? ok(await api.POST("/api/v1/auth/login", { body: { email, password } }))
    : ok(await api.POST("/api/v1/auth/register", { body: { ...person, email: `asha.${Date.now()}@example.com`, password } }));
  // Only an admin who registers another person gets no tokens.
  if (!("token" in session)) throw new Error("Registered without a session.");
  api.use({ onRequest: ({ request }) => request.headers.set("Authorization", `Bearer ${session.token}`) });
  return session.user;
}

async function openTicket(): Promise<Schemas["Ticket"]> {
  const body: Schemas["TicketCreate"] = {
    subject: "Cannot complete payment",
    description: "I get an error when I pay for booking BKG-12345.",
    category: "payment",
    relatedBooking: "BKG-12345",
  };
  // The response may get lost. With the same key, a repeated request opens no second ticket.
  const params = { header: { "Idempotency-Key": randomUUID() } };
  const opened = ok(await api.POST("/api/v1/support/tickets", { params, body })).ticket;
  const again = ok(await api.POST("/api/v1/support/tickets", { params, body })).ticket;
  if (opened.id !== again.id) throw new Error("The key makes them one.");
  return opened;
}

/** Replies to the ticket as it was read: if it has changed since, reads it again. */
async function reply({ id, version }: Pick<Schemas["Ticket"], "id" | "version">, message: string): Promise<void> {
  const params = { path: { id }, header: { "If-Match": `"${version}"` } };
  const answer = await api.POST("/api/v1/support/tickets/{id}/messages", { params, body: { message } });
  if (answer.error?.code !== "version_moved_on") return void ok(answer);
  console.log("The ticket has changed meanwhile: reading it again.");
  const { ticket } = ok(await api.GET("/api/v1/support/tickets/{id}", { params: { path: { id } } }));
  await reply(ticket, message);
}

/** The ticket with its messages whenever it has changed, until nothing happens for a minute. */
async function* changes(id: string): AsyncGenerator<Schemas["TicketWithMessages"]> {
  for (let seen = 0, since = Date.now(); Date.now() < since + PATIENCE_MS; await sleep(1000)) {
    const { ticket } = ok(await api.GET("/api/v1/support/tickets/{id}", { params: { path: { id } } }));
    if (ticket.version === seen) continue;
    [seen, since] = [ticket.version, Date.now()];
    yield ticket;
  }
}

async function run(): Promise<void> {
  const me = await signIn();
  console.log(`Signed in as ${me.firstName} ${me.lastName}, ${me.role}`);
  const opened = await openTicket();
  console.log(`Opened ${opened.ticketNumber}, priority ${opened.priority}`);

  // Two browser tabs: the second still shows the ticket as it was before the message of the first.
  const params = { path: { id: opened.id } };
  ok(await api.POST("/api/v1/support/tickets/{id}/messages", { params, body: { message: "A second card fails, too." } }));
  await reply(opened, "The amount is 120 USD.");

  for await (const ticket of changes(opened.id)) {
    console.log(`Version ${ticket.version}: ${ticket.status}, with ${ticket.assignedTo?.firstName ?? "nobody yet"}`);
    if (ticket.status === "waiting_customer") {
      console.log(`Asked: ${ticket.messages.findLast(isFromStaff)?.message}`);
      await reply(ticket, "With a Visa card, yesterday at noon.");
    } else if (ticket.status === "resolved" || ticket.status === "closed") {
      console.log(`Resolved: ${ticket.resolution?.summary}`);
      const rated = ok(await api.POST("/api/v1/support/tickets/{id}/rate", { params, body: { rating: 5, feedback: "Quick!" } }));
      return console.log(`Rated with ${rated.ticket.rating?.rating} of 5`);
    }
  }
  console.log("Nobody has resolved it yet: read the ticket again later.");
}

run().catch((failure: Error) => {
  console.error(failure instanceof Refused ? `The API refused: ${failure.message}` : failure);
  process.exitCode = 1;
});
