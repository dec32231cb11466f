// Chromium's own EventSource as a peer: browser-events.mjs example URL | page URL.
// The environment variable CHROMIUM tells where it is. The lines are those of matrix.mjs, and
// {"wants": …} asks the test for something, which goes on without an answer.

import { strict as assert } from "node:assert";
import { SECONDS, run, say } from "./matrix.mjs";
import { load } from "./packages.mjs";

const { chromium } = load("playwright-core");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

const ticks = (page) => page.evaluate(() => hybi.log.filter(({ kind }) => kind === "tick"));
const until = (page, what, argument) => page.waitForFunction(what, argument, { timeout: SECONDS * 1000 });

function consecutive(numbers) {
  assert.deepEqual(numbers, numbers.map((_, at) => numbers[0] + at));
}

// The page of the events example, whose server is killed and started again on the same port.
async function example(page) {
  await run("live", async () => {
    await until(page, () => hybi.log.length >= 5);
    consecutive((await ticks(page)).map(({ number }) => number));
    assert.equal(await page.locator("#state").textContent(), "open");
    assert.match(await page.locator("#readers").textContent(), /^1 reader$/);
  });
  await run("replay", async () => {
    const [{ id, number }] = await ticks(page);
    const first = await page.evaluate(async (id) => {
      const fields = { "Accept": "text/event-stream", "Last-Event-ID": id };
      const { body } = await fetch("/feed", { headers: fields });
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      while (!text.includes("data: ") || !text.endsWith("\n\n")) text += (await reader.read()).value;
      await reader.cancel();
      return JSON.parse(/^data: (.*)$/m.exec(text)[1]).number;
    }, id);
    assert.equal(first, number + 1);
  });
  const [run1] = (await ticks(page))[0].id.split("-");
  say({ wants: "restart" });
  await run("a restart", async () => {
    await until(page, () => hybi.log.some(({ kind }) => kind === "gap") && hybi.log.at(-2).kind === "tick");
    const log = await page.evaluate(() => hybi.log);
    const gap = log.findIndex(({ kind }) => kind === "gap");
    consecutive(log.slice(0, gap).map(({ number }) => number));
    assert(log.slice(0, gap).every(({ id }) => id.startsWith(run1)));
    // It has come back with the id of the server that is no more.
    assert.equal(log[gap].id, log[gap - 1].id);
    assert(log.slice(gap + 1).every(({ kind, id }) => kind === "tick" && !id.startsWith(run1)));
    consecutive(log.slice(gap + 1).map(({ number }) => number));
    assert.equal(await page.locator("#state").textContent(), "open");
    assert.equal(await page.locator("tr.gap").count(), 1);
  });
}

// A page whose server ends each stream after a few events, and wants no more clients in the end.
async function reconnecting(page) {
  await run("it comes back with its last event id", async () => {
    await until(page, () => hybi.source.readyState === EventSource.CLOSED);
    const { log, opened } = await page.evaluate(() => ({ log: hybi.log, opened: hybi.opened }));
    consecutive(log.map(({ number }) => number));
    assert.deepEqual(log.map(({ id }) => id), log.map(({ number }) => `…${number}`));
    assert(log.every(({ kind }) => kind === "kettle"));
    assert.equal(log.length, 12);
    assert.equal(opened, 4);
  });
}

setTimeout(() => { say({ error: `not done after ${SECONDS} s` }); process.exit(3); }, SECONDS * 1000).unref();
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
try {
  const [mode, url] = process.argv.slice(2);
  const page = await browser.newPage();
  await page.goto(url);
  await { example, page: reconnecting }[mode](page);
  say({ done: true });
} catch (error) {
  say({ error: error.message });
  process.exitCode = 1;
} finally {
  await browser.close();
}
