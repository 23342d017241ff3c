import { cloud, deliver, extract, folder, money, read, review, validate, workflow } from "weir";
import { z } from "zod";

const AdOrder = z.object({
  contractNumber: z.string().meta({ weir: "identifier" }).describe("contract or order number"),
  advertiser: z.string().meta({ weir: "name" }).describe("advertiser"),
  grossAmount: money().describe("gross amount of the order"),
  flightFrom: z.iso.date().describe("flight start date"),
  flightTo: z.iso.date().describe("flight end date"),
});

export default workflow("ad-order", { version: 1, escalate: cloud({ disclose: "surrogates" }) })
  .step(read({ pagesMax: 30 }))
  .step(extract(AdOrder))
  .step(
    validate("flight", ["flightFrom", "flightTo"], ({ flightFrom, flightTo }, doubt) => {
      if (flightTo < flightFrom) doubt(`the flight ends on ${flightTo}, before it begins on ${flightFrom}`);
    }),
  )
  .step(review())
  .step(deliver(folder("outbox")));
