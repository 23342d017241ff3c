import { z } from "zod";
import { WeirError, money } from "../../src/core/index.ts";
import type { WorkflowDefinition } from "../../src/engine/definition.ts";
import { workflow } from "../../src/engine/flow.ts";
import type { Draft, Service, Start, Step } from "../../src/ports/index.ts";
import { type Server, createServer } from "../../src/server/server.ts";
import { createService } from "../../src/service.ts";
import { review } from "../../src/steps/review.ts";
import { systemClock } from "../../src/stores/clock.ts";
import { type EngineUnderTest, decision, draftState, testEngine } from "./engine.ts";
import { noPurge, testIntake } from "./intake.ts";

const Receipt = z.object({ company: z.string(), total: money() });

/** Stands for reading and extracting: "TOTAL 12.00" is sure, "TOTAL? 12.00" is not, and no total is broken. */
const readReceipt: Step<Start, Draft<typeof Receipt>> = {
  name: "extract",
  kind: "extract",
  shape: {},
  schema: Receipt,
  run: async ({ document }, { blobs }) => {
    const text = new TextDecoder().decode(await blobs.get(document.sha256));
    const [, doubt, total] = /TOTAL(\??) (\S+)/u.exec(text) ?? [];
    if (total === undefined) throw new WeirError("document.damaged", "There is no total.");
    const open = doubt === "?" ? ({ status: "review", by: "slm", confidence: 0.6 } as const) : {};
    return draftState<typeof Receipt>(document, {
      company: decision(text.split("\n")[0] ?? ""),
      total: decision(total, open),
    });
  },
};

const reading = workflow("receipt", { version: 1 }).step(readReceipt);
const receipt = reading.step(review()).definition;
/** The same name and version, and yet another workflow. */
export const changedReceipt = reading.step("stamp", async (state) => state).step(review()).definition;

/** The whole house but the models: server, service, engine and store in a folder. */
export interface House {
  readonly under: EngineUnderTest;
  readonly service: Service;
  readonly server: Server;
  readonly url: URL;
  close(): Promise<void>;
}

/** @param folder of an earlier house, whose runs go on, perhaps with another definition of the workflow */
export async function openHouse(folder?: string, definition: WorkflowDefinition = receipt): Promise<House> {
  const under = await testEngine({ workflows: [definition], ...(folder === undefined ? {} : { folder }) });
  const { engine, store, queue } = under;
  const service = createService({
    engine,
    store,
    queue,
    load: async (name) => {
      if (name === definition.name) return { definition, file: null };
      throw new WeirError("workflow.unknown", `There is no workflow "${name}".`);
    },
    builtins: [definition],
    intake: testIntake(queue),
    clock: systemClock,
    documentBytesMax: 50_000_000,
    purge: noPurge,
  });
  const server = createServer({ service, clock: systemClock, keys: [], port: 0, version: "0.0.0-test" });
  const url = await server.listen();
  return {
    under,
    service,
    server,
    url,
    close: async () => {
      await server.close();
      await under.close();
    },
  };
}
