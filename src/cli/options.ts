import { type Command, Option } from "commander";

/** Options that several commands share, said once. */

export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

export function withState(command: Command): Command {
  return command.option("--data <dir>", "where all state lies (default: ./.weir, or WEIR_DATA)");
}

export function withJson(command: Command): Command {
  return command.option("--json", "machine output: one JSON object a line on standard output");
}

export function withSettings(command: Command): Command {
  const option = new Option("--set <name=value>", "a setting of the workflow; may be repeated");
  return command.addOption(option.argParser(collect).default([], "none"));
}

export function withAirgap(command: Command): Command {
  return command.option("--airgap", "refuse everything that would leave this machine");
}

export function withWork(command: Command): Command {
  return withAirgap(withSettings(command).option("--profile <name>", "what the workflow has learned, by name"));
}

/** What commander hands over for the options above. */
export interface WorkOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly set: readonly string[];
  readonly profile?: string;
  readonly airgap?: boolean;
  readonly fresh?: boolean;
}
