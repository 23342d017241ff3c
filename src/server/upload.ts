import type { Multipart, MultipartFile } from "@fastify/multipart";
import type { FastifyRequest } from "fastify";
import { WeirError } from "../core/index.ts";

/** Fields besides the file: the workflow, an id and settings. */
const fieldLimits = { fields: 100, fieldNameSize: 200, fieldSize: 10_000, headerPairs: 50 } as const;
/** Boundaries, part headers and fields around a file. */
const formBytesMax = 2_000_000;

export interface Upload {
  readonly bytes: Uint8Array;
  /** As the client wrote it: a label at best. */
  readonly fileName: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** What all uploads under way may hold in memory together, bytes. */
export class UploadBudget {
  #left: number;

  constructor(bytesMax: number) {
    this.#left = bytesMax;
  }

  /** @throws WeirError `server.busy` */
  take(bytes: number): void {
    if (bytes > this.#left) {
      throw new WeirError("server.busy", "Too many documents are being sent at once.");
    }
    this.#left -= bytes;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
}

/**
 * Reads a form with exactly one file, which is held in memory and never written anywhere. `use` has the
 * bytes while they are counted against the budget.
 * @throws WeirError `request.no-file`, `request.two-files`, `request.too-large`, `request.invalid`, `server.busy`
 */
export async function withUpload<T>(
  request: FastifyRequest,
  bytesMax: number,
  budget: UploadBudget,
  use: (upload: Upload) => Promise<T>,
): Promise<T> {
  // Most senders say how much is coming: then nothing of it is read in vain.
  if (Number(request.headers["content-length"] ?? 0) > bytesMax + formBytesMax) throw tooLarge(bytesMax);
  const form = new FormReader(bytesMax, budget);
  try {
    return await use(await form.read(request));
  } finally {
    form.free();
  }
}

class FormReader {
  readonly #bytesMax: number;
  readonly #budget: UploadBudget;
  readonly #chunks: Uint8Array[] = [];
  readonly #fields = new Map<string, string>();
  #bytes = 0;
  #fileName: string | null = null;

  constructor(bytesMax: number, budget: UploadBudget) {
    this.#bytesMax = bytesMax;
    this.#budget = budget;
  }

  async read(request: FastifyRequest): Promise<Upload> {
    const limits = { ...fieldLimits, files: 2, parts: fieldLimits.fields + 2, fileSize: this.#bytesMax };
    try {
      for await (const part of request.parts({ limits })) await this.#part(part);
    } catch (error) {
      letGo(request);
      throw error instanceof WeirError ? error : malformed(error);
    }
    if (this.#fileName === null) throw new WeirError("request.no-file", "The form has no file.");
    const bytes = Buffer.concat(this.#chunks);
    this.#chunks.length = 0; // Or the document would be held twice.
    return { bytes, fileName: this.#fileName, fields: this.#fields };
  }

  free(): void {
    this.#budget.give(this.#bytes);
    this.#bytes = 0;
  }

  async #part(part: Multipart): Promise<void> {
    if (part.type === "file") return await this.#file(part);
    if (part.fieldnameTruncated || part.valueTruncated) {
      throw new WeirError("request.invalid", `The form's field "${part.fieldname}" is too long.`);
    }
    if (part.fieldname === "file") {
      throw new WeirError("request.no-file", 'The form\'s part "file" has no file name, so it is a field, not a file.');
    }
    if (this.#fields.has(part.fieldname)) {
      throw new WeirError("request.invalid", `The form has two fields "${part.fieldname}".`);
    }
    this.#fields.set(part.fieldname, String(part.value));
  }

  async #file({ fieldname, filename, file }: MultipartFile): Promise<void> {
    if (this.#fileName !== null) throw new WeirError("request.two-files", "The form has more than one file.");
    if (fieldname !== "file") {
      throw new WeirError("request.no-file", `The form's file is called "${fieldname}", not "file".`);
    }
    this.#fileName = filename;
    for await (const chunk of file as AsyncIterable<Uint8Array>) {
      this.#budget.take(chunk.length);
      this.#bytes += chunk.length;
      this.#chunks.push(chunk);
    }
    if (file.truncated) throw tooLarge(this.#bytesMax);
  }
}

/** What is still arriving goes nowhere, so that the client comes to read the answer. */
function letGo({ raw }: FastifyRequest): void {
  raw.unpipe();
  raw.resume();
}

function tooLarge(bytesMax: number): WeirError {
  return new WeirError("request.too-large", `The document has more than ${bytesMax} bytes, the server's limit.`);
}

function malformed(error: unknown): WeirError {
  const message = error instanceof Error ? error.message : String(error);
  return new WeirError("request.invalid", `The form cannot be read: ${message}.`, { cause: error });
}
