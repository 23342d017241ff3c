import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import net from "node:net";
import { WeirError } from "./core/index.ts";

/**
 * Makes every connection from this process to another machine impossible, whoever asks for it: the
 * check is at the socket, below every HTTP client, database driver and dependency. This machine itself
 * and sockets of its file system stay reachable. Names are not looked up either: a question to a name
 * server is a byte that leaves. Cannot be undone.
 * @param own other machines that belong to this installation: its database, its queue
 */
export function forbidConnections(own: readonly string[] = []): void {
  if (forbidden) return;
  forbidden = true;
  ownHosts = new Set(own);
  const connect = net.Socket.prototype.connect as (...args: unknown[]) => net.Socket;
  net.Socket.prototype.connect = function connectHere(this: net.Socket, ...args: unknown[]) {
    const to = targetOf(args);
    return isHere(to) ? connect.apply(this, args) : refuse(this, to);
  } as typeof net.Socket.prototype.connect;
  for (const name of ["send", "connect"] as const) refuseDatagrams(name);
  refuseNames();
}

let forbidden = false;
let ownHosts: ReadonlySet<string> = new Set();

/** Host a socket is to be connected to; null: a socket of the file system. */
function targetOf(args: readonly unknown[]): string | null {
  // Node hands its own calls on as one array.
  const [first, second] = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  if (first !== null && typeof first === "object") {
    const { path, host } = first as { readonly path?: unknown; readonly host?: unknown };
    return typeof path === "string" ? null : typeof host === "string" ? host : "localhost";
  }
  if (typeof first === "string" && Number.isNaN(Number(first))) return null;
  return typeof second === "string" ? second : "localhost";
}

function isHere(host: string | null): boolean {
  if (host === null || host === "localhost" || host === "" || ownHosts.has(host)) return true;
  const bare = host.replace(/^\[|\]$/g, "");
  return net.isIPv4(bare) ? bare.startsWith("127.") : bare === "::1" || /^::ffff:127\./i.test(bare);
}

/** As a network would: the socket is on its way, and fails a little later. */
function refuse(socket: net.Socket, host: string | null): net.Socket {
  Object.assign(socket, { connecting: true });
  setImmediate(() => socket.destroy(refused(host)));
  return socket;
}

function refused(host: string | null): WeirError {
  return new WeirError("airgap.refused", `A connection to ${host} was refused: nothing may leave this machine.`);
}

function refuseDatagrams(name: "send" | "connect"): void {
  const own = dgram.Socket.prototype[name] as (...args: unknown[]) => unknown;
  const guarded = function guarded(this: dgram.Socket, ...args: unknown[]) {
    const host = args.find((one) => typeof one === "string" && (net.isIP(one) !== 0 || /[a-z]/i.test(one)));
    const message = name === "send" ? args.slice(1) : args;
    const address = message.find((one) => typeof one === "string") ?? host ?? "localhost";
    if (isHere(String(address))) return own.apply(this, args);
    throw refused(String(address));
  };
  dgram.Socket.prototype[name] = guarded as never;
}

/** The ways to look a name up: callbacks as last argument, promises beside them. */
function refuseNames(): void {
  const lookup = dns.lookup as (...args: unknown[]) => unknown;
  const own = (host: unknown) => typeof host !== "string" || isHere(host);
  const callbacks = dns as unknown as Record<string, unknown>;
  const promises = dns.promises as unknown as Record<string, unknown>;
  callbacks["lookup"] = (host: unknown, ...rest: unknown[]) =>
    own(host) ? lookup(host, ...rest) : (rest.at(-1) as (error: Error) => void)(refused(String(host)));
  const lookupLater = dns.promises.lookup as (...args: unknown[]) => Promise<unknown>;
  promises["lookup"] = async (host: unknown, ...rest: unknown[]) => {
    if (!own(host)) throw refused(String(host));
    return await lookupLater(host, ...rest);
  };
  const resolvers = Object.keys(dns).filter((name) => /^(?:resolve|reverse)/.test(name));
  for (const name of resolvers) {
    callbacks[name] = (host: unknown, ...rest: unknown[]) =>
      (rest.at(-1) as (error: Error) => void)(refused(String(host)));
    promises[name] = async (host: unknown) => await Promise.reject(refused(String(host)));
  }
  syncBuiltinESMExports();
}
