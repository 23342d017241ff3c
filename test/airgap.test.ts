import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("the machines of one's own database and queue stay reachable, by the names they were given", async () => {
  const script = join(import.meta.dirname, "..", "src", "airgap.ts");
  const text = `
    import net from "node:net";
    const { forbidConnections } = await import(${JSON.stringify(script)});
    forbidConnections(["database.invalid"]);
    const codes = ["database.invalid", "elsewhere.invalid"].map(
      (host) => new Promise((resolve) => net.connect(5432, host).on("error", ({ code }) => resolve(code))),
    );
    console.log(JSON.stringify(await Promise.all(codes)));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", text]);
  const [database, elsewhere] = JSON.parse(stdout) as readonly string[];
  // The name is asked for, and there is none.
  expect(database).toMatch(/^(?:ENOTFOUND|EAI_AGAIN)$/);
  expect(elsewhere).toBe("airgap.refused");
});

test("behind the airgap no way leads to another machine, every way to this one stays open", async () => {
  const server = createServer((_, response) => response.end("here")).listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const script = join(import.meta.dirname, "support", "airgap-process.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [script, String(port)]);
  server.close();
  const results = JSON.parse(stdout) as Record<string, string>;
  const { "this machine": address, "this machine by name": name, ...outside } = results;
  expect([address, name]).toEqual(["here", "here"]);
  expect(Object.keys(outside).length).toBe(11);
  expect(Object.fromEntries(Object.keys(outside).map((way) => [way, "airgap.refused"]))).toEqual(outside);
});
