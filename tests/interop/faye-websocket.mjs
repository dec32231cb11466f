// The npm package `faye-websocket` as a server: it speaks whatever version the client does. See
// matrix.mjs for the modes; only those of a server are here.

import { once } from "node:events";
import http from "node:http";
import { Inbox, main } from "./matrix.mjs";
import { load } from "./packages.mjs";

const WebSocket = load("faye-websocket");

await main({
  async listen(onLink) {
    const server = http.createServer();
    server.on("upgrade", (request, stream, head) => {
      const socket = new WebSocket(request, stream, head, ["echo"]);
      const inbox = new Inbox();
      socket.on("message", ({ data }) => inbox.push(data));
      socket.on("open", () => onLink({
        path: request.url,
        protocol: socket.protocol ?? "",
        send: (data) => socket.send(data),
        next: () => inbox.next(),
        close: (code, reason) => socket.close(code, reason),
        closed: once(socket, "close").then(([{ code, reason }]) => ({ code, reason })),
      }));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server.address().port;
  },
});
