import { classify, deliver, folder, read, review, workflow } from "weir";
import { Ticket } from "./schema.ts";

export default workflow("ticket", { version: 1, risk: 0.05 })
  .step(read({ pagesMax: 20 }))
  .step(classify(Ticket))
  .step(review())
  .step(deliver(folder("outbox")));
