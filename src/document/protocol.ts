import type { DocumentText, ErrorCode } from "../core/index.ts";

/** What the reader and its child process say to each other. Structured clones: bytes travel as they are. */

/** Kinds whose parsers may hang, crash or eat memory. */
export type Format = "pdf" | "docx" | "csv" | "epub" | "mail" | "ccda";

export type Task =
  | { readonly kind: "read"; readonly format: Format; readonly bytes: Uint8Array; readonly pagesMax: number }
  /** Of a page of a PDF. */
  | { readonly kind: "picture"; readonly bytes: Uint8Array; readonly page: number; readonly widthMax: number };

/** One task at a time; `id` ties the answer to it. */
export type Request = Task & { readonly id: number };

export interface Answers {
  readonly read: DocumentText;
  /** PNG. */
  readonly picture: Uint8Array;
}

export type Response =
  | { readonly id: number; readonly ok: true; readonly value: Answers[keyof Answers]; readonly memoryBytes: number }
  | {
      readonly id: number;
      readonly ok: false;
      readonly code: ErrorCode;
      readonly message: string;
      readonly memoryBytes: number;
    };
