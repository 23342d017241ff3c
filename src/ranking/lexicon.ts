/**
 * Words of labels on business documents, by meaning. An atom is one meaning; a label such as "Total
 * amount due" is a set of atoms. Phrases are written without accents, in lower case; compounds such as
 * "rechnungsdatum" are taken apart by `labels.ts` where their parts stand here.
 */
export const lexicon = {
  // What a label speaks about.
  invoice: `invoice|inv|tax invoice|rechnung|rechnungs|rg|rech|beleg|facture|fact|factuur|factura|fattura|bill|receipt|rcpt|bon|
    quittung|kassenbon|recu|ticket|recibo|ricevuta|scontrino|voucher|billing|e-invoice|debit note|document|doc|documento|transaction|trans`,
  credit: `credit note|credit memo|gutschrift|rechnungskorrektur|korrekturrechnung|storno|stornorechnung|avoir|note de credit|creditnota|
    creditfactuur|abono|nota de credito|factura rectificativa|nota di credito`,
  order: `order|purchase order|po|p.o|bestell|bestellung|auftrag|auftrags|commande|bon de commande|bestelling|order no|pedido|
    orden|orden de compra|ordine|ordine d acquisto|bc|ord|opdracht|bestel`,
  purchase: `purchase|purchase order|po|p.o|your order|ihre bestellung|bestell|bestellung|votre commande|bon de commande|uw bestelling|
    inkooporder|orden de compra|su pedido|ordine d acquisto|vostro ordine|customer order|client order|acheteur`,
  customer: `customer|client|cust|account|acct|kunde|kunden|kd|debitor|debitoren|klant|klanten|cliente|cli|member|membership|patient|
    mandant|abonne|abonnement`,
  delivery: `delivery|deliver|shipping|ship|shipment|shipped|dispatch|liefer|lieferung|lieferschein|versand|livraison|livre|expedition|levering|
    lever|verzend|verzending|entrega|envio|albaran|consegna|spedizione|ddt|despatch|do|do no|bl|bon de livraison|packing`,
  service: `service|leistung|leistungs|leistungsdatum|leistungszeitraum|prestation|prestations|dienst|servicio|servizio|prestazione|ausfuhrung`,
  period: `period|start|begin|beginning|beginn|debut|inicio|inizio|zeitraum|periode|periodo|du|from|von|billing period|abrechnungszeitraum|range|semaine|woche|week|mois|monat|month`,
  until: `to|bis|until|au|tot|hasta|al|through|thru|end|fin|ende|einde`,
  tax: `tax|vat|gst|sst|hst|pst|qst|mwst|ust|ust.|mehrwertsteuer|umsatzsteuer|steuer|steuerbetrag|tva|taxe|taxes|btw|iva|impuesto|imposta|
    sales tax|igic|irpf|levy|omzetbelasting|service tax|mva|moms`,
  registration: `registration|reg|reg no|register|registered|hrb|hra|handelsregister|amtsgericht|siret|siren|rcs|ape|naf|kvk|chamber of commerce|
    registro|mercantil|rea|roc|company no|co no|company number|gln|gtin|ein|duns|rcs|capital|brn|ssm`,
  identity: `id|identification|identnr|ident|idnr|identifikationsnummer|id-nr|identite|intracommunautaire|intracom|nif|cif|partita|piva|p.iva|
    codice|tin|vatin|identificatie|steuernummer|steuernr|steuer-nr|st-nr|tax no`,
  phone: `phone|tel|telephone|mobile|fax|telefon|telefax|tel.|telefono|mobil|handy|gsm|portable|telefoon|hotline|fon|movil|cel|hp|whatsapp|
    call|contact|helpline|h/p`,
  web: `e-mail|email|mail|web|website|www|internet|url|site|homepage|facebook|courriel|correo`,
  bank: `bank|banque|banco|banca|bic|swift|blz|bankleitzahl|konto|kontonr|kontonummer|compte|rekening|rekeningnummer|cuenta|conto|sort code|
    routing|account number|account no|bankverbindung|bankkonto|virement|uberweisung|transfer|beneficiary|beneficiaire|kontoinhaber|begunstigde|
    account name|account holder|payee|bank details|coordonnees bancaires|rib|bankgegevens|bonifico`,
  iban: `iban|iban-nr|iban no`,
  reference: `reference|ref|referenz|zeichen|referencia|riferimento|referentie|kenmerk|verwendungszweck|betalingskenmerk|concepto|causale|objet|
    objet|betreff|subject|asunto|oggetto|onderwerp|our ref|your ref|vos references|nos references`,
  contract: `contract|agreement|vertrag|vertrags|contrat|contract nr|contrato|contratto|overeenkomst|policy|police|versicherungsschein`,
  law: `law|laws|governed|govern|governing|governs|construed|jurisdiction|court|courts|venue|recht|gerichtsstand|droit|tribunal|tribunaux|ley|leyes|legge|foro`,
  effective: `effective|effective date|effective as of|as of|entered into|dated as of|in kraft|wirksam|en vigueur|vigente|ingangsdatum`,
  lasting: `duration|lasts|lasting|remain|remains|in effect|expire|expires|terminate|terminates|survive|survives|for a period of|a term of|laufzeit|dauer|duree|duracion|durata|looptijd|initial term|the term`,
  project: `project|projekt|projet|proyecto|progetto|marche|kostenstelle|cost center|job|task|case|sales order`,
  related: `liee|lie|associee|associe|original|ursprung|ursprungs|ursprungsbeleg|previous|vorige|origine|oorspronkelijk|bezug|related|zu rechnung|rectificada|
    rettificata|preceding|last|letzte|vorherige|precedente`,
  article: `item|items|article|artikel|art|sku|code|product|produkt|produit|material|mat|part|pos|position|ref article|articulo|articolo|ean|
    barcode|stock|model|serial|serien|batch|lot|charge|plu|catalogue|service code|hs code|tariff`,
  cashier: `cashier|cashler|till|register no|terminal|counter|kassierer|kasse|bediener|caissier|caisse|kassa|cajero|cassa|operator|server|user|
    staff|table|pax|station|token|shift|pos id|waiter|queue|lane|salesperson|sales person|sold by|verkaufer|vendeur|verkoper|clerk|slip|store|branch|
    outlet|shop|filiale|magasin|winkel|tienda|workstation|machine|auth|approval|appr|batch no|trace|merchant|approval code|card no|app`,
  vehicle: `vehicle|car|plate|kennzeichen|immatriculation|kenteken|matricula|targa|odometer|mileage|vin`,

  // Kinds of values.
  number: `number|no|num|nr|nummer|n|numero|nro|nb|#|n°|nº|no.|nr.|code|ziffer|nummern|numer`,
  date: `date|datum|dato|fecha|data|dt|dated|am|vom|tag|day|le|il|emision|jour|dag|dia|giorno|stand|den`,
  time: `time|uhrzeit|zeit|heure|tijd|hora|ora|uhr|timestamp`,
  issue: `issue|issued|issue date|ausgestellt|ausstellung|ausstellungs|emission|emise|emis|uitgegeven|emision|emitido|expedicion|emissione|emessa|
    erstellt|printed|created|factuurdatum|billing date|document date|belegdatum`,
  print: `print|printed|printed on|gedruckt|imprime|stampato|impreso|gedrukt|druck`,
  due: `due|to be paid|amount to be paid|to pay|payable|pay by|fallig|falligkeit|falligkeits|zahlbar|zahlungsziel|faellig|echeance|a regler|regler|vervaldatum|verval|vervalt|
    uiterste|te betalen|betaaldatum|vencimiento|vence|a pagar|scadenza|scade|da pagare|zu zahlen|zahlbetrag|zahlungsbetrag|zahllast|a payer|outstanding|
    uberweisungsbetrag|rechnungsendbetrag|balance|balance due|solde|restbetrag|offen|offener|offener betrag|openstaand|saldo|uberweisen|pay before|
    pay|payment due|amount owing|owing|owed|noch zu zahlen|restant|restant du|nog te betalen|pendiente|remaining|net a payer|netto te betalen|zu begleichen|begleichen|zahlen sie|payable by|pagar|pagare`,
  terms: `terms|zahlungsbedingungen|zahlungsbedingung|conditions|condities|betalingscondities|condiciones|condizioni|days|tage|jours|dagen|dias|giorni|
    skonto|escompte|innerhalb|within|binnen|delai|betalingstermijn|term`,
  expiry: `expiry|expires|valid|gultig|validity|valable|geldig|valido|vigencia|best before|warranty|return|exchange`,
  birth: `birth|born|geburt|geburts|naissance|geboorte|nacimiento|nascita|dob`,

  // Money.
  total: `total|totals|totaal|gesamt|gesamtbetrag|summe|somme|totale|totaux|rechnungsbetrag|endbetrag|endsumme|rechnungssumme|rechnungsendbetrag|
    gesamtsumme|gesamtpreis|factuurbedrag|totaalbedrag|importe total|ttl|eindtotaal|eindbedrag|montant total|importo totale|amt due|total amount|
    invoice amount|invoice total|suma|gesamtwert|summen|totalsumme|jumlah|totales|auftragssumme`,
  grand: `grand|grand total|final|final total|end|endbetrag|endsumme|gesamtbetrag|rechnungsbetrag|rechnungsendbetrag|eindtotaal|total general|
    overall|nett total|total rounded|rounded|total documento|total factura|totale documento|totale fattura|total facture|total invoice|total a pagar`,
  sub: `subtotal|sub total|sub-total|sub|zwischensumme|sous-total|sous total|subtotaal|subtotale|warenwert|zwischentotal|tussentotaal|sum of lines|
    positionssumme|summe positionen|merchandise|goods|goods total|artikelsumme|line total|carried forward|brought forward|ubertrag|zwischensumme seite|suma y sigue|a transportar|de transporte|overfort|att transportera|suma anterior|a reportar|riporto|a riportare|transporte|transport|over te brengen|subtotal page|a reporter|report|transport`,
  amount: `amount|amt|betrag|montant|bedrag|importe|importo|value|wert|sum|sales|price total|mnt|monto`,
  net: `net|nett|netto|nettobetrag|nettosumme|nettowert|ht|h.t|hors taxe|hors taxes|hors tva|htva|excl|exclusive|excluding|exc|ex|before tax|before vat|
    without tax|w/o tax|ohne mwst|ohne ust|exkl|exklusive|exclusief|zonder btw|base imponible|imponibile|sin iva|senza iva|pretax|pre-tax|vor steuern|excluded|
    taxable|netto betrag|not including|escluso|esclusa|excluido|base|basis|bemessungsgrundlage|steuerbasisbetrag|maatstaf|grundlage`,
  base: `base|basis|bemessungsgrundlage|steuerbasisbetrag|base imponible|imponibile|maatstaf|taxable|grundlage|tax base|taxable amount|taxable value|assiette`,
  part: `supplies|supply|standard rated|std rated|zero rated|zero-rated|reduced rate|reduced rated|exempt|exempted|sr|zr|zrl|zre|srs|steuerfrei|
    ermassigt|exonere|exoneree|taux reduit|vrijgesteld|laag tarief|hoog tarief|exento|exenta|esente|rated`,
  gross: `gross|brutto|bruttobetrag|bruttosumme|ttc|t.t.c|toutes taxes comprises|incl|inclusive|including|inc|inkl|inklusive|inclusief|con iva|iva incluido|
    iva inclusa|incluido|incluso|inclusa|compris|comprises|tvac|with tax|after tax|incl.of|bruto|lordo|einschliesslich|w/ gst|with gst|with vat|mit mwst|avec tva`,
  after: `after|nach|apres|na|despues|dopo`,
  plus: `plus|zzgl|zuzuglich|add|zuzugl|en sus|mas|piu`,
  rate: `rate|satz|steuersatz|taux|tarief|tipo|aliquota|prozent|percent|%|percentage`,
  discount: `discount|rabatt|remise|korting|descuento|sconto|saving|savings|nachlass|reduction|voucher discount|promo|promotion|less|abzug|abzuglich|disc|
    ersparnis|skonto|you saved|rabais|ristourne|member discount|gutschein`,
  shippingCost: `shipping|postage|freight|versandkosten|fracht|porto|frais de port|port|verzendkosten|gastos de envio|portes|spese di spedizione|
    delivery charge|delivery fee|handling|verpackung|transportkosten|lieferkosten|p&p|livraison offerte`,
  fee: `fee|charge|charges|service charge|gebuhr|gebuhren|frais|kosten|toeslag|cargo|recargo|spese|surcharge|zuschlag|svc|serv chg|svc chg|tip|trinkgeld|pourboire|bollo`,
  rounding: `rounding|round|rounding adj|rounding adjustment|rundung|rundungsdifferenz|arrondi|afronding|redondeo|arrotondamento|adj|adjustment|round adj|rnd|rounding amt|rounding off`,
  paid: `paid|prepaid|prepayment|advance|deposit|down payment|bezahlt|anzahlung|vorauszahlung|acompte|paye|verse|deja paye|regle|betaald|voldaan|aanbetaling|
    vooruitbetaling|voorschot|anticipo|pagado|acconto|pagato|received|erhalten|payment received|amount paid|payments|less paid|already paid|reglement|versement|abschlag|abschlagszahlung`,
  cash: `cash|bar|bargeld|gegeben|tendered|tender|tendered amount|cash tendered|payment|especes|contant|efectivo|contanti|visa|master|mastercard|card|amex|
    debit|karte|ec|girocard|carte|carte bancaire|pin|tarjeta|carta|maestro|credit card|paypal|paid amount|bar gegeben|kontant|wallet|e-wallet|grabpay|entregado|cash received`,
  change: `change|change due|ruckgeld|wechselgeld|zuruck|rendu|monnaie|wisselgeld|terug|cambio|resto|balance change|rendu monnaie|cash change|vuelto`,
  unitPrice: `unit price|price|u.price|u/p|u.p|u price|unit|unit cost|einzelpreis|stuckpreis|preis|e-preis|ep|einzel|prix unitaire|prix|p.u|pu|pu ht|stuksprijs|eenheidsprijs|prijs|
    precio unitario|precio|prezzo unitario|prezzo|prezzo unit|s/price|each|rate/unit|unitario|p unit|stk-preis|prix unit|je|a|nettopreis|listenpreis|per unit|@`,
  quantity: `quantity|qty|qte|quantite|menge|anzahl|aantal|cantidad|cant|quantita|qta|units|stuck|stk|hours|hrs|stunden|heures|uren|horas|ore|
    total qty|total quantity|no of items|item count|items sold|pcs|mge|total items|no. qty|unites`,
  lineAmount: `line total|line amount|amount|gesamtpreis|gp|g-preis|zeilensumme|zeilenbetrag|prix total|regeltotaal|importe|importo|ext price|extended|ext|positionsbetrag`,
  description: `description|desc|particulars|details|bezeichnung|beschreibung|leistung|artikelbezeichnung|artikelbeschreibung|designation|libelle|omschrijving|
    descripcion|concepto|descrizione|item description|goods|product|produkt|prestation|artikel|position|article|produit|service|text|item`,
  summary: `summary|analysis|breakdown|recap|aufstellung|ubersicht|ventilation|specificatie|resumen|riepilogo|tax code|detail tva|gst summary|vat summary|tax summary|specification|desglose`,
  points: `points|punkte|stamps|stamp|bonus|loyalty|rewards|limit|capital|capital social|stammkapital|kapital|au capital de|forfaitaire|indemnite`,
  currency: `currency|wahrung|devise|valuta|moneda|divisa|monnaie|betrage in|montants en|amounts in|munt`,

  // Parties.
  seller: `seller|supplier|vendor|from|issuer|issued by|rechnungssteller|rechnungsersteller|lieferant|verkaufer|anbieter|aussteller|absender|fournisseur|vendeur|emetteur|
    leverancier|verkoper|afzender|proveedor|vendedor|emisor|fornitore|venditore|cedente|prestatore|mittente|sold by|bill from|remit to|pay to|
    payable to|expediteur|merchant name|prestataire|dienstverlener|make cheques payable to|company|firma|societe|bedrijf|empresa|azienda|societa`,
  buyer: `buyer|bill to|billed to|billing address|sold to|invoice to|invoiced to|customer|client|kunde|kaufer|rechnungsempfanger|rechnungsadresse|rechnungsanschrift|
    rechnung an|auftraggeber|besteller|leistungsempfanger|acheteur|adresse de facturation|facture a|facturer a|adresse du client|destinataire|koper|klant|factuuradres|
    factuur aan|gefactureerd aan|comprador|facturar a|direccion de facturacion|cliente|acquirente|cessionario|committente|intestatario|destinatario|
    fatturare a|indirizzo di fatturazione|attn|attention|to|an|z.hd|a l attention de|t.a.v|messrs|m/s|facturado a|spett|spett.le|recipient|debtor|afnemer|empfanger|account to|datos del cliente|datos de facturacion|client facture|geadresseerde|bill-to|sold-to`,
  shipTo: `ship to|deliver to|delivery address|shipping address|lieferadresse|lieferanschrift|warenempfanger|versandadresse|lieferung an|adresse de livraison|livrer a|
    livre a|lieu de livraison|afleveradres|bezorgadres|verzendadres|direccion de envio|direccion de entrega|enviar a|indirizzo di consegna|indirizzo di spedizione|
    luogo di destinazione|consignee|ship-to|delivered to|leveradres|destinazione|consegnare a|entregar en`,
  name: `name|trade name|trading name|business name|nom commercial|handelsname|handelsnaam|nombre comercial|nome commerciale|nom|naam|nombre|nome|denomination|denominazione|ragione sociale|razon social|raison sociale|company name|firmenname`,
  address: `address|adresse|anschrift|adres|direccion|indirizzo|domicilio|sitz|strasse|street|siege|siege social|registered office|sede`,
  page: `page|seite|pagina|pag|blatt`,
  thanks: `thank|thanks|danke|merci|bedankt|gracias|grazie|vielen dank|thank you|welcome|please|bitte|terima kasih`,
} as const satisfies Record<string, string>;

export type Atom = keyof typeof lexicon;

/** Parts that only occur inside compounds, with the atoms they carry. */
export const compoundParts: Readonly<Record<string, readonly Atom[]>> = {
  rechnung: ["invoice"],
  rechnungs: ["invoice"],
  beleg: ["invoice"],
  factuur: ["invoice"],
  bestell: ["order", "purchase"],
  bestellungs: ["order", "purchase"],
  bestel: ["order", "purchase"],
  auftrag: ["order"],
  auftrags: ["order"],
  order: ["order"],
  kunden: ["customer"],
  klant: ["customer"],
  klanten: ["customer"],
  debiteur: ["customer"],
  debiteuren: ["customer"],
  liefer: ["delivery"],
  lieferschein: ["delivery"],
  lever: ["delivery"],
  leverings: ["delivery"],
  versand: ["delivery"],
  leistungs: ["service"],
  falligkeits: ["due"],
  zahlungs: ["due"],
  zahl: ["due"],
  verval: ["due"],
  betaal: ["due"],
  steuer: ["tax"],
  umsatzsteuer: ["tax"],
  mehrwertsteuer: ["tax"],
  mwst: ["tax"],
  ust: ["tax"],
  btw: ["tax"],
  ausstellungs: ["issue"],
  vertrags: ["contract"],
  contract: ["contract"],
  projekt: ["project"],
  vorgangs: ["reference"],
  referenz: ["reference"],
  geburts: ["birth"],
  druck: ["print"],
  artikel: ["article"],
  netto: ["net"],
  brutto: ["gross"],
  gesamt: ["total"],
  totaal: ["total"],
  end: ["total", "grand"],
  eind: ["total", "grand"],
  rest: ["due"],
  rabatt: ["discount"],
  einzel: ["unitPrice"],
  stuck: ["unitPrice"],
  konto: ["bank"],
  bank: ["bank"],
  register: ["registration"],
  handelsregister: ["registration"],
  nummer: ["number"],
  nr: ["number"],
  datum: ["date"],
  betrag: ["amount"],
  bedrag: ["amount"],
  summe: ["total"],
  preis: ["unitPrice"],
  prijs: ["unitPrice"],
  wert: ["amount"],
  satz: ["rate"],
  kosten: ["fee"],
  adresse: ["address"],
  anschrift: ["address"],
  adres: ["address"],
  empfanger: ["buyer"],
  steller: ["seller"],
  zeitraum: ["period"],
  id: ["identity"],
  ident: ["identity"],
  faktura: ["invoice"],
  kund: ["customer"],
  kunde: ["customer"],
  ordre: ["order"],
  leverans: ["delivery"],
  moms: ["tax"],
  belopp: ["amount"],
  belob: ["amount"],
  dato: ["date"],
  summa: ["total"],
  identnummer: ["identity", "number"],
  identifikations: ["identity"],
};
