import { BaseCallbackHandler } from "@langchain/core/callbacks/base";

/**
 * LangGraph sends the state of every step to a tracing service as soon as the environment asks for
 * it, and LangChain every question to a model. Nothing leaves past the ledger: this handler bears the
 * name of LangChain's tracer, which therefore is not added, and answers for it where it is asked.
 */
class NoTracer extends BaseCallbackHandler {
  override readonly name = "langchain_tracer";

  /** What LangChain's tracer would hand down. */
  getRunTreeWithTracingConfig() {
    return { tracingEnabled: false };
  }

  /** LangChain's tracer would take over what it is called from. */
  updateFromRunTree(): void {}
}

export const untraced = [new NoTracer()];
