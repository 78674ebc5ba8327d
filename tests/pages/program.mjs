// The program under test, with servers and a folder of its own.
import { spawn } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const freePort = () => new Promise((resolve, reject) => {
  const server = createServer().on("error", reject).listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

// Starts the program, and waits until it is ready. Returns its URL, and how to stop it.
export const start = async (path) => {
  const folder = await mkdtemp(join(tmpdir(), "pages-"));
  const [port, operation] = [await freePort(), await freePort()];
  const log = await open(join(folder, "log"), "w");
  const environment = { ...process.env, DATA_DIR: folder, PORT: String(port), OPERATION_PORT: String(operation), DATABASE_URL: "", REDIS_URL: "" };
  const child = spawn(path, [], { env: environment, stdio: ["ignore", log.fd, log.fd] });
  const ended = new Promise((resolve) => child.on("exit", resolve));
  const url = `http://127.0.0.1:${port}`;
  const end = Date.now() + 120_000;
  for (;;) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`${path} did not start: see ${folder}/log`);
    const ready = await fetch(`${url}/health/ready`).then((response) => response.ok, () => false);
    if (ready) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const stop = async () => {
    child.kill("SIGTERM");
    await ended;
    await log.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { url, stop };
};
