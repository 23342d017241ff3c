import { cloud, deliver, read, review, summarize, workflow } from "weir";
import { recordFolder } from "./delivery.ts";
import { facts } from "./facts.ts";

/** Nothing of a record goes to a cloud. */
export default workflow("medical-record", { version: 1, risk: 0.01, escalate: cloud({ disclose: "nothing" }) })
  .step(read({ pagesMax: 500 }))
  .step(facts)
  .step(summarize())
  .step(review())
  .step(deliver(recordFolder("outbox")));
