// A server and a client for the firmware `peer`, with the npm package `ws`.
//
// Prints the port of the server, then waits for a line on its standard input: before the firmware
// listens, what is sent to it is lost. Then the client connects to the port of the first argument.
// The exit code is 0 if all went well.

import assert from "node:assert";
import { createRequire } from "node:module";
import { once } from "node:events";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const { WebSocket, WebSocketServer } = createRequire(`${process.env.HYBI_INTEROP_DIR}/`)("ws");

setTimeout(() => {
  console.error("time is up");
  process.exit(1);
}, 30_000).unref();

// The server, which the firmware asks last.
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  handleProtocols: (offered) => offered.has("echo") && "echo",
});
await once(server, "listening");
const asked = (async () => {
  const [socket, request] = await once(server, "connection");
  const seen = [];
  socket.on("message", (data, isBinary) => {
    seen.push(isBinary ? data.length : data.toString());
    socket.send(data, { binary: isBinary });
  });
  const pong = once(socket, "pong");
  socket.ping("are you there?");
  const [code] = await once(socket, "close");
  assert.equal((await pong)[0].toString(), "are you there?");
  assert.deepEqual(seen, ["eight kibibytes, and not one of them from a heap: \u{1f980}", 300]);
  assert.equal(request.url, "/device");
  assert.equal(request.headers.host, "device.example");
  assert.equal(request.headers["user-agent"], "kettle/1");
  assert.equal(code, 1000);
})();
console.log(server.address().port);
await once(process.stdin, "data");
process.stdin.destroy();

// The client. The other end of the line cannot hang up: that is done here, in a moment.
const port = Number(process.argv[2]);
const options = { perMessageDeflate: false, closeTimeout: 50 };

async function line() {
  for (;;) {
    const socket = net.connect(port, "127.0.0.1");
    const connected = await new Promise((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    if (connected) return socket;
    await sleep(20);
  }
}

// Requests that are refused: an ordinary one, one that does not fit, one of a strange page.
for (const [request, status] of [
  ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "426"],
  [`GET /${"x".repeat(2044)}`, "431"],
  [
    "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://y\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    "403",
  ],
]) {
  const socket = await line();
  socket.write(request);
  let answer = "";
  while (!answer.endsWith("\r\n\r\n")) answer += await once(socket, "data");
  assert.ok(answer.startsWith(`HTTP/1.1 ${status} `), answer);
  socket.destroy();
  await once(socket, "close");
}

async function connect(path) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, ["other", "echo"], {
    ...options,
    createConnection: (_, connected) => {
      line().then((socket) => connected(null, socket), connected);
    },
  });
  await once(socket, "open");
  assert.equal(socket.protocol, "echo");
  return socket;
}

async function echo(socket, message) {
  const back = once(socket, "message");
  socket.send(message);
  const [data, isBinary] = await back;
  if (typeof message === "string") assert.equal(data.toString(), message);
  else assert.ok(data.equals(message));
  assert.equal(isBinary, typeof message !== "string");
}

// Text that is none, and a message for which there is no room: the server says so.
for (const [message, code] of [
  [Buffer.from([0x61, 0xff]), 1007],
  [Buffer.alloc(2049, 0x61), 1009],
]) {
  const socket = await connect("/");
  const closed = once(socket, "close");
  socket.send(message, { binary: false });
  assert.equal((await closed)[0], code);
}

const socket = await connect("/last");
for (const size of [0, 1, 125, 126, 2000]) {
  await echo(socket, Buffer.alloc(size, 0x2a));
  await echo(socket, "\u{e9}".repeat(size / 2));
}
// A message in pieces with a ping between them, and a code point between two.
const back = once(socket, "message");
const pong = once(socket, "pong");
const text = Buffer.from("a\u{1f980}b");
socket.send(text.subarray(0, 3), { binary: false, fin: false });
socket.ping("between");
socket.send(text.subarray(3), { binary: false, fin: true });
assert.equal((await pong)[0].toString(), "between");
assert.equal((await back)[0].toString(), "a\u{1f980}b");
const closed = once(socket, "close");
socket.close(3456, "enough");
assert.equal((await closed)[0], 3456);

await asked;
server.close();
