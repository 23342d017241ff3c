import { createHash } from "node:crypto";
import type { Review } from "../api/index.ts";

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:48rem;margin:3rem auto;padding:0 1rem;color:#222;background:#fff}
td,th{text-align:left;padding:.3rem 1rem .3rem 0;vertical-align:top}
code{font-size:.9em}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}a{color:#8bf}}`;

/** Only this style, nothing else, from nowhere else. */
export const pagePolicy =
  `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; ` +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** What this is and what waits for a person. No script, no resource from elsewhere. */
export function renderPage(reviews: readonly Review[], more: boolean): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Weir</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>Weir</h1>
<p>Documents go in, checked values come out; what is not sure waits here for a person.
Programs find the calls in <a href="/openapi.json">openapi.json</a>.</p>
<h2>Waiting for a person</h2>
${reviews.length === 0 ? "<p>Nothing.</p>" : table(reviews)}
${more ? '<p>There are more: <a href="/v1/reviews">all of them</a>.</p>' : ""}
</main>
</body>
</html>
`;
}

function table(reviews: readonly Review[]): string {
  return `<table>
<thead><tr><th scope="col">Document</th><th scope="col">Workflow</th><th scope="col">Open</th></tr></thead>
<tbody>
${reviews.map(row).join("\n")}
</tbody>
</table>`;
}

function row({ run, document, workflow, doubts }: Review): string {
  const name = `<a href="/v1/reviews/${encodeURIComponent(run)}">${escape(document.name)}</a>`;
  const open = doubts.map(({ message }) => escape(message)).join("<br>");
  return `<tr><td>${name}</td><td>${escape(workflow.name)}</td><td>${open}</td></tr>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => entities[character] ?? character);
}
