import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    alias: {
      "weir/testing": here("src/testing/index.ts"),
      "weir/langchain": here("src/langchain/chat.ts"),
      weir: here("src/index.ts"),
    },
  },
  test: {
    include: ["{src,workers,workflows,test,training,bench,fixtures}/**/*.test.ts"],
    // Tests run the real models; they are fetched once into the cache that all clones share.
    globalSetup: ["test/setup/models.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
