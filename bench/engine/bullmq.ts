import { Queue, Worker } from "bullmq";
import { Redis } from "ioredis";

/** BullMQ by itself, as a peer of the queue that is embedded in the store: a document's job in, taken, done. */
export async function openBullMq(url: string) {
  const connect = () => new Redis(url, { maxRetriesPerRequest: null });
  const connections = [connect(), connect()] as const;
  const queue = new Queue("bench", { connection: connections[0] });
  const worker = new Worker("bench", null, { connection: connections[1], autorun: false });
  await Promise.all([queue.waitUntilReady(), worker.waitUntilReady()]);
  return {
    add: async (data: object) => void (await queue.add("run", data, { removeOnComplete: true })),
    /** @param token names the taker; @returns ends the job */
    take: async (token: string) => {
      const job = await worker.getNextJob(token, { block: false });
      if (!job) throw new Error("Nothing to take.");
      return async () => void (await job.moveToCompleted(null, token, false));
    },
    close: async () => {
      await Promise.all([worker.close(true), queue.close()]);
      for (const connection of connections) connection.disconnect();
    },
  };
}
