// Chromium as a peer, on the page that the echo example serves: browser.mjs URL.
// The environment variable CHROMIUM tells where it is. The lines are those of matrix.mjs.

import { strict as assert } from "node:assert";
import { SECONDS, SIZES, run, say } from "./matrix.mjs";
import { load } from "./packages.mjs";

const { chromium } = load("playwright-core");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

async function test(page, url) {
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => { if (message.type() === "error") problems.push(message.text()); });
  await page.goto(url);

  await run("subprotocol", async () => {
    assert.equal(await page.evaluate(() => hybi.open(["unknown", "echo"])), "echo");
    assert.equal(await page.locator("#state").textContent(), "open");
  });
  for (const size of SIZES) {
    await run(`text ${size}`, async () => echoed(size, await page.evaluate(async (size) => {
      const text = "aé✓𝄞".repeat(Math.floor(size / 10)) + "b".repeat(size % 10);
      const { data, ...rest } = await hybi.send(text);
      return rest;
    }, size)));
    await run(`binary ${size}`, async () => echoed(size, await page.evaluate(async (size) => {
      const { data, ...rest } = await hybi.send(size);
      return rest;
    }, size)));
  }
  await run("many at once", async () => {
    const echoes = await page.evaluate(() =>
      Promise.all(Array.from({ length: 500 }, (_, at) => hybi.send(at % 2 ? `text ${at}` : at))));
    assert.equal(echoes.filter(({ same }) => same).length, 500);
  });

  await run("typed by hand", async () => {
    await page.fill("#text", "typed ✓");
    await page.click("form button:has-text('Send')");
    await page.waitForFunction(() => hybi.log.at(-1).direction === "received");
    const { text, milliseconds } = await page.evaluate(() => hybi.log.at(-1));
    assert.equal(text, "typed ✓");
    assert(milliseconds > 0);
    const row = await page.locator("#log tr").first().locator("td").allTextContents();
    assert.deepEqual(row.slice(0, 2), ["received", "typed ✓"]);
    assert.match(row[2], /^\d+\.\d ms$/);
  });
  await run("binary by hand", async () => {
    await page.selectOption("#size", "65536");
    await page.click("#binary");
    await page.waitForFunction(() => hybi.log.at(-1).direction === "received");
    assert.equal(await page.evaluate(() => hybi.log.at(-1).size), 65536);
  });

  await run("feed", async () => {
    await page.evaluate(() => hybi.watch());
    await page.evaluate(() => hybi.send("kettle"));
    await page.waitForFunction(() => hybi.feed.echoed === 6);
    assert.equal(await page.locator("#feed").textContent(), "1 connection, last echo: 6 bytes");
  });

  const closing = (code, reason) => page.evaluate(([code, reason]) => hybi.close(code, reason), [code, reason]);
  await run("close 4321", async () => {
    assert.deepEqual(await closing(4321, "a reason: ✓"), { code: 4321, reason: "a reason: ✓", wasClean: true });
    assert.equal(await page.locator("#state").textContent(), "closed");
  });
  await run("close without code", async () => {
    await page.evaluate(() => hybi.open());
    assert.deepEqual(await closing(), { code: 1005, reason: "", wasClean: true });
  });
  await run("no subprotocol", async () => {
    assert.equal(await page.evaluate(() => hybi.open([])), "");
  });
  await run("closed by hand", async () => {
    await page.click("#disconnect");
    const closed = await page.evaluate(() => hybi.closed);
    assert.deepEqual(closed, { code: 1000, reason: "done", wasClean: true });
  });
  await run("a subprotocol that is not granted", async () => {
    // RFC 6455 §4.2.2 lets the server go on without one; the browser then gives up.
    const opened = await page.evaluate(() => hybi.open(["unknown"]).then(() => true, () => false));
    assert.equal(opened, false);
    assert.deepEqual(await page.evaluate(() => hybi.closed), { code: 1006, reason: "", wasClean: false });
    assert.equal(await page.locator("#state").textContent(), "failed");
  });
  await run("opened by hand", async () => {
    await page.click("#connect");
    await page.waitForFunction(() => document.getElementById("state").value === "open");
    await page.waitForFunction(() => document.getElementById("feed").value.startsWith("1 connection,"));
    await page.reload();
    assert.equal(await page.locator("#state").textContent(), "closed");
  });
  // The subprotocol that was not granted is reported; nothing else may be.
  assert.deepEqual(problems.filter((problem) => !problem.includes("WebSocket connection to")), []);
}

function echoed(size, echo) {
  assert.equal(echo.size, size);
  assert(echo.same, "not what was sent");
}

setTimeout(() => { say({ error: `not done after ${SECONDS} s` }); process.exit(3); }, SECONDS * 1000).unref();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
try {
  await test(await browser.newPage(), process.argv[2]);
  say({ done: true });
} catch (error) {
  say({ error: error.message });
  process.exitCode = 1;
} finally {
  await browser.close();
}
