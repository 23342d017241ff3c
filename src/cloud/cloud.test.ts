import { cloudAt } from "../../test/support/cloud-bill.ts";
import { cloudServer } from "../../test/support/cloud-server.ts";
import type { Json } from "../core/index.ts";
import { systemClock } from "../stores/clock.ts";
import { openSqlite } from "../stores/sqlite/open.ts";
import { cloudSuite } from "../testing/cloud.ts";

cloudSuite("LangChain chat model", async () => {
  let answer: Json | "unavailable" = null;
  const server = await cloudServer(() =>
    answer === "unavailable" ? { status: 503, body: "{}" } : JSON.stringify(answer),
  );
  const { store, ledger } = await openSqlite({ folder: ":memory:", clock: systemClock });
  const open = async () => await cloudAt(server.url)(ledger, systemClock);
  return {
    cloud: await open(),
    reply: (next) => (answer = next),
    asked: () => server.requests.length,
    again: open,
    close: async () => {
      await server.close();
      await store.close();
    },
  };
});
