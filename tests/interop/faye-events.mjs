// The EventSource server of npm's `faye-websocket` as a peer. It prints its port, and a line for
// each request. The streams it serves end after three events; whoever has seen all gets 204.

import { once } from "node:events";
import http from "node:http";
import { SECONDS, say } from "./matrix.mjs";
import { load } from "./packages.mjs";

const { EventSource } = load("faye-websocket");

// Text, and what faye's server is told beside it.
const EVENTS = [
  ["Hello", {}],
  ["Breaking News!", { event: "notification", id: "99" }],
  ["a\nb\r\nc", { id: "100 ✓" }],
  ["", {}],
  ["  spaces and \u2028", { event: "x" }],
  ["last", { id: "end" }],
];

const server = http.createServer((request, response) => {
  const lastEventId = Buffer.from(request.headers["last-event-id"] ?? "", "latin1").toString();
  say({ is: EventSource.isEventSource(request), method: request.method, url: request.url, lastEventId });
  if (lastEventId === "end") {
    response.writeHead(204).end();
    return;
  }
  const stream = new EventSource(request, response, { retry: 0.1, ping: 0.05 });
  const from = lastEventId === "" ? 0 : EVENTS.findIndex(([, { id }]) => id === lastEventId) + 1;
  setTimeout(() => {
    for (const [text, options] of EVENTS.slice(from, from + 3)) stream.send(text, options);
    stream.close();
  }, 120);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
say({ listening: server.address().port });
setTimeout(() => process.exit(3), SECONDS * 1000).unref();
