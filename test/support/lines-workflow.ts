/** Source of a workflow without models: the number of lines of a document; three or more are doubted. */
export const linesWorkflow = `
  import { read, review, workflow, validate, extract } from "weir";
  import { z } from "zod";
  const Lines = z.object({ count: z.string().regex(/^\\d+$/), copies: z.number().nullable() });
  const step = {
    name: "count", kind: "extract", shape: {}, schema: Lines,
    run: async (state, { text }) => {
      const lines = (await text(state)).pages.flatMap((page) => page.lines);
      const few = lines.length < 3;
      const decision = { confidence: null, by: "rule", source: [], alternatives: [], evidence: {} };
      const decisions = {
        count: { ...decision, value: String(lines.length), status: few ? "accepted" : "review" },
        copies: { ...decision, value: null, status: "review" },
      };
      return { ...state, stage: "draft", draft: { decisions, doubts: [], optional: ["copies"] } };
    },
  };
  export default workflow("lines", { version: 1 }).step(read()).step(step as never).step(review() as never);
`;
