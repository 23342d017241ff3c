import { defineConfig } from "vitest/config";
import usual from "../../vitest.config.ts";

/** Tests with models that are fetched only for them. */
export default defineConfig({ ...usual, test: { ...usual.test, include: ["test/families/real-models.ts"] } });
