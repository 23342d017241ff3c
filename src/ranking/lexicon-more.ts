import type { Atom } from "./lexicon.ts";

/** The same for Swedish, Danish and Portuguese. */
export const lexiconMore: Readonly<Partial<Record<Atom, string>>> = {
  invoice:
    "faktura|fakt|kundfaktura|regning|salgsfaktura|bilag|bilags|fatura|fatura recibo|kvitto|kvittering|bon|recibo|talao|ft",
  credit: "kreditfaktura|kreditnota|kredit|nota de credito|nc",
  order:
    "order|ordre|bestallning|bestallnings|bestilt|uppdrag|arbetsorder|sag|sags|encomenda|pedido|orcamento|requisicao|rekvisition|rekvisitions",
  purchase:
    "er order|ert order|ert ordernr|er bestallning|inkop|inkops|bestallningsnummer|rekvisition|rekvisitions|deres ordre|deres ordrenr|jeres ordre|indkobs|indkobsordre|v encomenda|nota de encomenda|requisicao|ordem de compra|sua encomenda",
  customer: "kund|kunde|debitor|cliente|assinante",
  delivery:
    "leverans|leverat|levererat|levering|leverings|leveret|leverings|foljesedel|folgeseddel|afsendt|entrega|entregue|guia|guia de remessa|remessa|carga",
  service: "utforande|ydelse|tjanst|servico",
  period: "period|fran|fra|periodo",
  until: "till|til|ate|fram till|senast",
  tax: "moms|momsbelopp|momsbelob|mervardesskatt|iva|imposto",
  registration: "org|orgnr|organisationsnummer|foretagsnummer|alvara|registo|cae|conservatoria|cvr",
  identity: "momsreg|momsregistreringsnummer|momsnr|momsnummer|cvr|nif|nipc|contribuinte|contrib|se nr",
  phone: "tfn|tlf|telefone|telemovel|telef",
  web: "e post|mejl|correio",
  bank: "bank|bankuppgifter|bankgiro|plusgiro|bankoplysninger|pengeinstitut|kontohaver|kontoinnehavare|betalningsmottagare|titular|beneficiario|conta|entidade",
  reference: "referens|ocr|var referens|er referens|deres ref|vor ref|referencia|mottagare",
  contract: "avtal|aftale|contrato",
  project: "projekt|markning|kostnadsstalle|obra|projeto|assunto",
  article: "artikel|art|vare|varenr|varenummer|artigo|codigo",
  cashier: "kassa|kassor|ekspedient|operador|caixa|vendedor",
  number: "nr|nummer|numero|n",
  date: "datum|dato|dag|data|emitida em|em",
  time: "tid|kl|hora",
  issue: "utfardad|udstedt|emissao|emitida",
  due: "forfallodatum|forfallodag|forfaller|forfalls|forfaldsdato|forfalder|forfalds|betalas|betalas senast|betalingsfrist|betales|betales senast|oss tillhanda|vencimento|vence|pagar ate|data limite|att betala|kvar att betala|aterstar att betala|at betale|til betaling|restbelopp|restbelob|skyldigt belob|em divida|divida|a pagar|saldo|sidste rettidige",
  terms: "betalningsvillkor|villkor|dagar|betalingsbetingelser|dage|condicoes|dias",
  total: "totalt|summa|totalbelopp|fakturabelopp|i alt|total|fakturabelob|valor total|belob i alt|sum|montante total",
  grand:
    "att betala|summa att betala|fakturabelopp|fakturabelob|at betale|total til betaling|total a pagar|total da fatura",
  sub: "delsumma|varuvarde|varebelob|subtotal|total iliquido|mercadoria|soma",
  amount: "belopp|belob|valor|montante",
  net: "netto|nettobelopp|nettobelob|exkl|ekskl|exkl moms|ekskl moms|fore moms|momspligtigt|base tributavel|incidencia|sem iva|liquido|total liquido",
  base: "underlag|momsunderlag|momspligtigt|incidencia|base tributavel",
  gross: "brutto|inkl|inkl moms|com iva|iva incluido|inclui",
  rate: "sats|momssats|taxa",
  discount: "rabatt|rabat|avgar|fradrag|desconto|descontos",
  shippingCost: "frakt|fraktkostnad|porto|fragt|forsendelse|portes|transporte|exp avgift",
  rounding: "avrundning|oresavrundning|afrunding|oreafrunding|arredondamento",
  paid: "forskott|betalt|tidigare betalt|a conto|aconto|forudbetalt|indbetalt|adiantamento|sinal|ja pago|recebido",
  cash: "kontant|kort|kontanter|dankort|dinheiro|multibanco|mbway|cartao",
  change: "vaxel|tillbaka|byttepenge|retur|troco",
  unitPrice: "pris|a pris|styckpris|enhetspris|enhedspris|stk pris|preco|preco unitario|p unit|pr unitario",
  quantity: "antal|ant|kvantitet|timmar|maengde|timer|quantidade|qtd|qt|quant",
  lineAmount: "radsumma|linjetotal|pris i alt|total|valor liquido",
  description:
    "beskrivning|benamning|specifikation|tjanst|beskrivelse|varetekst|tekst|ydelse|betegnelse|descricao|designacao|servico|produto",
  seller: "saljare|leverantor|saelger|leverandor|emitente|fornecedor|avsandare",
  buyer:
    "kund|kopare|fakturaadress|faktureras|faktureres til|kober|cliente|exmo|exmos|faturar a|adquirente|destinatario|till|til",
  shipTo:
    "leveransadress|levereras till|godsmottagare|leveringsadresse|leveres til|varemodtager|local de entrega|entregar em|morada de entrega",
  name: "namn|navn|nome",
  address: "adress|adresse|morada|gatuadress",
  page: "sida|sid|side|pagina|pag",
  thanks: "tack|tak|obrigado|obrigada",
};
