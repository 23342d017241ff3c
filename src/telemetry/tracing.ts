import { Postponed, WeirError } from "../core/index.ts";
import { type Fields, type Telemetry, noTelemetry } from "../ports/index.ts";

/**
 * Spans through the OpenTelemetry API, where it is installed and whoever starts Weir has set up an SDK.
 * Messages of errors stay here: a span says the code.
 */
export async function openTracing(version: string): Promise<Telemetry["during"]> {
  const api = await apiIfInstalled();
  if (!api) return noTelemetry.during;
  const { SpanKind, SpanStatusCode, trace } = api;
  const tracer = trace.getTracer("weir", version);
  const kinds = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT };
  return async ({ name, kind, attributes }, work) =>
    await tracer.startActiveSpan(name, { kind: kinds[kind], attributes: set(attributes) }, async (span) => {
      try {
        return await work({
          isRecording: span.isRecording(),
          set: (more) => void span.setAttributes(set(more)),
        });
      } catch (error) {
        // Put off is not failed.
        if (error instanceof Postponed) span.setAttribute("weir.postponed", error.reason);
        else {
          span.setAttribute("error.type", typeOf(error));
          span.setStatus({ code: SpanStatusCode.ERROR });
        }
        throw error;
      } finally {
        span.end();
      }
    });
}

async function apiIfInstalled() {
  try {
    return await import("@opentelemetry/api");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ERR_MODULE_NOT_FOUND") return null;
    throw error;
  }
}

function typeOf(error: unknown): string {
  if (error instanceof WeirError) return error.code;
  return error instanceof Error ? error.name : typeof error;
}

/** Those that have a value. */
function set(attributes: Fields): Record<string, string | number | boolean> {
  const known = Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(known) as Record<string, string | number | boolean>;
}
