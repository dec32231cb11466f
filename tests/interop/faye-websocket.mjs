// The npm package `faye-websocket` as a peer; as a server it speaks whatever version the client
// does, if the `websocket-driver` below it still speaks that. See matrix.mjs for the modes.

import { once } from "node:events";
import http from "node:http";
import { DEFLATE, Inbox, main } from "./matrix.mjs";
import { load } from "./packages.mjs";

// The same on top of an older driver, which speaks older versions, if the variable names that.
const WebSocket = load(process.env.FAYE_WEBSOCKET ?? "faye-websocket");

const options = { extensions: DEFLATE ? [load("permessage-deflate").configure(DEFLATE)] : [] };

function link(socket, path) {
  const inbox = new Inbox();
  socket.on("message", ({ data }) => inbox.push(data));
  return {
    path,
    get protocol() { return socket.protocol ?? ""; },
    send: (data) => socket.send(data),
    ping: (payload) => new Promise((resolve) => socket.ping(payload, resolve)),
    next: () => inbox.next(),
    close: (code, reason) => socket.close(code, reason),
    closesWithoutCode: false,   // it sends 1000 then
    closed: once(socket, "close").then(([{ code, reason }]) => ({ code, reason })),
  };
}

await main({
  async connect(url, protocols) {
    const socket = new WebSocket.Client(url, protocols, options);
    const made = link(socket);
    const failed = once(socket, "error").then(([{ message }]) => { throw new Error(message); });
    await Promise.race([once(socket, "open"), failed]);
    failed.catch(() => {});
    return made;
  },

  async listen(onLink) {
    const server = http.createServer();
    server.on("upgrade", (request, stream, head) => {
      const socket = new WebSocket(request, stream, head, ["echo"], options);
      const made = link(socket, request.url);
      socket.on("open", () => onLink(made));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server.address().port;
  },
});
