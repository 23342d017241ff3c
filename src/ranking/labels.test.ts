import { describe, expect, it } from "vitest";
import { amountConcept } from "./concepts.ts";
import { likeness, meaningOf, wordsOf } from "./labels.ts";

describe("labels are read by meaning in six languages", () => {
  it.each([
    ["Invoice No.:", ["invoice", "number"]],
    ["INV#", ["invoice", "number"]],
    ["Rechnungs-Nr.", ["invoice", "number"]],
    ["Rechnungsnummer", ["invoice", "number"]],
    ["Facture N°", ["invoice", "number"]],
    ["Factuurnummer", ["invoice", "number"]],
    ["N.º de factura", ["invoice", "number"]],
    ["Numero fattura", ["invoice", "number"]],
    ["Lieferscheindatum", ["delivery", "date"]],
    ["Date d'échéance", ["date", "due"]],
    ["Vervaldatum", ["due"]],
    ["Fecha de vencimiento", ["date", "due"]],
    ["Data di scadenza", ["date", "due"]],
    ["Nettobetrag", ["net"]],
    ["Kundennummer", ["customer", "number"]],
  ])("%s", (text, atoms) => {
    for (const atom of atoms) expect(meaningOf(text)).toContain(atom);
  });

  it("letters that scanners mix up do not hide a label", () => {
    expect(meaningOf("INCLUSLVE")).toContain("gross");
    expect(meaningOf("CASHLER")).toContain("cashier");
  });

  it("words it does not know stand for themselves", () => {
    expect([...meaningOf("Flight number")]).toEqual(["w:flight", "number"]);
  });

  it("accents, case and punctuation make no difference", () => {
    expect(wordsOf("Échéance: N° 5")).toEqual(["echeance", "n"]);
  });
});

describe("what an amount is follows from all words of its label", () => {
  it.each([
    ["Total", "total"],
    ["Total TTC", "gross"],
    ["Total HT", "net"],
    ["Total TVA", "tax"],
    ["TOTAL SALES (EXCLUDING GST)", "net"],
    ["Total incl. VAT", "gross"],
    ["GST 6%", "tax"],
    ["GST PAYABLE", "tax"],
    ["zzgl. 19 % MwSt.", "tax"],
    ["Rechnungssumme Netto (excl. USt.)", "net"],
    ["Amount due", "due"],
    ["Net à payer", "due"],
    ["Te betalen", "due"],
    ["CASH", "cash"],
    ["CHANGE", "change"],
    ["Rounding Adj", "rounding"],
    ["Subtotal", "sub"],
    ["Base imponible", "base"],
    ["Anzahlung", "paid"],
    ["Versandkosten", "charge"],
    ["TOTAL QTY", "quantity"],
  ])("%s is %s", (text, concept) => {
    expect(amountConcept(meaningOf(text))).toBe(concept);
  });
});

describe("how well a label says what a field is called", () => {
  const invoiceNumber = meaningOf("invoice number");
  it("is best for the same words and less with words of another matter", () => {
    expect(likeness(meaningOf("Rechnungsnummer"), invoiceNumber)).toBe(1);
    expect(likeness(meaningOf("Number"), invoiceNumber)).toBeLessThan(0.5);
    expect(likeness(meaningOf("Customer number"), invoiceNumber)).toBeLessThan(
      likeness(meaningOf("Number"), invoiceNumber),
    );
    expect(likeness(meaningOf(""), invoiceNumber)).toBe(0);
  });
});
