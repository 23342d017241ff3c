import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { WeirError } from "../../core/index.ts";

/** Values to choose from that come at run time. */

export interface Route {
  readonly name: string;
  readonly description: string;
}

const routesMax = 200;
const bytesMax = 1_000_000;

const routesFile = z
  .array(z.object({ name: z.string().trim().min(1).max(200), description: z.string().max(2_000).default("") }))
  .min(2)
  .max(routesMax);

/**
 * @param folder relative paths resolve against it
 * @throws WeirError `routes.unreadable`, `routes.invalid`
 */
export async function readRoutes(path: string, folder: string): Promise<readonly Route[]> {
  const file = resolve(folder, path);
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new WeirError("routes.unreadable", `The routes in ${file} cannot be read.`, { cause });
  });
  if (text.length > bytesMax) throw new WeirError("routes.invalid", `${file} is larger than 1 MB.`);
  const routes = routesFile.safeParse(jsonOf(text, file));
  if (!routes.success) {
    const [issue] = routes.error.issues;
    const where = issue && issue.path.length > 0 ? ` at ${issue.path.join(".")}` : "";
    throw new WeirError("routes.invalid", `${file}${where}: ${issue?.message ?? "not a list of routes"}`);
  }
  const names = routes.data.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new WeirError("routes.invalid", `${file} names the route "${twice}" twice.`);
  return routes.data;
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new WeirError("routes.invalid", `${file} is not JSON.`, { cause });
  }
}
