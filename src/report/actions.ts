import type { Result } from "../core/index.ts";
import { type Markup, markup, nothing } from "./markup.ts";
import { readerWords, valueText } from "./words.ts";

/** What agents did, turn by turn: what they called, with what, who chose it, and what came back. */

type Action = NonNullable<Result["actions"]>[number];

export function actionTable(actions: readonly Action[]): Markup {
  if (actions.length === 0) return nothing;
  return markup`<section aria-labelledby="actions-title">
    <h2 id="actions-title">What was done</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Turn</th>
            <th scope="col">Did</th>
            <th scope="col">With</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        <tbody>
          ${actions.map(row)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function row({ turn, tool, arguments: values, by, outcome }: Action): Markup {
  const given = Object.entries(values).map(([name, value]) => `${name} ${valueText(value)}`);
  return markup`<tr>
    <th scope="row">${turn}</th>
    <td>${tool}<span class="by">chosen by ${readerWords[by]}</span></td>
    <td class="value">${given.join(", ")}</td>
    <td class="value">${resultOf(outcome)}</td>
  </tr>`;
}

/** More than this stands in the record, not on the page. */
const resultCharsMax = 400;

function resultOf(outcome: Action["outcome"]): Markup {
  if (outcome === null) return markup`<span class="none">under way</span>`;
  if (outcome.status === "failed") {
    return markup`<span class="status review">Failed</span> ${outcome.message} <span class="hint">(${outcome.code})</span>`;
  }
  const text = valueText(outcome.value);
  return markup`${text.length > resultCharsMax ? `${text.slice(0, resultCharsMax)}…` : text}`;
}
