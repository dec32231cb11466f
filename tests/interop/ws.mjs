// The npm package `ws` as a peer. See matrix.mjs for the modes.
// As a client it offers permessage-deflate by default, which the other side may decline.

import { once } from "node:events";
import { readFileSync } from "node:fs";
import https from "node:https";
import { DEFLATE, Inbox, main } from "./matrix.mjs";
import { load } from "./packages.mjs";

const { WebSocket, WebSocketServer } = load("ws");

// Of a server that speaks TLS, or a client that shows who it is: a certificate and its key.
const { HYBI_TLS } = process.env;
const pem = HYBI_TLS && readFileSync(HYBI_TLS);
const tls = HYBI_TLS && { cert: pem, key: pem };

function link(socket, path) {
  const inbox = new Inbox();
  socket.on("message", (data, isBinary) => inbox.push(isBinary ? data : data.toString()));
  socket.on("error", () => {});   // what counts is that `close` follows
  return {
    path,
    get protocol() { return socket.protocol; },
    get extensions() { return socket.extensions; },
    send: (data) => socket.send(data),
    fragments({ pieces, binary }) {
      pieces.forEach((piece, at) => socket.send(piece, { binary, fin: at === pieces.length - 1 }));
    },
    async ping(payload) {
      const pong = once(socket, "pong");
      socket.ping(payload);
      const [seen] = await pong;
      if (!seen.equals(payload)) throw new Error(`pong with ${seen.toString("hex")}`);
    },
    next: () => inbox.next(),
    close: (code, reason) => socket.close(code, reason),
    closed: once(socket, "close").then(([code, reason]) => ({ code, reason: reason.toString() })),
  };
}

await main({
  async connect(url, protocols) {
    const socket = new WebSocket(url, protocols, { perMessageDeflate: DEFLATE ?? true, ...tls });
    const made = link(socket);
    await once(socket, "open");
    return made;
  },

  async listen(onLink) {
    const handleProtocols = (offered) => offered.has("echo") && "echo";
    const perMessageDeflate = DEFLATE ?? false;
    const options = { handleProtocols, perMessageDeflate };
    if (tls) options.server = https.createServer(tls).listen(0, "127.0.0.1");
    else Object.assign(options, { host: "127.0.0.1", port: 0 });
    const server = new WebSocketServer(options);
    server.on("connection", (socket, request) => onLink(link(socket, request.url)));
    await once(server, "listening");
    return server.address().port;
  },
});
