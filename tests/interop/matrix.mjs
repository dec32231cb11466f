// What every JavaScript peer does with the other side, whichever role it has.
//
// A peer is an adapter around a library. It gives links:
//   protocol             the subprotocol agreed on, or ""
//   send(data)           a string or a Buffer, in one frame
//   fragments(pieces)    one message in as many frames; absent where the library cannot do it
//   ping(payload)        resolves when the pong with this payload has come
//   next()               resolves with the next message, a string or a Buffer
//   close(code, reason)  starts the closing handshake; without a code the frame is empty, unless
//                        closesWithoutCode is false
//   closed               resolves with { code, reason } when the connection is gone
//   extensions           the names of those agreed on; absent where the library does not tell
// and listens to or opens them: listen(onLink) resolves with the port; connect(url, protocols)
// resolves with a link. A link of a server has `path` too.
//
// Each line on standard output is a JSON object. The exit code is 0 if all went well, 1 if the
// other side did something wrong, 3 if time ran out.

import { strict as assert } from "node:assert";
import { randomBytes } from "node:crypto";

// The options of the library for permessage-deflate, in its own words, or undefined.
const { HYBI_DEFLATE } = process.env;
export const DEFLATE = HYBI_DEFLATE && JSON.parse(HYBI_DEFLATE);

const LARGEST = DEFLATE ? 1 << 20 : 16 << 20;
export const SIZES = [0, 1, 125, 126, 127, 65535, 65536, 1 << 20, 16 << 20].filter((size) => size <= LARGEST);
export const SECONDS = 120;

export const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");

// Runs what the command line asks for: client URL | server | echo-client URL | echo-server.
export async function main(peer, [mode, url] = process.argv.slice(2)) {
  setTimeout(() => { say({ error: `not done after ${SECONDS} s` }); process.exit(3); }, SECONDS * 1000).unref();
  const modes = {
    "client": () => testAsClient(peer, url),
    "server": () => testAsServer(peer),
    "echo-client": () => echoAsClient(peer, url),
    "echo-server": () => echoAsServer(peer),
  };
  try {
    if (!(mode in modes)) throw new Error(`no mode ${mode}`);
    await modes[mode]();
  } catch (error) {
    say({ error: error.message });
    process.exit(1);
  }
}

// ---- testing the other side, which must echo ----------------------------

async function testAsClient(peer, url) {
  const first = await peer.connect(url, ["unknown", "echo"]);
  await exchange(first);
  for (const [code, reason] of [[1000, "done"], [4321, "a reason: ✓"], [undefined, ""]]) {
    if (code === undefined && first.closesWithoutCode === false) continue;
    const link = await peer.connect(url, ["echo"]);
    await run(`close ${code ?? "without code"}`, () => closing(link, code, reason));
  }
  const plain = await peer.connect(url, []);
  await run("no subprotocol", async () => assert.equal(plain.protocol, ""));
  plain.close(3000, "");
  await plain.closed;
  say({ done: true });
  process.exit(0);
}

// The path tells what to do with a client: /exchange, /close/CODE/REASON or /close.
async function testAsServer(peer) {
  const port = await peer.listen(async (link) => {
    const [, what, code, reason] = link.path.split("/").map(decodeURIComponent);
    try {
      if (what === "exchange") await exchange(link);
      else await run(link.path, () => closing(link, code && Number(code), reason ?? ""));
      say({ done: true });
      process.exit(0);
    } catch (error) {
      say({ error: error.message });
      process.exit(1);
    }
  });
  say({ listening: port });
  await new Promise(() => {});
}

async function exchange(link) {
  await run("subprotocol", async () => assert.equal(link.protocol, "echo"));
  for (const size of SIZES) {
    await run(`text ${size}`, () => echoed(link, text(size)));
    await run(`binary ${size}`, () => echoed(link, binary(size)));
  }
  if (DEFLATE) await compressing(link);
  await run("many at once", async () => {
    const messages = Array.from({ length: 500 }, (_, at) => at % 2 ? text(at) : binary(at));
    for (const message of messages) link.send(message);
    for (const message of messages) same(await link.next(), message);
  });
  for (const size of link.fragments ? [0, 1, 125, 126, 65536] : []) {
    for (const whole of [text(4 * size + 3), binary(4 * size + 3)]) {
      await run(`${typeof whole === "string" ? "text" : "binary"} in fragments of ${size}`, async () => {
        link.fragments(cut(whole, size));
        same(await link.next(), whole);
      });
    }
  }
  for (const size of [0, 1, 125]) {
    await run(`ping ${size}`, () => link.ping(Buffer.alloc(size, "p")));
  }
  await run("many pings", async () => {
    for (let at = 0; at < 10; at += 1) await link.ping(Buffer.from(`ping ${at}`));
    await echoed(link, "after the pings");
  });
  await run("close 1000", () => closing(link, 1000, "done"));
}

async function compressing(link) {
  if (link.extensions !== undefined) {
    await run("extension", async () => assert.equal(link.extensions, "permessage-deflate"));
  }
  for (const size of [1, 126, 1000, 65536, 1 << 20]) {
    await run(`noise ${size}`, () => echoed(link, randomBytes(size)));
  }
  await run("a noise again and again", async () => {
    const noise = randomBytes(200);
    for (let at = 0; at < 100; at += 1) await echoed(link, noise);
  });
  await run("words again and again", async () => {
    for (let at = 0; at < 100; at += 1) await echoed(link, JSON.stringify({ at, text: text(at * 10), of: "words" }));
  });
}

async function echoed(link, message) {
  link.send(message);
  same(await link.next(), message);
}

// RFC 6455 §5.5.1: the answer to a Close typically repeats its code.
async function closing(link, code, reason) {
  link.close(code, reason);
  const closed = await link.closed;
  assert.equal(closed.code, code ?? 1005);
}

export async function run(name, body) {
  try {
    await body();
  } catch (error) {
    throw new Error(`${name}: ${error.message}`);
  }
  say({ case: name });
}

function same(seen, expected) {
  assert.equal(typeof seen, typeof expected, "text or binary");
  // Not `deepEqual`: what it prints of 16 MiB helps nobody.
  const equal = typeof seen === "string" ? seen === expected : Buffer.compare(seen, expected) === 0;
  assert(equal, `${seen.length} differ from the ${expected.length} sent`);
}

// So many bytes of characters that take one to four bytes each.
function text(size) {
  const unit = "aé✓𝄞";
  return unit.repeat(Math.floor(size / 10)) + "b".repeat(size % 10);
}

function binary(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = at * 31 + (at >> 8);
  return bytes;
}

// Four pieces of so many bytes and one with the rest. The cuts may go through characters.
function cut(whole, size) {
  const bytes = Buffer.from(whole);
  const pieces = [0, 1, 2, 3].map((at) => bytes.subarray(at * size, (at + 1) * size));
  pieces.push(bytes.subarray(4 * size));
  return { pieces, binary: typeof whole !== "string" };
}

// ---- echoing, while the other side tests --------------------------------

async function echoAsClient(peer, url) {
  const link = await peer.connect(url, ["unknown", "echo"]);
  await echo(link);
  process.exit(0);
}

// On the path /close/CODE/REASON or /close the server closes at once.
async function echoAsServer(peer) {
  const port = await peer.listen((link) => echo(link).catch((error) => say({ error: error.message })));
  say({ listening: port });
  await new Promise(() => {});
}

async function echo(link) {
  say({ open: link.protocol });
  const [, what, code, reason] = (link.path ?? "").split("/").map(decodeURIComponent);
  if (what === "close") link.close(code && Number(code), reason ?? "");
  let open = true;
  link.closed.then(({ code, reason }) => {
    open = false;
    say({ closed: code, reason });
  });
  while (open) {
    const message = await Promise.race([link.next(), link.closed.then(() => null)]);
    if (message !== null && open) link.send(message);
  }
}

// A queue between a library's callbacks and `next()`.
export class Inbox {
  #ready = [];
  #waiting = [];

  push(message) {
    const next = this.#waiting.shift();
    if (next) next(message); else this.#ready.push(message);
  }

  next() {
    return new Promise((resolve) => {
      if (this.#ready.length > 0) resolve(this.#ready.shift()); else this.#waiting.push(resolve);
    });
  }
}
