import type { Command } from "commander";
import { listModels, useModel } from "../../models/library.ts";
import { fetchModels, modelSettings } from "../models.ts";
import { withJson } from "../options.ts";
import { megabytes, table } from "../render/text.ts";
import { type Shell, ending, exit } from "../shell.ts";

/** `weir model`: the catalogue, and what of it is on this machine. */
export function addModel(program: Command, shell: Shell): Command {
  const model = program.command("model").description("local models: list, fetch, choose");
  withJson(model.command("ls").description("what is known, what is here, what is used")).action(
    ending(shell, async (options: { readonly json?: boolean }) => list(shell, options.json === true)),
  );
  model
    .command("pull")
    .description("fetch a model once; without a name, the ones in use")
    .argument("[name]", "a name of `weir model ls`, an hf: URI, or a path")
    .action(
      ending(shell, async (name: string | undefined) => {
        await fetchModels(shell, name ?? null);
        shell.say("Everything that was asked for is here.");
        return exit.done;
      }),
    );
  model
    .command("use")
    .description("choose the decoder for this machine (WEIR_MODEL goes before it)")
    .argument("<name>", "a model that is here")
    .action(
      ending(shell, async (name: string) => {
        const { path } = await useModel(name, modelSettings(shell.config));
        shell.say(`In use from now on: ${name} (${path})`);
        return exit.done;
      }),
    );
  withJson(
    model
      .command("bench")
      .description("read the invoices that come along with each local decoder alone: accuracy, time, memory")
      .argument("[models...]", "names or paths; without any, all that are here"),
  ).action(
    ending(shell, async (names: readonly string[], options: { readonly json?: boolean }) =>
      bench(shell, names, options.json === true),
    ),
  );
  return model;
}

async function bench(shell: Shell, names: readonly string[], json: boolean): Promise<number> {
  const { benchModels } = await import("../model-bench.ts");
  const tell = (doing: string) => shell.progress.update(doing);
  const figures = await benchModels(names, modelSettings(shell.config), tell, shell.signal).finally(() =>
    shell.progress.clear(),
  );
  if (json) {
    for (const one of figures) shell.print(one);
    return exit.done;
  }
  const heads = [
    { title: "" },
    { title: "name" },
    { title: "right", align: "right" as const },
    { title: "a document", align: "right" as const },
    { title: "memory", align: "right" as const },
  ];
  const rows = figures.map(({ name, right, asked, secondsADocument, memoryBytes, recommended }) => [
    recommended ? "→" : "",
    name,
    `${right} of ${asked}`,
    `${secondsADocument.toFixed(1)} s`,
    megabytes(memoryBytes),
  ]);
  const best = figures.find(({ recommended }) => recommended);
  const advice =
    best === undefined
      ? "None is fast enough here: a document takes more than 10 s with each."
      : `→ reads best here within 10 s a document: weir model use ${best.name}`;
  shell.say([...table(heads, rows, shell.columns, shell.paint), "", advice].join("\n"));
  return exit.done;
}

async function list(shell: Shell, json: boolean): Promise<number> {
  const models = await listModels(modelSettings(shell.config));
  if (json) {
    for (const model of models) shell.print(model);
    return exit.done;
  }
  const heads = [
    { title: "" },
    { title: "name" },
    { title: "role" },
    { title: "licence", least: 10 },
    { title: "file", align: "right" as const },
    { title: "memory", align: "right" as const },
    { title: "here" },
  ];
  const rows = models.map((model) => [
    model.isInUse ? "→" : "",
    model.name,
    model.role,
    model.licence,
    megabytes(model.fileBytes),
    megabytes(model.memoryBytes),
    model.isHere ? "yes" : "",
  ]);
  shell.say(
    [
      ...table(heads, rows, shell.columns, shell.paint),
      "",
      "→ in use. Any GGUF file works too: WEIR_MODEL=PATH or hf:URI; WEIR_MODEL_LARGE names one for doubts",
    ].join("\n"),
  );
  return exit.done;
}
