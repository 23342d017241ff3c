import type { Command } from "commander";
import { expect, test } from "vitest";
import { readConfig } from "../config.ts";
import { builtinWorkflows } from "../load-workflow.ts";
import { knownModel } from "../models/catalogue.ts";
import { systemClock } from "../stores/clock.ts";
import { createProgram } from "./program.ts";
import { paintWith } from "./render/text.ts";

/** The program with its output kept, and with actions that do nothing. */
function quietProgram() {
  let output = "";
  const write = (text: string) => {
    output += text;
  };
  const shell = {
    config: readConfig({}, "/nowhere"),
    clock: systemClock,
    version: "0",
    signal: new AbortController().signal,
    say: write,
    write,
    print: () => {},
    progress: { update: () => {}, clear: () => {} },
    columns: 200,
    paint: paintWith(false),
    stdin: () => Promise.reject(new Error("nothing is read")),
    openLog: () => Promise.reject(new Error("nothing is logged")),
    openApp: () => Promise.reject(new Error("nothing is opened")),
    withProfiles: () => Promise.reject(new Error("nothing is opened")),
    ends: () => {},
  };
  const program = createProgram(shell, { writeOut: write, writeErr: write, paintErr: shell.paint });
  for (const { command } of commandsOf(program)) if (command.commands.length === 0) command.action(() => {});
  return { program, output: () => output };
}

interface Named {
  readonly words: readonly string[];
  readonly command: Command;
}

function commandsOf(command: Command, words: readonly string[] = []): readonly Named[] {
  const below = command.commands.flatMap((sub) => commandsOf(sub, [...words, sub.name()]));
  return [{ words, command }, ...below];
}

async function helpOf(words: readonly string[]): Promise<string> {
  const { program, output } = quietProgram();
  await expect(program.parseAsync([...words, "--help"], { from: "user" })).rejects.toThrow("outputHelp");
  return output();
}

/** The lines below "Examples:", without what they are about and without what the shell takes away. */
function examplesOf(help: string): readonly (readonly string[])[] {
  const [, after = ""] = help.split(/^Examples?:\n/m);
  const lines = (after.split("\n\n")[0] ?? "").split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [typed = ""] = line.trim().split(/ {2,}/);
    return (typed.split(" > ")[0] ?? "").split(" ");
  });
}

const all = commandsOf(quietProgram().program).map(({ words }) => words);

test("there are commands to look at", () => {
  expect(all.length).toBeGreaterThan(15);
});

test.each(all.map((words) => [["weir", ...words].join(" "), words] as const))(
  "the help of %s ends with examples that this command understands",
  async (name, words) => {
    const examples = examplesOf(await helpOf(words));
    expect(examples.length).toBeGreaterThan(0);
    for (const [weir, ...args] of examples) {
      expect(weir).toBe("weir");
      expect(args.join(" ").startsWith(words.join(" ")), `${args.join(" ")} is an example of ${name}`).toBe(true);
      const { program, output } = quietProgram();
      await program.parseAsync(args, { from: "user" }).catch((thrown: unknown) => {
        throw new Error(`weir ${args.join(" ")}: ${String(thrown)}\n${output()}`);
      });
    }
  },
);

test("examples name workflows and models that there are", async () => {
  const builtins = await builtinWorkflows();
  const examples = (await Promise.all(all.map(helpOf))).flatMap(examplesOf);
  const workflows = examples.flatMap(([, command = "", name = ""]) =>
    ["run", "eval", "enqueue"].includes(command) ? [name] : [],
  );
  expect(workflows.length).toBeGreaterThan(3);
  expect(workflows.filter((name) => !builtins.includes(name) && !name.startsWith("./"))).toEqual([]);
  const models = examples.flatMap(([, command, sub, name]) => (command === "model" && name ? [[sub, name]] : []));
  expect(models.filter(([sub, name = ""]) => sub !== "ls" && knownModel(name) === null)).toEqual([]);
});
