// The npm package `ws` with permessage-deflate: as it comes, but for messages below 1 KiB, which it
// would send uncompressed.

import { once } from "node:events";
import { createRequire } from "node:module";

const { HYBI_BENCH_NPM: directory } = process.env;
const { WebSocketServer } = createRequire(`${directory}/`)("ws");

const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  perMessageDeflate: { threshold: 0 },
});
server.on("connection", (socket) => {
  socket.on("error", () => {});   // it closes the connection as well
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
await once(server, "listening");
console.log(`listening on http://127.0.0.1:${server.address().port}/`);
