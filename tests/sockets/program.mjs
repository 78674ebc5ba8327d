// Processes of the program that share private servers, and a proxy that gives each connection to the next of them.
import { spawn } from "node:child_process";
import { chmod, mkdtemp, open, readdir, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Waits until `look` returns something, and returns that.
export const until = async (what, look, limit = 60_000) => {
  const end = Date.now() + limit;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`not within ${limit / 1000} s: ${what}`);
    await wait(20);
  }
};

const freePort = () => new Promise((resolve, reject) => {
  const server = createServer().on("error", reject).listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

export class Site {
  static async open(program) {
    const site = new Site();
    site.program = program;
    site.folder = await mkdtemp(join(tmpdir(), "sockets-"));
    // So that the servers, which run as another user for root, have their place in it.
    await chmod(site.folder, 0o711);
    site.count = 0;
    return site;
  }

  // Sends a command to the Redis of all processes, and returns the first line of the answer.
  async redis(command) {
    const files = await readdir(this.folder, { recursive: true });
    const socket = files.find((file) => file.endsWith("redis.sock"));
    if (!socket) throw new Error(`no socket of Redis in ${this.folder}`);
    return new Promise((resolve, reject) => {
      const client = connect(join(this.folder, socket), () => client.write(`${command}\r\n`));
      client.on("error", reject).once("data", (answer) => { client.end(); resolve(answer.toString().trim()); });
    });
  }

  // A process of a role; without one, of all roles.
  async start(role) {
    const [port, operation] = [await freePort(), await freePort()];
    const log = await open(join(this.folder, `${this.count++}-${role ?? "all"}.log`), "w");
    const environment = {
      ...process.env, DATA_DIR: this.folder, PORT: String(port), OPERATION_PORT: String(operation), DATABASE_URL: "", REDIS_URL: "",
      BOOTSTRAP_ADMIN_EMAIL: "admin@example.com", BOOTSTRAP_ADMIN_PASSWORD: "SecurePass123!", STAFF_REGISTRATION: "open",
      RATE_LIMIT_PER_MINUTE: "0", RATE_LIMIT_AUTH_PER_MINUTE: "0",
    };
    const child = spawn(this.program, role ? [role] : [], { env: environment, stdio: ["ignore", log.fd, log.fd] });
    const ended = new Promise((resolve) => child.on("exit", () => log.close().then(resolve)));
    const url = `http://127.0.0.1:${port}`;
    await until(`${role ?? "all"} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`it ended: see ${this.folder}`);
      return fetch(`${url}/health/ready`).then((response) => response.ok, () => false);
    }, 120_000);
    return {
      port, url,
      kill: () => { child.kill("SIGKILL"); return ended; },
      stop: () => { child.kill("SIGTERM"); return ended; },
    };
  }

  async close() {
    await rm(this.folder, { recursive: true, force: true });
  }
}

// A proxy on a port of its own. `targets` may change at any time; a connection goes to the next one that accepts it.
export const proxy = async (targets) => {
  let turn = 0;
  const open = new Set();
  const server = createServer((client) => {
    open.add(client);
    client.on("close", () => open.delete(client)).on("error", () => {});
    const ports = targets();
    const attempt = (left) => {
      const upstream = connect(ports[turn++ % ports.length], "127.0.0.1");
      upstream.once("connect", () => { client.pipe(upstream).pipe(client); });
      upstream.on("error", () => (left > 1 && !upstream.bytesRead ? attempt(left - 1) : client.destroy()));
      upstream.on("close", () => { if (upstream.bytesRead) client.destroy(); });
      client.on("close", () => upstream.destroy());
    };
    attempt(ports.length);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => { for (const client of open) client.destroy(); server.close(); },
  };
};
