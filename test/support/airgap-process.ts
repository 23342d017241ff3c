// node test/support/airgap-process.ts PORT: tries every way out after the airgap is closed, and prints what became of each.
import dgram from "node:dgram";
import dns from "node:dns";
import { lookup, resolve4 } from "node:dns/promises";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { once } from "node:events";
import { forbidConnections } from "../../src/airgap.ts";

forbidConnections();

const outside = "192.0.2.7";
const ways: Readonly<Record<string, () => Promise<unknown>>> = {
  "fetch by address": async () => await fetch(`http://${outside}/`),
  "fetch by name": async () => await fetch("https://models.example/"),
  "https.get": async () => await once(https.get(`https://${outside}/`), "response"),
  "net.connect": async () => await once(net.connect(80, outside), "connect"),
  "new Socket": async () => await once(new net.Socket().connect({ host: outside, port: 80 }), "connect"),
  "tls.connect": async () => await once(tls.connect(443, outside), "secureConnect"),
  IPv6: async () => await once(net.connect({ host: "2001:db8::1", port: 80 }), "connect"),
  datagram: async () => {
    const socket = dgram.createSocket("udp4");
    try {
      socket.send("x", 53, outside);
      await once(socket, "close");
    } finally {
      socket.close();
    }
  },
  "name look-up": async () => await lookup("models.example"),
  "name look-up, callback": async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    dns.lookup("models.example", (error) => (error ? reject(error) : resolve()));
    await promise;
  },
  "name server": async () => await resolve4("models.example"),
  "this machine": async () => await (await fetch(`http://127.0.0.1:${process.argv[2]}/`)).text(),
  "this machine by name": async () => await (await fetch(`http://localhost:${process.argv[2]}/`)).text(),
};

const results: Record<string, string> = {};
for (const [name, way] of Object.entries(ways)) {
  results[name] = await way().then(
    (value) => String(value),
    (error: unknown) => codeOf(error),
  );
}
process.stdout.write(JSON.stringify(results));

function codeOf(error: unknown): string {
  for (let here = error; here instanceof Error; here = here.cause) {
    if ("code" in here && typeof here.code === "string") return here.code;
  }
  return String(error);
}
