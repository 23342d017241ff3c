import { cloud, deliver, extract, folder, money, read, review, workflow } from "weir";
import { z } from "zod";

const Receipt = z.object({
  company: z.string().meta({ weir: "name" }).describe("company that sold, at the top"),
  date: z.iso.date().describe("date of the receipt"),
  address: z.string().meta({ weir: "address" }).describe("address of the company"),
  total: money().describe("total paid, including tax"),
});

export default workflow("receipt", { version: 1, escalate: cloud({ disclose: "surrogates" }) })
  .step(read({ pagesMax: 5 }))
  .step(extract(Receipt))
  .step(review())
  .step(deliver(folder("outbox")));
