import { createHash } from "node:crypto";
import type { DocumentText, Result } from "../core/index.ts";
import { actionTable } from "./actions.ts";
import { fieldsOf, fieldTables, type Field } from "./fields.ts";
import { markup, Markup, nothing } from "./markup.ts";
import { pageViews } from "./pages.ts";
import { styleFor } from "./style.ts";
import { fieldName, runWords, skipReason } from "./words.ts";

export interface ReportInput {
  readonly result: Result;
  /** Null where reading failed. */
  readonly text: DocumentText | null;
  /** PNG bytes by page number; pages without one are drawn from their words. */
  readonly pictures: ReadonlyMap<number, Uint8Array> | null;
}

/**
 * One result as a page for people: what is in doubt, every field, and where it stands in the document.
 * Everything is in the one file: no request leaves it, no script runs in it.
 */
export function renderReport({ result, text, pictures }: ReportInput): string {
  const fields = fieldsOf(result);
  const style = styleFor(fields);
  const allowed = createHash("sha256").update(style).digest("base64");
  const page = markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'sha256-${new Markup(allowed)}'; base-uri 'none'; form-action 'none'"
        />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${result.document.name} – ${runWords[result.status]}</title>
        <style>${new Markup(style)}</style>
      </head>
      <body>
        ${header(result, fields)}
        <main class="${text ? "split" : ""}">
          <div>${doubts(result, text, fields)} ${fieldTables(fields)} ${actionTable(result.actions ?? [])}</div>
          ${text ? markup`<div class="pages">${pageViews(text, fields, pictures ?? new Map())}</div>` : nothing}
        </main>
        <footer>
          Document sha256 ${result.document.sha256}. Run ${result.run}, workflow ${result.workflow.name} version
          ${result.workflow.version}${result.profile ? markup`, profile ${result.profile}` : nothing}.
        </footer>
      </body>
    </html> `;
  return page.text;
}

function header(result: Result, fields: readonly Field[]): Markup {
  const count = (status: string) => fields.filter(({ decision }) => decision.status === status).length;
  const seconds = (result.usage.ms / 1000).toFixed(1);
  return markup`<header>
    <h1><bdi>${result.document.name}</bdi> <span class="pill ${result.status}">${runWords[result.status]}</span></h1>
    <p>
      ${result.workflow.name}, ${pages(result)}, read in ${seconds} s,
      ${result.usage.cloud.calls === 0 ? "nothing left this machine" : `${result.usage.cloud.calls} questions to a cloud model`}
    </p>
    <ul class="counts">
      <li class="accepted"><b>${count("accepted")}</b> accepted</li>
      <li class="review"><b>${count("review")}</b> to check</li>
      ${count("rejected") > 0 ? markup`<li class="rejected"><b>${count("rejected")}</b> refused</li>` : nothing}
    </ul>
  </header>`;
}

function pages({ document }: Result): string {
  return document.pages === 1 ? "1 page" : `${document.pages} pages`;
}

/** Why the document is held back, first of all things. */
function doubts(result: Result, text: DocumentText | null, fields: readonly Field[]): Markup {
  const ids = new Map(fields.map(({ path, id }) => [path, id]));
  const reasons = [
    ...result.document.skipped.map(
      ({ page, reason }) => markup`<li>Page ${page} was not read completely: ${skipReason(reason)}.</li>`,
    ),
    ...hidden(text),
    ...result.doubts
      .filter(({ code }) => code !== unproven)
      .map(
        ({ message, paths }) =>
          markup`<li>${sentence(message)}${paths.map((path) => markup` ${reference(path, ids)}`)}</li>`,
      ),
    ...likely(
      result.doubts.filter(({ code }) => code === unproven).flatMap(({ paths }) => paths),
      ids,
    ),
  ];
  const error = result.error
    ? markup`<section class="doubts error" aria-labelledby="error-title">
        <h2 id="error-title">What went wrong</h2>
        <p>${sentence(result.error.message)} <span class="hint">${result.error.hint} (${result.error.code})</span></p>
      </section>`
    : nothing;
  if (reasons.length > 0) {
    return markup`${error}
      <section class="doubts" aria-labelledby="doubts-title">
        <h2 id="doubts-title">Please check</h2>
        <ul>
          ${reasons}
        </ul>
      </section>`;
  }
  return result.error || result.status !== "succeeded"
    ? error
    : markup`<section class="clear"><p>Nothing is in doubt.</p></section>`;
}

/** What is only likely is one sentence, however many fields it is about: reasons of their own come before it. */
const unproven = "confidence.unproven";

function likely(paths: readonly string[], ids: ReadonlyMap<string, string>): readonly Markup[] {
  if (paths.length === 0) return [];
  const what =
    paths.length === 1 ? "One value is likely but not proven:" : `${paths.length} values are likely but not proven:`;
  return [
    markup`<li>${what} ${paths.map((path, at) => markup`${at > 0 ? ", " : nothing}${reference(path, ids)}`)}.</li>`,
  ];
}

function hidden(text: DocumentText | null): readonly Markup[] {
  return (text?.pages ?? [])
    .filter((page) => (page.hiddenWords ?? 0) > 0)
    .map((page) => markup`<li>Page ${page.page} holds text that nobody can see on it; it was not read.</li>`);
}

function sentence(message: string): string {
  const first = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}

function reference(path: string, ids: ReadonlyMap<string, string>): Markup {
  const id = ids.get(path);
  return id === undefined
    ? markup`<span class="hint">${fieldName(path)}</span>`
    : markup`<a href="#${id}">${fieldName(path)}</a>`;
}
