import type { Result } from "../core/index.ts";
import { markup, nothing, type Markup } from "./markup.ts";
import { fieldName, percent, readerWords, statusMarks, statusWords, valueText, type DecisionStatus } from "./words.ts";

type Decision = Result["decisions"][string];

export interface Field {
  readonly path: string;
  /** Of its row; its places on the pages are `box-<id>-0`, … */
  readonly id: string;
  readonly decision: Decision;
}

/** What needs a person first, then in the order of the result. */
export function fieldsOf(result: Result): readonly Field[] {
  return Object.entries(result.decisions).map(([path, decision], index) => ({ path, id: `f${index}`, decision }));
}

const order: Readonly<Record<DecisionStatus, number>> = { rejected: 0, review: 1, accepted: 2 };

/** Rows of a list: "lines.0.amount" belongs to list "lines", row 0, column "amount". */
const listPath = /^(.+?)\.(\d+)(?:\.(.+))?$/;

export function fieldTables(fields: readonly Field[]): Markup {
  const single = fields.filter(({ path }) => !listPath.test(path));
  const lists = Map.groupBy(
    fields.filter(({ path }) => listPath.test(path)),
    ({ path }) => listPath.exec(path)?.[1] ?? "",
  );
  return markup`${single.length > 0 ? singleTable(single) : nothing}${[...lists].map(([name, members]) => listTable(name, members))}`;
}

function singleTable(fields: readonly Field[]): Markup {
  const sorted = fields.toSorted((a, b) => order[a.decision.status] - order[b.decision.status]);
  return markup`<section aria-labelledby="fields-title">
    <h2 id="fields-title">Fields</h2>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
            <th scope="col">Status</th>
            <th scope="col">Confidence</th>
            <th scope="col">On the page</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map(row)}
        </tbody>
      </table>
    </div>
  </section>`;
}

function row({ path, id, decision }: Field): Markup {
  return markup`<tr id="${id}" class="${decision.status}">
<th scope="row" title="${path}">${fieldName(path)}</th>
<td class="value"><bdi${decision.value === null ? markup` class="none"` : nothing}>${valueText(decision.value)}</bdi>${alternatives(decision)}</td>
<td>${status(decision.status)}<span class="by">by ${readerWords[decision.by]}</span></td>
<td>${confidence(decision.confidence)}</td>
<td class="source">${sources(id, decision)}</td>
</tr>`;
}

function status(code: DecisionStatus): Markup {
  return markup`<span class="status"><span aria-hidden="true">${statusMarks[code]}</span> ${statusWords[code]}</span>`;
}

function confidence(share: number | null): Markup {
  if (share === null) return markup`<span class="none">not calibrated</span>`;
  return markup`<meter min="0" max="1" value="${share}" aria-label="Confidence ${percent(share)}"></meter>
    <span class="number">${percent(share)}</span>`;
}

function sources(id: string, { source, value }: Decision): Markup {
  if (source.length === 0 && value === null) return nothing;
  if (source.length === 0) return markup`<span class="none">not found</span>`;
  return markup`${source.map(
    (span, index) =>
      markup`<a href="#box-${id}-${index}"
        ><q><bdi>${span.text}</bdi></q> <span class="place">page ${span.page}, line ${span.line}</span></a
      >`,
  )}`;
}

function alternatives({ alternatives: others }: Decision): Markup {
  if (others.length === 0) return nothing;
  return markup`<span class="others"
    >or
    ${others
      .slice(0, 3)
      .map(
        (other, index) =>
          markup`${index > 0 ? ", " : ""}<bdi>${valueText(other.value)}</bdi>${other.confidence === null ? "" : ` (${percent(other.confidence)})`}`,
      )}</span
  >`;
}

function listTable(name: string, members: readonly Field[]): Markup {
  const rows = Map.groupBy(members, ({ path }) => Number(listPath.exec(path)?.[2]));
  const columns = [...new Set(members.map(({ path }) => listPath.exec(path)?.[3] ?? ""))];
  return markup`<section aria-labelledby="list-${name}">
    <h2 id="list-${name}">${fieldName(name)}</h2>
    <div class="scroll">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">#</th>
            ${columns.map((column) => markup`<th scope="col">${fieldName(column)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${[...rows]
            .toSorted(([a], [b]) => a - b)
            .map(
              ([index, cells]) =>
                markup`<tr>
                  <th scope="row">${index + 1}</th>
                  ${columns.map((column) => cell(cells.find(({ path }) => path.endsWith(`.${index}${column === "" ? "" : `.${column}`}`))))}
                </tr>`,
            )}
        </tbody>
      </table>
    </div>
  </section>`;
}

function cell(field: Field | undefined): Markup {
  if (!field) return markup`<td></td>`;
  const { id, decision } = field;
  const said =
    decision.confidence === null
      ? statusWords[decision.status]
      : `${statusWords[decision.status]}, ${percent(decision.confidence)}`;
  const mark =
    decision.status === "accepted"
      ? nothing
      : markup`<span class="status" role="img" aria-label="${statusWords[decision.status]}"
          >${statusMarks[decision.status]}</span
        > `;
  const value = markup`<bdi${decision.value === null ? markup` class="none"` : nothing}>${valueText(decision.value)}</bdi>`;
  return markup`<td id="${id}" class="${decision.status}" title="${said}">
    ${mark}${decision.source.length > 0 ? markup`<a href="#box-${id}-0">${value}</a>` : value}
  </td>`;
}
