import { BaseCallbackHandler } from "@langchain/core/callbacks/base";

/**
 * LangGraph sends the state of every step to a tracing service as soon as the environment asks for
 * it. Nothing leaves unseen here: this handler bears the name of LangChain's tracer, which therefore
 * is not added, and tells whatever runs inside a step that it is not traced.
 */
class NoTracer extends BaseCallbackHandler {
  override readonly name = "langchain_tracer";

  /** What LangChain's tracer would hand down to a step. */
  getRunTreeWithTracingConfig() {
    return { tracingEnabled: false };
  }

  /** LangChain's tracer would take over what it is called from. */
  updateFromRunTree(): void {}
}

export const untraced = [new NoTracer()];
