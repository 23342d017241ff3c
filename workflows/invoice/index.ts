import { cloud, deliver, extract, folder, read, review, validate, workflow } from "weir";
import ranker from "./profile/ranker.json" with { type: "json" };
import { Invoice } from "./schema.ts";

export default workflow("invoice", { version: 1, risk: 0.02, escalate: cloud({ disclose: "surrogates" }) })
  .step(read({ pagesMax: 20 }))
  .step(extract(Invoice, { ranker }))
  .step(
    validate("sums", ["net", "tax", "total"], ({ net, tax, total }, doubt) => {
      if (!net.plus(tax).eq(total)) doubt(`net ${net} plus tax ${tax} is not the total ${total}`);
    }),
  )
  .step(
    validate("lines-sum", ["lines", "net", "total"], ({ lines, net, total }, doubt) => {
      const [first, ...rest] = lines.map((line) => line.amount);
      const sum = first && rest.reduce((all, one) => all.plus(one), first);
      if (sum && !sum.eq(net) && !sum.eq(total))
        doubt(`the lines add up to ${sum}, neither net ${net} nor total ${total}`);
    }),
  )
  .step(
    validate("dates", ["issuedOn", "dueOn"], ({ issuedOn, dueOn }, doubt) => {
      if (dueOn < issuedOn) doubt(`due on ${dueOn}, before it was issued on ${issuedOn}`);
    }),
  )
  .step(review())
  .step(deliver(folder("outbox")));
