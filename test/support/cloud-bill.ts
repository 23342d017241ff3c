import { z } from "zod";
import { openCloud } from "../../src/cloud/index.ts";
import { type Json, money } from "../../src/core/index.ts";
import { readText } from "../../src/document/flow/text.ts";
import { workflow } from "../../src/engine/flow.ts";
import type { CloudOptions } from "../../src/escalation/index.ts";
import type { Clock, Draft, Ledger, Start, Step } from "../../src/ports/index.ts";
import { cloud, review, validate } from "../../src/steps/index.ts";
import { decision } from "./engine.ts";

/** A bill whose total was read wrongly, and a workflow that notices. */
export const billText = `Blauwal Handel GmbH
Rechnung Nr. RE-4711
Kunde: Ottilie Zwackelmann
Geburtsdatum: 14.02.1961
IBAN DE89 3704 0044 0532 0130 00
Netto 100,00
MwSt 19,00
Betrag A 119,00
Betrag B 191,00`;

export const Bill = z.object({ net: money(), tax: money(), total: money().describe("total to pay") });

export function billWorkflow(options: CloudOptions = {}, text = billText) {
  const read = { net: "100.00", tax: "19.00", total: "191.00" };
  return workflow("bill", { version: 1, escalate: cloud(options) })
    .step(propose(read, text))
    .step(
      validate("sums", ["net", "tax", "total"], ({ net, tax, total }, doubt) => {
        if (!net.plus(tax).eq(total)) doubt("the sum is another");
      }),
    )
    .step(review()).definition;
}

/** Stands for reading and extracting: the text is stored as a reader would. */
function propose(values: Record<string, Json>, page: string): Step<Start, Draft<typeof Bill>> {
  return {
    name: "extract",
    kind: "extract",
    shape: {},
    schema: Bill,
    run: async ({ document }, { blobs }) => {
      const text = readText(new TextEncoder().encode(page), 5);
      const sha256 = await blobs.put(new TextEncoder().encode(JSON.stringify(text)));
      const decisions = Object.entries(values).map(
        ([path, value]) => [path, decision(value, { status: "review", by: "learned" })] as const,
      );
      return {
        document,
        reading: { sha256, pages: 1, characters: page.length, complete: true, skipped: [] },
        stage: "draft",
        draft: { decisions: Object.fromEntries(decisions), doubts: [], optional: [] },
      };
    },
  };
}

/** A cloud at the address of a test's server. */
export function cloudAt(
  baseUrl: string,
  limits: { readonly callMs?: number; readonly requestsPerMinute?: number } = {},
) {
  return (ledger: Ledger, clock: Clock) =>
    openCloud({
      config: { model: "openai:oracle", baseUrl, apiKey: "secret-key" },
      ledger,
      clock,
      price: { promptNano: 1_000, completionNano: 4_000 },
      callMs: 2_000,
      ...limits,
    });
}
