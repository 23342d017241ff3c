import { DatabaseError } from "pg";
import { WeirError } from "../../core/index.ts";

/** SQLSTATE classes and codes, and the errors of the socket, as errors a user can act on. */
const full = /^53100$/;
const busy = /^(?:40001|40P01|55P03|57014|53300|53400|25P03)$/;
const refused = /^(?:28|3D|42501|3F000)/;
const away = /^(?:08|57P|58)/;
const socket = /^(?:ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOENT)/;
/** The driver's own, which have no code. */
const spoken = /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable/i;

/** PostgreSQL's troubles with its surroundings; anything else is a bug and passes unchanged. */
export function asStoreError(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const options = { cause: thrown };
  const said = messageOf(thrown);
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
  if (full.test(code)) return new WeirError("store.full", `PostgreSQL has no space left: ${said}.`, options);
  if (busy.test(code)) return new WeirError("store.busy", `PostgreSQL did not get to it: ${said}.`, options);
  if (refused.test(code)) return new WeirError("store.unreachable", `PostgreSQL refuses: ${said}.`, options);
  if (isAway(thrown)) return new WeirError("store.unreachable", `PostgreSQL does not answer: ${said}.`, options);
  return thrown;
}

/** Whether the connection is gone or was never there: another one may work. */
export function isAway(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : "";
  if (thrown instanceof DatabaseError) return away.test(code);
  return socket.test(code) || spoken.test(thrown.message);
}

/** Several addresses that all refused come as one error without words. */
function messageOf(error: Error): string {
  const [first] = error instanceof AggregateError ? (error.errors as readonly Error[]) : [];
  return (first?.message ?? error.message).replace(/\.$/, "");
}
