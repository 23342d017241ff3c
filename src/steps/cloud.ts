import { createHash } from "node:crypto";
import { InvariantBroken, WeirError, raise } from "../core/index.ts";
import {
  type CloudOptions,
  cloudStep,
  mergeAnswer,
  mergeFailure,
  planQuestion,
  policyOf,
  shapeOf,
} from "../escalation/index.ts";
import { type Cloud, type Escalation, type StepContext } from "../ports/index.ts";
import type { Question } from "../escalation/index.ts";

/**
 * Asks a cloud model about the doubted paths only, with the fewest lines that can answer. Nothing
 * leaves unless a cloud is configured (WEIR_CLOUD); what it cannot settle waits for a person.
 */
export function cloud(options: CloudOptions = {}): Escalation {
  const policy = policyOf(options);
  return {
    shape: { cloud: shapeOf(policy) },
    worth: policy.worth,
    settle: async (draft, state, context, narrowed) => {
      const { cloud: model, schema } = context;
      if (!model || policy.disclose === "nothing") return draft;
      if (!schema) throw new InvariantBroken("A draft in a workflow without a schema.");
      const text = await context.text(state);
      const seed = `${context.run.id}/${state.document.sha256}`;
      const { question, notAsked } = planQuestion({ draft, schema, text, policy, narrowed, price: model.price, seed });
      const before = notAsked.reduce(
        (all, { path, code, message }) => raise(all, { code, paths: [path], message, step: cloudStep }),
        draft,
      );
      if (!question) return before;
      const key = keyOf(question, model, context);
      const { run, workflow, signal } = context;
      const { budget, patienceMs } = policy;
      const about = { key, run: run.id, workflow: workflow.name, budget, patienceMs };
      try {
        const answer = await model.ask({ ...shared(question), ...about }, { signal });
        context.countCloud(await model.used(key));
        return mergeAnswer(before, question, answer.value, { schema, text });
      } catch (error) {
        if (!(error instanceof WeirError) || error.next !== "review") throw error;
        // Bytes may have left all the same.
        context.countCloud(await model.used(key));
        return mergeFailure(before, question.paths, error.code, error.message);
      }
    },
  };
}

function shared({ paths, instruction, text, schema, answerTokensMax }: Question) {
  return { paths, instruction, text, schema, answerTokensMax };
}

/** The same question of the same run is asked once, whatever crashes in between. */
function keyOf({ instruction, text }: Question, { name }: Cloud, { effectKey }: StepContext): string {
  const hash = createHash("sha256").update(`${name}\n${instruction}\n${text}`).digest("hex");
  return `${effectKey}/${hash.slice(0, 16)}`;
}
