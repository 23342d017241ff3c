import { Argument, type Command } from "commander";
import { builtinWorkflows } from "../../load-workflow.ts";
import { bashScript } from "../completion/bash.ts";
import { fishScript } from "../completion/fish.ts";
import { type Outline, outlineOf } from "../completion/outline.ts";
import { zshScript } from "../completion/zsh.ts";
import { type Shell, ending, exit } from "../shell.ts";

const scripts: Readonly<Record<string, (program: Outline) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** `weir completion`: a script that makes a shell complete commands, options and workflows. */
export function addCompletion(program: Command, shell: Shell): Command {
  return program
    .command("completion")
    .description("print a script that completes weir in your shell")
    .addArgument(new Argument("<shell>", "which one").choices(Object.keys(scripts)))
    .action(
      ending(shell, async (name: string) => {
        const outline = outlineOf(program, await builtinWorkflows());
        shell.write(scripts[name]?.(outline) ?? "");
        return exit.done;
      }),
    );
}
