import type { Field } from "./fields.ts";

/** One sheet for screen (light and dark) and paper. No script anywhere: highlighting is done with `:has()`. */
export function styleFor(fields: readonly Field[]): string {
  const pointing = fields.flatMap(({ id, decision }) =>
    decision.source.map(
      (_, index) =>
        `body:has(#${id}:is(:hover,:focus-within,:target)) #box-${id}-${index},body:has(#box-${id}-${index}:is(:hover,:focus,:target)) #${id}{--lit:1}`,
    ),
  );
  return `${sheet}${pointing.join("\n")}\n`;
}

const sheet = `
:root{color-scheme:light dark;--ink:#1d2430;--soft:#5d6878;--line:#dfe3ea;--ground:#f4f6f9;--card:#fff;--accent:#2456c5;
--accepted:#1a7f4b;--accepted-tint:#e5f5ec;--review:#a85b00;--review-tint:#fff1dc;--rejected:#b3261e;--rejected-tint:#fde8e6}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf1;--soft:#9ba7b8;--line:#2d3644;--ground:#12161d;--card:#1a202a;--accent:#8fb2ff;
--accepted:#5fd08f;--accepted-tint:#15301f;--review:#ffb454;--review-tint:#3a2a10;--rejected:#ff8f86;--rejected-tint:#3f1b19}}
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding:1.5rem}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
a{color:inherit}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
header{background:var(--card);border-bottom:1px solid var(--line);padding:1.1rem clamp(1rem,3vw,2.5rem)}
h1{font-size:1.35rem;line-height:1.3;margin:0;overflow-wrap:anywhere}
header p{margin:.2rem 0 0;color:var(--soft)}
.pill{display:inline-block;border-radius:1rem;padding:.1rem .7rem;font-size:.85rem;font-weight:600;margin-left:.6rem;vertical-align:.15rem;white-space:nowrap;background:var(--tint);color:var(--tone)}
.succeeded,.accepted{--tone:var(--accepted);--tint:var(--accepted-tint)}
.review,.queued,.running,.needs-migration{--tone:var(--review);--tint:var(--review-tint)}
.rejected,.failed,.cancelled{--tone:var(--rejected);--tint:var(--rejected-tint)}
main{display:grid;grid-template-columns:minmax(0,1fr);gap:1.5rem;padding:1.5rem clamp(1rem,3vw,2.5rem);max-width:110rem;margin:auto}
@media (min-width:70rem){main.split{grid-template-columns:minmax(0,9fr) minmax(0,10fr)}.split .pages{order:-1;position:sticky;top:1rem;align-self:start;max-height:calc(100vh - 2rem);overflow:auto}}
h2{font-size:1rem;margin:0 0 .6rem}
section{background:var(--card);border:1px solid var(--line);border-radius:.6rem;padding:1rem 1.1rem;margin-bottom:1.2rem}
.counts{display:flex;gap:2rem;flex-wrap:wrap;list-style:none;margin:.9rem 0 0;padding:0}
.counts b{display:block;font-size:1.4rem;line-height:1.2;color:var(--tone);font-variant-numeric:tabular-nums}
.counts li{color:var(--soft);font-size:.85rem}
.doubts{border-left:4px solid var(--review)}
.doubts.error{border-left-color:var(--rejected)}
.doubts ul{margin:0;padding-left:1.2rem}
.doubts li+li{margin-top:.45rem}
.doubts a,.doubts .hint{color:var(--soft);font-size:.88rem}
.clear{border-left:4px solid var(--accepted)}
.clear p{margin:0}
.scroll{overflow-x:auto;margin:0 -1.1rem;padding:0 1.1rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .5rem;border-top:1px solid var(--line)}
th:first-child,td:first-child{padding-left:0}
thead th{border-top:0;color:var(--soft);font-weight:500;font-size:.82rem;white-space:nowrap}
tbody th{font-weight:500;min-width:5.5rem}
tr[id],td[id],.mark{transition:background .15s;background:color-mix(in srgb,var(--tint) calc(var(--lit,0)*100%),transparent)}
.value{overflow-wrap:anywhere;min-width:7rem}
.value>bdi{font-weight:600;font-variant-numeric:tabular-nums}
.none{color:var(--soft);font-weight:400!important;font-style:italic}
.others{display:block;color:var(--soft);font-size:.82rem}
.status{color:var(--tone);font-weight:600;white-space:nowrap}
.by{display:block;color:var(--soft);font-size:.82rem;white-space:nowrap}
meter{width:3.4rem;vertical-align:middle}
.number{font-variant-numeric:tabular-nums;white-space:nowrap;font-size:.88rem}
.source{min-width:7.5rem}
.source a{display:block;text-decoration:none}
.source a:hover q{text-decoration:underline}
q{overflow-wrap:anywhere}
.place{color:var(--soft);font-size:.82rem;white-space:nowrap}
.list tbody th{min-width:0;color:var(--soft)}
.list a{text-decoration:none}
.list a:hover{text-decoration:underline}
.list td{font-variant-numeric:tabular-nums}
.page{margin:0 0 1.5rem}
figcaption{color:var(--soft);font-size:.85rem;margin-bottom:.35rem}
.hidden-text{color:var(--review);font-weight:600}
svg{display:block;width:100%;height:auto;border:1px solid var(--line);border-radius:.3rem;box-shadow:0 1px 4px rgb(0 0 0/.12)}
.paper{fill:#fff}
svg text{fill:#1d2430;font-family:Arial,Helvetica,sans-serif}
.frame{--tone:#b3261e}
.frame.accepted{--tone:#1a7f4b}.frame.review{--tone:#d97700}
.frame rect{fill:var(--tone);fill-opacity:calc(.1 + .25*var(--lit,0));stroke:var(--tone);stroke-width:calc(.9px + 1px*var(--lit,0))}
.frame.review rect{stroke-dasharray:4 2}
.frame.rejected rect{stroke-dasharray:1.5 1.5}
.frame:focus{outline:none}.frame:focus-visible rect{stroke:#2456c5;stroke-width:2.5px;stroke-dasharray:none}
.text{background:var(--card);border:1px solid var(--line);border-radius:.3rem;margin:0;padding:1rem 1rem 1rem 3.5rem;font:13px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-x:auto}
.text li{white-space:pre-wrap;overflow-wrap:anywhere}
.text li::marker{color:var(--soft);font-size:.8em}
.mark{text-decoration:none;border-bottom:2px solid var(--tone);border-radius:.15rem;background:color-mix(in srgb,var(--tint) 60%,transparent)}
.mark.review{border-bottom-style:dashed}.mark.rejected{border-bottom-style:dotted}
footer{color:var(--soft);font-size:.8rem;padding:0 clamp(1rem,3vw,2.5rem) 2rem;max-width:110rem;margin:auto;overflow-wrap:anywhere}
@media print{body{background:#fff;font-size:10pt}main,main.split{display:block;padding:0}header{padding:0 0 .5rem;border:0}section{break-inside:auto;border-color:#bbb}tr{break-inside:avoid}
.split .pages{max-height:none;position:static}.page{break-inside:avoid;break-before:page}svg{box-shadow:none;max-height:92vh}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}.scroll{overflow:visible}}
@media (prefers-reduced-motion:reduce){*{transition:none!important;scroll-behavior:auto!important}}
`;
