import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import path from "node:path";

/**
 * Names this build of the engine: its version and a hash of its source. A result of another build is
 * never reused, and a clone that was edited is another build.
 */
export function engineBuild(): string {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };
  const hash = createHash("sha256");
  for (const file of sourceFiles(path.join(root, "src"))) hash.update(file).update(readFileSync(file));
  return `${version}+${hash.digest("hex").slice(0, 12)}`;
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|js|json)$/.test(name) && !name.endsWith(".test.ts"))
    .toSorted()
    .map((name) => path.join(folder, name));
}
