import type { Command } from "commander";
import type { Finding } from "../doctor.ts";
import { withJson, withState } from "../options.ts";
import { type Shell, ending, exit, stateOf } from "../shell.ts";

interface DoctorOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `weir doctor`: what works here, what does not, and the command that mends it. */
export function addDoctor(program: Command, shell: Shell): Command {
  const command = program.command("doctor").description("what works here, what does not, and how to mend it");
  return withJson(withState(command)).action(
    ending(shell, async (options: DoctorOptions) => {
      const { examine } = await import("../doctor.ts");
      const findings = await examine(stateOf(shell.config, options));
      if (options.json) for (const finding of findings) shell.print(finding);
      else shell.say(findings.map((finding) => line(finding, shell)).join("\n"));
      return findings.some(({ state }) => state === "not ok") ? exit.failed : exit.done;
    }),
  );
}

function line({ name, state, says, mend }: Finding, { paint }: Shell): string {
  const mark = state === "ok" ? paint.green("ok    ") : state === "note" ? paint.yellow("note  ") : paint.red("not ok");
  const remedy = mend === null ? "" : `\n        ${paint.bold(mend)}`;
  return `${mark}  ${name.padEnd(12)}${says}${remedy}`;
}
