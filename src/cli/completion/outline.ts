import type { Argument, Command, Option } from "commander";

/** The commands as a shell completes them: read off the program, so that none can be forgotten. */
export interface Outline {
  /** Below the program: ["model", "ls"]; the program itself: []. */
  readonly words: readonly string[];
  readonly about: string;
  readonly options: readonly OptionOutline[];
  readonly arguments: readonly ArgumentOutline[];
  readonly commands: readonly Outline[];
}

export interface OptionOutline {
  /** "-h"; null without one. */
  readonly short: string | null;
  /** "--help" */
  readonly long: string;
  readonly about: string;
  /** Null: a switch. */
  readonly takes: Values | null;
  readonly isRepeatable: boolean;
}

export interface ArgumentOutline {
  readonly name: string;
  readonly takes: Values;
  readonly isVariadic: boolean;
}

/** What may stand there: words that are known, and files or folders. */
export interface Values {
  readonly words: readonly string[];
  readonly paths: "files" | "folders" | null;
}

/** @param workflows names of the built-in workflows */
export function outlineOf(command: Command, workflows: readonly string[], words: readonly string[] = []): Outline {
  const help = command.createHelp();
  return {
    words,
    about: command.description(),
    options: help.visibleOptions(command).map((option) => optionOutline(option, workflows)),
    arguments: command.registeredArguments.map((argument) => argumentOutline(argument, workflows)),
    commands: help
      .visibleCommands(command)
      .filter((sub) => sub.name() !== "help")
      .map((sub) => outlineOf(sub, workflows, [...words, sub.name()])),
  };
}

/** A command and everything below it. */
export const withAll = (outline: Outline): readonly Outline[] => [outline, ...outline.commands.flatMap(withAll)];

function optionOutline(option: Option, workflows: readonly string[]): OptionOutline {
  const { short, long, description, flags, argChoices } = option;
  const value = /[<[]([^>\]]+)[>\]]$/.exec(flags)?.[1];
  return {
    short: short ?? null,
    long: long ?? "",
    about: description,
    takes:
      value === undefined ? null : long === "--workflow" ? named(workflows) : valuesOf(value, argChoices, workflows),
    // Those have an empty list to begin with.
    isRepeatable: Array.isArray(option.defaultValue),
  };
}

function argumentOutline(argument: Argument, workflows: readonly string[]): ArgumentOutline {
  const name = argument.name();
  return { name, takes: valuesOf(name, argument.argChoices, workflows), isVariadic: argument.variadic };
}

const files: Readonly<Record<string, Values["paths"]>> = {
  dir: "folders",
  file: "files",
  input: "files",
  "labelled.jsonl": "files",
  workflow: "files",
};

/** By name only: a file would not be what runs are listed under. */
const named = (words: readonly string[]): Values => ({ words, paths: null });

function valuesOf(name: string, choices: readonly string[] | undefined, workflows: readonly string[]): Values {
  return { words: choices ?? (name === "workflow" ? workflows : []), paths: files[name] ?? null };
}
