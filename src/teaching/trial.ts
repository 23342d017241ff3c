import type { Decisions, Profile } from "../core/index.ts";
import { decidingHash } from "../engine/deciding.ts";
import type { WorkflowDefinition } from "../engine/definition.ts";
import type { StepHost } from "../ports/index.ts";
import { answersTo } from "./answers.ts";
import { type Dial, type Taught, teachSteps } from "./lessons.ts";
import type { ReadExample } from "./reading.ts";

export interface TrialRequest extends Dial {
  readonly definition: WorkflowDefinition;
  /** What is learned from. */
  readonly learn: readonly ReadExample[];
  /** What is answered with what was learned. */
  readonly ask: readonly ReadExample[];
  readonly settings: Readonly<Record<string, string>>;
  readonly without: ReadonlySet<string>;
  readonly signal: AbortSignal;
  readonly progress: (doing: string, share: number) => void;
}

export interface Trial {
  readonly taught: Taught;
  /** In the order of `ask`. */
  readonly answers: readonly Decisions[];
  /** How long each took. */
  readonly milliseconds: readonly number[];
}

/** Learns from some examples and answers others, in memory: no stored profile is read or written. */
export async function tryOut(request: TrialRequest, host: StepHost): Promise<Trial> {
  const { definition, learn, ask, settings, without, signal, progress } = request;
  const { model, large } = host;
  const models = large ? { model, large } : { model };
  const taught = await teachSteps(definition, learn, request, { ...models, settings, without, signal, progress });
  const profile = temporary(request, taught);
  const answers: Decisions[] = [];
  const milliseconds: number[] = [];
  for (const one of ask) {
    signal.throwIfAborted();
    const begunAt = host.clock.now();
    answers.push(await answersTo(definition, host, one, { profile, settings, without, signal }));
    milliseconds.push(host.clock.now() - begunAt);
  }
  return { taught, answers, milliseconds };
}

function temporary({ definition, risk, promise, learn }: TrialRequest, taught: Taught): Profile {
  const { name, version } = definition;
  return {
    schema: "weir.profile/1",
    name: "trial",
    version: 1,
    workflow: { name, version, hash: decidingHash(definition) },
    learned: { on: "", engine: "", examples: learn.length, sources: taught.sourceCount, hash: "", models: {} },
    risk,
    promise,
    steps: taught.steps,
    sources: taught.sources,
    certificates: taught.certificates,
    watch: { audit: 0, confidences: taught.confidences },
  };
}
