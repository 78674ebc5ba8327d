// Drives two processes of the API with the real socket.io-client. Ends with 0 if every promise held, else with 1.
import { parseArgs } from "node:util";
import { io } from "socket.io-client";
import { Site, proxy, until, wait } from "./program.mjs";

const { values: options } = parseArgs({ options: { program: { type: "string" }, events: { type: "string", default: "200" } } });
const EVENTS = Number(options.events);

const call = async (base, path, { method = "GET", body, token } = {}) => {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(`${base}/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
};

let number = 0;
const register = async (base, name, more = {}) => {
  const body = {
    firstName: name, lastName: "Otieno", email: `${name.toLowerCase()}${++number}@example.com`, phoneNumber: "+254712345678",
    password: "SecurePass123!", ...more,
  };
  const { token, user } = await call(base, "/auth/register", { method: "POST", body });
  return { token, id: user.id };
};

// A client that keeps everything it is told, and its position.
const follow = async (url, person) => {
  const client = { events: [], signs: [], at: new Map(), after: undefined, disconnects: [], refused: [] };
  const socket = io(url, {
    transports: ["websocket"], reconnectionDelay: 100, reconnectionDelayMax: 400, forceNew: true,
    auth: (send) => send({ token: person.token, after: client.after }),
  });
  socket.onAny((name, event) => {
    if (event.position) client.after = event.position;
    if (name === "resync") client.resynced = true;
    if (name === "ticket:typing" || name === "ticket:viewing") client.signs.push({ name, ...event });
    if (!event.id) return;
    client.at.set(event.id, performance.now());
    client.events.push({ name, ...event });
  });
  socket.on("disconnect", (reason) => client.disconnects.push(reason));
  socket.on("connect_error", (error) => client.refused.push(error.message));
  client.socket = socket;
  await until("a socket connects", () => client.after);
  return client;
};

// The texts of the messages that a client was told of, each once, in order.
const texts = (client) => {
  const seen = new Set();
  return client.events
    .filter((event) => event.name === "ticket:message" && !seen.has(event.id) && seen.add(event.id))
    .map((event) => event.message.message);
};

const rows = [];
const promise = async (name, check) => {
  const began = performance.now();
  let found;
  try { found = (await check()) ?? "held"; } catch (error) { found = `FAILED: ${error.message}`; process.exitCode = 1; }
  rows.push([name, found, `${((performance.now() - began) / 1000).toFixed(1)} s`]);
  console.log(`${rows.length}. ${name}: ${found}`);
};
const same = (got, expected) => {
  if (JSON.stringify(got) !== JSON.stringify(expected)) throw new Error(`${JSON.stringify(got).slice(0, 300)} instead of ${JSON.stringify(expected).slice(0, 300)}`);
};
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

const site = await Site.open(options.program);
let [first, second] = [await site.start(), await site.start("api")];
const balancer = await proxy(() => [first.port, second.port]);
try {
  const base = balancer.url;
  const customer = await register(base, "Amina");
  const agent = await register(base, "Sarah", { role: "support", supportInfo: { department: "general" } });
  const stranger = await register(base, "Baraka");
  const clients = [await follow(base, customer), await follow(base, customer), await follow(base, agent), await follow(base, stranger)];
  const [one, two, desk, other] = clients;
  const ticket = await call(base, "/support/tickets", {
    method: "POST", token: customer.token, body: { subject: "Help", description: "It fails.", category: "general" },
  }).then(({ ticket }) => ticket.id);
  const say = (text) => call(base, `/support/tickets/${ticket}/messages`, { method: "POST", token: customer.token, body: { message: text } });
  const all = [];
  const says = async (text) => { all.push(text); await say(text); };
  const arrived = (client, text) => until(`${text} arrives`, () => texts(client).includes(text));

  await promise("sockets of both processes get an event of either", async () => {
    for (const text of ["a", "b", "c", "d"]) await says(text);
    for (const client of [one, two, desk]) await arrived(client, "d");
    for (const client of [one, two, desk]) same(texts(client), all);
  });

  await promise("nothing reaches a stranger", async () => same(other.events, []));

  await promise("who has the ticket open and who types is told at both processes, and to the customer no more than may be", async () => {
    const colleague = await follow(base, await register(base, "Juma", { role: "support", supportInfo: { department: "general" } }));
    const ask = (client, name, more) => client.socket.timeout(5_000).emitWithAck(name, { ticketId: ticket, ...more });
    const names = ({ viewers }) => viewers.map((person) => person.firstName).sort();
    const told = (client, what, holds) => until(what, () => client.signs.some((sign) => sign.name === what && holds(sign)), 15_000);
    same(await ask(one, "ticket:view"), { success: true });
    same(names(await ask(desk, "ticket:view")), ["Sarah"]);
    same(names(await ask(colleague, "ticket:view")), ["Juma", "Sarah"]);
    same(await ask(other, "ticket:view"), { success: false, code: "not_found" });
    await told(desk, "ticket:viewing", (sign) => sign.viewers.length === 2);
    same(await ask(desk, "ticket:typing", { isInternal: true }), { success: true });
    await told(colleague, "ticket:typing", (sign) => sign.isInternal && sign.typing);
    same(await ask(one, "ticket:typing"), { success: true });
    await told(desk, "ticket:typing", (sign) => sign.person.id === customer.id && sign.typing);
    await says("typed");
    await told(desk, "ticket:typing", (sign) => sign.person.id === customer.id && !sign.typing);
    const before = desk.signs.length;
    colleague.socket.disconnect();
    await until("the colleague is gone", () => desk.signs.slice(before).some((sign) => sign.viewers?.length === 1), 15_000);
    await arrived(one, "typed");
    same(one.signs, []);
    same(other.signs, []);
    same(await ask(desk, "ticket:leave"), { success: true });
    same(await ask(one, "ticket:leave"), { success: true });
  });

  await promise(`${EVENTS} messages one after the other, from the response to the event`, async () => {
    const took = [];
    for (let count = 0; count < EVENTS; count++) {
      const text = `m${count}`;
      await says(text);
      const answered = performance.now();
      await until("it arrives", () => texts(desk).includes(text) && texts(one).includes(text));
      const event = desk.events.find((event) => event.message?.message === text);
      took.push(Math.max(0, desk.at.get(event.id) - answered));
    }
    took.sort((a, b) => a - b);
    return `p50 ${quantile(took, 0.5).toFixed(1)} ms, p99 ${quantile(took, 0.99).toFixed(1)} ms`;
  });

  await promise("kill -9 of a process: its clients go on at the other one, without a gap", async () => {
    await second.kill();
    for (let count = 0; count < 30; count++) await says(`k${count}`).catch(async () => { all.pop(); await wait(50); await says(`k${count}`); });
    for (const client of [one, two, desk]) { await arrived(client, "k29"); same(texts(client), all); }
    second = await site.start("api");
  });

  await promise("a rolling restart brings every client back, without a gap", async () => {
    const stopped = second;
    second = await site.start("api");
    await stopped.stop();
    for (let count = 0; count < 10; count++) await says(`r${count}`);
    for (const client of [one, two, desk]) { await arrived(client, "r9"); same(texts(client), all); }
    const forGood = clients.flatMap((client) => client.disconnects).filter((reason) => reason === "io server disconnect");
    same(forGood, []);
  });

  await promise("a Redis that forgets everything: nobody misses an event, and its events come as quickly afterwards", async () => {
    for (let count = 0; count < 10; count++) {
      await says(`f${count}`);
      if (count % 3 === 0) same(await site.redis("FLUSHALL"), "+OK");
    }
    for (const client of [one, two, desk]) { await arrived(client, "f9"); same(texts(client), all); }
    await says("after");
    const answered = performance.now();
    await arrived(desk, "after");
    const event = desk.events.find((event) => event.message?.message === "after");
    const took = Math.max(0, desk.at.get(event.id) - answered);
    if (took > 1_000) throw new Error(`after ${took} ms`);
  });

  await promise("a session that ends closes its socket within two seconds", async () => {
    const gone = await register(base, "Chen");
    const client = await follow(base, gone);
    await call(base, "/auth/logout", { method: "POST", token: gone.token, body: {} });
    const began = performance.now();
    await until("it is closed", () => client.disconnects.includes("io server disconnect"), 5_000);
    const took = performance.now() - began;
    if (took > 2_000) throw new Error(`after ${took} ms`);
    return `after ${(took / 1000).toFixed(1)} s`;
  });

  await promise("no client was refused, resynchronised or told what is not theirs", async () => {
    same(clients.map((client) => client.resynced ?? false), [false, false, false, false]);
    same(other.events, []);
  });
  for (const client of clients) client.socket.disconnect();
} finally {
  balancer.close();
  await second.stop();
  await first.stop();
  await site.close();
}
console.log(process.exitCode ? "\nSome promises did not hold." : "\nEvery promise held.");
process.exit();
