import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Argument, Command, Option } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bashScript } from "./bash.ts";
import { fishScript } from "./fish.ts";
import { outlineOf } from "./outline.ts";
import { zshScript } from "./zsh.ts";

/** A program with every kind of option and argument that Weir has. */
function sample() {
  const program = new Command("weir").version("1");
  program
    .command("run")
    .description("reads [all]: it's quick")
    .argument("<workflow>")
    .argument("<input...>")
    .option("--data <dir>", "where it lies")
    .option("--json", "for machines")
    .addOption(new Option("--set <name=value>").default([], "none"));
  program
    .command("ls")
    .addOption(new Option("--status <status>").choices(["queued", "review", "running"]))
    .option("--workflow <name>")
    .option("--limit <n>");
  const model = program.command("model").description("models");
  model.command("ls").option("--json");
  model.command("pull").argument("[name]");
  program.command("completion").addArgument(new Argument("<shell>").choices(["bash", "zsh"]));
  return outlineOf(program, ["invoice", "receipt"]);
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-completion-"));
  await writeFile(join(folder, "script.bash"), bashScript(sample()));
  await writeFile(join(folder, "in voice.pdf"), "");
  await mkdir(join(folder, "inbox"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What bash offers for the last of these words, as readline takes the line apart. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const quoted = ["weir", ...words].map((word) => `'${word}'`).join(" ");
  const script = [
    `source ./script.bash`,
    `COMP_WORDS=(${quoted})`,
    `COMP_CWORD=${words.length}`,
    `_weir`,
    `printf '%s\\n' "\${COMPREPLY[@]}"`,
  ].join("\n");
  const { stdout } = await promisify(execFile)("bash", ["--norc", "-c", script], { cwd: folder });
  return stdout.split("\n").filter((line) => line !== "");
}

test("bash completes commands and those below them", async () => {
  expect(await offered("")).toEqual(["run", "ls", "model", "completion"]);
  expect(await offered("mo")).toEqual(["model"]);
  expect(await offered("model", "")).toEqual(["ls", "pull"]);
  expect(await offered("model", "ls", "-")).toEqual(["--json", "-h", "--help"]);
  expect(await offered("completion", "z")).toEqual(["zsh"]);
});

test("bash completes the options of the command that stands there, and their values", async () => {
  expect(await offered("run", "--")).toEqual(["--data", "--json", "--set", "--help"]);
  expect(await offered("ls", "--status", "r")).toEqual(["review", "running"]);
  expect(await offered("ls", "--status", "=")).toEqual(["queued", "review", "running"]);
  expect(await offered("ls", "--status", "=", "q")).toEqual(["queued"]);
  expect(await offered("ls", "--workflow", "")).toEqual(["invoice", "receipt"]);
  expect(await offered("ls", "--limit", "")).toEqual([]);
  expect(await offered("run", "--data", "in")).toEqual(["inbox"]);
});

test("bash completes workflows first and files after, also behind options with values", async () => {
  expect(await offered("run", "inv")).toEqual(["invoice"]);
  expect(await offered("run", "--data", "inbox", "--json", "in")).toEqual(["invoice", "in voice.pdf", "inbox"]);
  expect(await offered("run", "--set=a", "invoice", "in")).toEqual(["in voice.pdf", "inbox"]);
  expect(await offered("run", "invoice", "-", "inb")).toEqual(["inbox"]);
});

test("the scripts for zsh and fish name every command, option and choice, with descriptions that end nothing early", () => {
  for (const script of [zshScript(sample()), fishScript(sample())]) {
    for (const word of ["run", "model", "pull", "data", "set", "status", "invoice receipt", "queued review running"]) {
      expect(script).toContain(word);
    }
  }
  expect(zshScript(sample())).toContain(`'run:reads [all]\\: it'\\''s quick'`);
  expect(fishScript(sample())).toContain(`-a run -d 'reads [all]: it\\'s quick'`);
});
