import { lexicon } from "../ranking/lexicon.ts";
import { lexiconMore } from "../ranking/lexicon-more.ts";
import common from "./common-words.json" with { type: "json" };

/** Words of business documents beside the labels the ranker knows: table headings, legal forms, units, courtesies. */
const documents = `about account addr address age allergies amount apartment apt article attn ave avenue balance bank bar bc bhd
  biopsy birth block blvd born building bv calle card cash cedex change chapter city clinic clinica client co cod code
  comments company confidential contact contents copy corp corporation country county cp ctra customer data date dear
  delivery department depto description diagnosis diagnostico direction discount dni doctor document domicilio door dr
  drive ean edad eircode email end enc exam example exc excl fax fecha female final first flat floor form from gmbh
  gross group gst hospital hours hrs hs inc incl including income informe invoice issue item items jalan jl jln job kg
  km last license licence limited line list llc llp ltd ltda machine male man medical medico medication medications
  member message method mg mlle mm mme mr mrs ms mwst name nacimiento nass nationality nhc nif nombre note notes
  number oggetto operator order original page pages paid particulars passport patient paciente payment pcs period
  phone piso place plaza please po point postcode pos prix product prof provincia pte purpose qty quantity ram
  receipt record rechnung reference regards remarks report result results road rm rounding route sa sales sarl sas
  sdn second section security senor senora service sex sexo sheet shop signature sincerely size sl social sold ssn
  st state station status store strasse str street subject subtotal suite sum summary surgery surname tax tel terms
  test thank thanks third time title to total unit units urgent user vat visit vital woman year years your zip`;

/** Names of time and money that tell nothing about anybody. */
const calendar = `january february march april may june july august september october november december jan feb mar apr jun jul
  aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun januar
  februar marz mai juni juli oktober dezember enero febrero marzo abril mayo junio julio agosto septiembre octubre
  noviembre diciembre janvier fevrier mars avril juin juillet aout septembre octobre novembre decembre gennaio
  febbraio aprile maggio giugno luglio settembre ottobre dicembre am pm utc usd eur gbp myr chf cad aud jpy sek nok
  dkk pln czk huf inr cny sgd euro euros dollar dollars cents iban bic swift gst sst vat qr pdf www http https com`;

/** Lower case, without accents. */
export function plain(word: string): string {
  return word.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

function split(text: string): readonly string[] {
  return text.split(/[^\p{L}]+/u).filter((word) => word.length > 1);
}

const known: ReadonlySet<string> = new Set(
  [...common.words, documents, calendar, ...Object.values(lexicon), ...Object.values(lexiconMore)].flatMap((text) =>
    split(text ?? "").map(plain),
  ),
);

/** Whether a word is one that everybody uses: it may leave as it is. */
export function isCommon(word: string): boolean {
  return known.has(plain(word));
}
