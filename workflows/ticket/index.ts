import { classify, deliver, folder, read, review, workflow } from "weir";
import { details } from "./details.ts";
import { Routing } from "./schema.ts";

export default workflow("ticket", { version: 1, risk: 0.05 })
  .step(read({ pagesMax: 20 }))
  .step(classify(Routing))
  .step(details)
  .step(review())
  .step(deliver(folder("outbox")));
