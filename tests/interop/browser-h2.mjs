// Chromium on an application that serves a page, sockets and events on one port, through TLS and
// HTTP/2: browser-h2.mjs URL. The environment variable CHROMIUM tells where it is. The lines are
// those of matrix.mjs.

import { strict as assert } from "node:assert";
import { SECONDS, run, say } from "./matrix.mjs";
import { load } from "./packages.mjs";

const { chromium } = load("playwright-core");

// All at once, in one connection. Not 0: an empty message behind another one does not leave the
// browser here, as the bytes that arrive show.
const SIZES = [1, 125, 126, 65535, 65536];

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  // The certificate was made on the spot.
  "--ignore-certificate-errors",
];

async function test(page, url) {
  const response = await page.goto(url);
  assert.equal(response.status(), 200);

  await run("page", async () => {
    const protocol = await page.evaluate(() => performance.getEntriesByType("navigation")[0].nextHopProtocol);
    assert.equal(protocol, "h2");
  });
  await run("sockets", async () => {
    const echoes = await page.evaluate(async (sizes) => {
      const echo = (size, name) => new Promise((resolve, reject) => {
        const socket = new WebSocket(`wss://${location.host}/echo`, [name]);
        socket.binaryType = "arraybuffer";
        socket.onopen = () => { socket.send("é✓"); socket.send(new Uint8Array(size).fill(size)); };
        const seen = [];
        socket.onmessage = ({ data }) => {
          seen.push(typeof data === "string" ? data : data.byteLength);
          if (seen.length === 2) socket.close(4321, "enough");
        };
        socket.onclose = ({ code, reason, wasClean }) =>
          resolve({ seen, protocol: socket.protocol, extensions: socket.extensions, code, reason, wasClean });
        socket.onerror = () => reject(new Error(`no socket for ${size}`));
      });
      return Promise.all(sizes.map((size) => echo(size, "soup")));
    }, SIZES);
    echoes.forEach(({ seen, protocol, extensions, code, reason, wasClean }, at) => {
      assert.deepEqual(seen, ["é✓", SIZES[at]]);
      assert.equal(protocol, "soup");
      assert.match(extensions, /^permessage-deflate/);
      assert.deepEqual({ code, reason, wasClean }, { code: 4321, reason: "enough", wasClean: true });
    });
  });
  await run("events", async () => {
    const numbers = await page.evaluate(() => new Promise((resolve) => {
      const source = new EventSource("/events");
      const seen = [];
      source.onmessage = ({ data }) => {
        seen.push(Number(data));
        if (seen.length === 3) { source.close(); resolve(seen); }
      };
    }));
    assert.deepEqual(numbers, numbers.map((_, at) => numbers[0] + at));
  });
  await run("refused", async () => {
    const code = await page.evaluate(() => new Promise((resolve) => {
      const socket = new WebSocket(`wss://${location.host}/`);
      socket.onclose = ({ code }) => resolve(code);
    }));
    assert.equal(code, 1006);
  });
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
