/** Which workflow reads a set, and how: taught from labels at a risk, or as shipped (`risk` null), with nothing learned. */
export interface SetPlan {
  readonly workflow: string;
  readonly risk: number | null;
  /** Lists that rules read, or notes beside which summaries are held; without it, fields chosen among candidates. */
  readonly of?: "lists" | "notes";
  /** What the set is, for the page. */
  readonly about: string;
}

/** In the order of the page. */
export const sets: Readonly<Record<string, SetPlan>> = {
  sroie_receipt: {
    workflow: "receipt",
    risk: 0.02,
    about:
      "Receipts of shops (ICDAR 2019 SROIE), as text that a person typed off the scans: no mistakes of a text recogniser.",
  },
  adbuy: {
    workflow: "ad-order",
    risk: 0.1,
    about: "Orders and invoices for television advertising, PDF (DeepForm labels of public FCC files).",
  },
  nda: {
    workflow: "fixtures/workflows/contract.ts",
    risk: 0.1,
    about: "Non-disclosure agreements of many pages, as text (Kleister NDA).",
  },
  banking77: { workflow: "ticket", risk: 0.05, about: "Short questions to a bank, 77 routes (BANKING77)." },
  cfpb: {
    workflow: "ticket",
    risk: 0.1,
    about: "Complaints about financial products, 5 routes; their authors took small words out.",
  },
  nlbse24: { workflow: "ticket", risk: 0.1, about: "Issues of five software projects, 3 routes (NLBSE 2024)." },
  sroie_invoice: {
    workflow: "invoice",
    risk: null,
    about: "The receipts of `sroie_receipt`, read as if they were invoices.",
  },
  einvoice_text: { workflow: "invoice", risk: null, about: "Text of sample electronic invoices." },
  invoice2data: { workflow: "invoice", risk: null, about: "Invoices that test another extractor, PDF." },
  ccda: {
    workflow: "medical-record",
    risk: null,
    of: "lists",
    about:
      "Clinical records (C-CDA) of eight vendors, flattened to text; two thirds are of one vendor. The labels are what the coded entries of the same record say.",
  },
  aci: {
    workflow: "medical-record",
    risk: null,
    of: "notes",
    about: "Visits, as what doctor and patient say, with the note a clinician made of each (ACI-Bench).",
  },
};
