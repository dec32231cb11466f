// The npm package `websocket-driver` (faye's) as a peer. See matrix.mjs for the modes.
// It cannot send a message in fragments.

import { once } from "node:events";
import http from "node:http";
import net from "node:net";
import { DEFLATE, Inbox, main } from "./matrix.mjs";
import { load } from "./packages.mjs";

// The same in an older version, which speaks older versions, if the variable names that.
const driver = load(process.env.WEBSOCKET_DRIVER ?? "websocket-driver");

function link(driver, stream, path) {
  if (DEFLATE) driver.addExtension(load("permessage-deflate").configure(DEFLATE));
  const inbox = new Inbox();
  driver.messages.on("data", (data) => inbox.push(data));
  driver.on("error", () => {});   // what counts is that `close` follows
  driver.on("close", () => stream.end());
  stream.on("error", () => {});
  return {
    path,
    get protocol() { return driver.protocol ?? ""; },
    send: (data) => typeof data === "string" ? driver.text(data) : driver.binary(data),
    ping: (payload) => new Promise((resolve) => driver.ping(payload, resolve)),
    next: () => inbox.next(),
    close: (code, reason) => driver.close(reason, code),
    closesWithoutCode: false,   // it sends 1000 then
    closed: once(driver, "close").then(([{ code, reason }]) => ({ code, reason })),
  };
}

await main({
  async connect(url, protocols) {
    const client = driver.client(url, { protocols });
    const { hostname, port } = new URL(url);
    const stream = net.connect(port, hostname);
    const made = link(client, stream);
    await once(stream, "connect");
    stream.pipe(client.io).pipe(stream);
    const failed = made.closed.then(({ reason }) => { throw new Error(reason); });
    const opened = once(client, "open");
    client.start();
    await Promise.race([opened, failed]);
    failed.catch(() => {});
    return made;
  },

  async listen(onLink) {
    const server = http.createServer();
    server.on("upgrade", (request, stream, head) => {
      const connection = driver.http(request, { protocols: ["echo"] });
      const made = link(connection, stream, request.url);
      connection.on("open", () => onLink(made));
      connection.io.write(head);
      stream.pipe(connection.io).pipe(stream);
      connection.start();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server.address().port;
  },
});
