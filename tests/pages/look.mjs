// Looks at /docs in Chromium, and fails with every promise that does not hold. Leaves pictures and a print.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { parseArgs } from "node:util";
import puppeteer from "puppeteer-core";
import typescript from "typescript";
import { start } from "./program.mjs";

const { values: options } = parseArgs({ options: {
  program: { type: "string" }, folder: { type: "string" }, url: { type: "string" }, shots: { type: "string" },
} });
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const shots = options.shots ?? join(options.folder, "shots");
await mkdir(shots, { recursive: true });
const program = options.url ? { url: options.url, stop: async () => {} } : await start(options.program);
const browser = await puppeteer.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
const failures = [];
const promise = async (name, holds) => {
  try {
    await holds();
    console.log(`ok    ${name}`);
  } catch (error) {
    failures.push(name);
    console.log(`FAILS ${name}\n      ${String(error.message).replaceAll("\n", "\n      ")}`);
  }
};

// A tab that notes what the browser complains of, and what it asks of other servers.
const tab = async ({ width = 1280, scheme = "light", scripts = true } = {}) => {
  const page = await browser.newPage();
  await page.setViewport({ width, height: width < 500 ? 740 : 900, deviceScaleFactor: width < 500 ? 2 : 1, hasTouch: width < 500 });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  await page.setJavaScriptEnabled(scripts);
  const [complaints, outside] = [[], []];
  page.on("console", (message) => { if (["error", "warn"].includes(message.type())) complaints.push(message.text()); });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("response", (response) => { if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`); });
  page.on("request", (request) => { if (!request.url().startsWith(program.url)) outside.push(request.url()); });
  await page.goto(`${program.url}/docs`, { waitUntil: "networkidle0" });
  return { page, complaints, outside };
};
const visible = (page, selector) => page.$$eval(selector, (all) => all.filter((one) => one.checkVisibility()).length);
// The place that the contents mark, once the browser has told the page what is in view.
const marked = (page, id) => page.waitForFunction((id) => document.querySelector("#tree a[aria-current]")?.hash === `#${id}`, { timeout: 5_000 }, id);

for (const width of [360, 1280]) {
  for (const scheme of ["light", "dark"]) {
    const about = `${width} px, ${scheme}`;
    const { page, complaints, outside } = await tab({ width, scheme });
    await promise(`${about}: no complaint of the browser, no request to elsewhere`, () => {
      assert.deepEqual(complaints, []);
      assert.deepEqual(outside, []);
    });
    await promise(`${about}: nothing is wider than the screen`, async () => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `${wide} px`);
    });
    await promise(`${about}: axe-core finds nothing`, async () => {
      await page.evaluate(axe);
      const found = await page.evaluate(() => axe.run(document, { resultTypes: ["violations"] }));
      const told = found.violations.map((one) => `${one.id}: ${one.nodes.length}, first ${one.nodes[0].html.slice(0, 160)} ${one.nodes[0].any[0]?.message ?? ""}`);
      assert.deepEqual(told, []);
    });
    for (const place of ["", "getting-started", "error-codes", "createTicket", "listTickets", "object-Ticket"]) {
      await page.evaluate((place) => (place ? document.getElementById(place).scrollIntoView() : scrollTo(0, 0)), place);
      await page.screenshot({ path: join(shots, `${width}-${scheme}-${place || "top"}.webp`) });
    }
    await page.close();
  }
}

const { page } = await tab();
await promise("the contents mark the present place", async () => {
  await page.evaluate(() => document.getElementById("createTicket").scrollIntoView());
  await marked(page, "createTicket");
});
await promise("/ goes to the search, which finds operations, fields, errors and sections", async () => {
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "query");
  for (const [typed, id] of [["rated_already", "error-rated_already"], ["duplicateof", "closeTicket"], ["getting", "getting-started"], ["escalate", "escalateTicket"]]) {
    await page.$eval("#query", (query) => { query.value = ""; });
    await page.type("#query", typed);
    const ids = await page.$$eval("#results a", (links) => links.map((link) => link.hash.slice(1)));
    assert.ok(ids.includes(id), `${typed}: ${ids}`);
    assert.match(await page.$eval("#count", (count) => count.textContent), /place/);
  }
  await page.screenshot({ path: join(shots, "search.webp") });
});
await promise("arrows and Enter lead from the search to a place, Escape leaves it", async () => {
  await page.$eval("#query", (query) => { query.value = ""; });
  await page.type("#query", "rated_already");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => location.hash), "#error-rated_already");
  assert.equal(await visible(page, "#results a"), 0);
  await page.type("#query", "ticket");
  await page.keyboard.press("Escape");
  assert.ok(await visible(page, "#tree a") > 50);
  await page.type("#query", "no such thing anywhere");
  assert.equal(await page.$eval("#count", (count) => count.textContent), "Nothing found.");
  await page.keyboard.press("Escape");
});
await promise("one click shows all examples in another language, and a new visit remembers it", async () => {
  await page.click("#createTicket .curl [value=python]");
  assert.equal(await visible(page, ".code.curl"), 0);
  assert.ok(await visible(page, ".code.python") > 40);
  await page.reload();
  assert.ok(await visible(page, ".code.python") > 40);
  await page.click("#language-curl");
  assert.ok(await visible(page, ".code.curl") > 40);
});
await promise("an example is copied as it is shown", async () => {
  const context = browser.defaultBrowserContext();
  await context.overridePermissions(program.url, ["clipboard-read", "clipboard-sanitized-write"]);
  await page.bringToFront();
  await page.click("#createTicket .curl .copy");
  await page.waitForFunction(() => document.querySelector("#createTicket .curl .copy").textContent === "Copied", { timeout: 5_000 });
  const [copied, shown] = await page.evaluate(async () => [await navigator.clipboard.readText(), document.querySelector("#createTicket .curl code").textContent]);
  assert.equal(copied, shown);
});
await promise("the examples in TypeScript can be parsed", async () => {
  const codes = await page.$$eval(".operation .typescript code", (all) => all.map((one) => one.textContent));
  assert.ok(codes.length > 40, `${codes.length}`);
  const wrong = codes.filter((code) => typescript.transpileModule(code, { reportDiagnostics: true, compilerOptions: { module: "esnext", target: "es2022" } }).diagnostics.length > 0);
  assert.deepEqual(wrong, []);
});
await promise("the print has every operation and no navigation", async () => {
  await page.pdf({ path: join(shots, "print.pdf"), format: "A4", margin: { top: "15mm", bottom: "15mm", left: "15mm", right: "15mm" } });
  await page.emulateMediaType("print");
  assert.equal(await visible(page, "nav, header, .copy, .anchor"), 0);
  assert.ok(await visible(page, ".operation") > 40);
  const cut = await page.$$eval("pre", (all) => all.filter((one) => one.checkVisibility() && one.scrollHeight > one.clientHeight + 2).length);
  assert.equal(cut, 0, `${cut} blocks of code are cut`);
  await page.emulateMediaType("screen");
});
await page.close();

const phone = (await tab({ width: 360 })).page;
await promise("on a phone the contents are folded, open by a button, and close behind a choice", async () => {
  assert.equal(await visible(phone, "nav"), 0);
  await phone.click(".menu");
  assert.equal(await visible(phone, "nav"), 1);
  await phone.screenshot({ path: join(shots, "360-contents.webp") });
  await phone.click("#tree a[href='#createTicket']");
  assert.equal(await visible(phone, "nav"), 0);
  assert.equal(await phone.evaluate(() => location.hash), "#createTicket");
  const top = await phone.$eval("#createTicket h3", (heading) => heading.getBoundingClientRect().top);
  const header = await phone.$eval("header", (header) => header.getBoundingClientRect().bottom);
  assert.ok(top >= header && top < 300, `the heading is at ${top}, below ${header}`);
});
await phone.close();

const { page: still, complaints } = await tab({ scripts: false });
await promise("without scripts everything can be read, and the language chosen", async () => {
  assert.deepEqual(complaints, []);
  assert.ok((await still.$$(".operation")).length > 40);
  assert.equal(await visible(still, ".search"), 0);
  await still.click("label:has(#language-python)");
  assert.equal(await visible(still, ".code.curl"), 0);
  assert.ok(await visible(still, ".code.python") > 40);
});
await still.close();

await promise("a browser that opens / comes to the page", async () => {
  const visitor = await browser.newPage();
  await visitor.goto(program.url);
  assert.equal(new URL(visitor.url()).pathname, "/docs");
  await visitor.close();
});

const sizes = await Promise.all(["identity", "gzip"].map(async (coding) => {
  const { request } = await import("node:http");
  return new Promise((resolve) => request(`${program.url}/docs`, { headers: { "accept-encoding": coding } }, (response) => {
    let size = 0;
    response.on("data", (chunk) => { size += chunk.length; }).on("end", () => resolve(size));
  }).end());
}));
console.log(`      ${sizes[0]} bytes, ${sizes[1]} compressed; pictures in ${shots}`);
await browser.close();
await program.stop();
process.exitCode = failures.length > 0 ? 1 : 0;
