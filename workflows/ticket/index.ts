import { classify, deliver, folder, read, review, workflow } from "weir";
import { orderTools } from "./agent.ts";
import { details } from "./details.ts";
import { Routing } from "./schema.ts";

export default workflow("ticket", { version: 1, risk: 0.05 })
  .step(read({ pagesMax: 20 }))
  .step(classify(Routing))
  .step(details)
  .branch("answeredBy", {
    people: (flow) => flow.step(review()).step(deliver(folder("outbox"))),
    shop: (flow) =>
      flow
        .agent(orderTools("customer.email"), { turnsMax: 8 })
        .step(review())
        .step(deliver(folder("outbox"))),
  });
