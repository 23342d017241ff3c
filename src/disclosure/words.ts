import { meaningOf } from "../ranking/labels.ts";
import { lexicon } from "../ranking/lexicon.ts";
import { lexiconMore } from "../ranking/lexicon-more.ts";
import common from "./common-words.json" with { type: "json" };

/** Words of business documents beside the labels the ranker knows: table headings, legal forms, units, courtesies. */
const documents = `about account addr address age allergies amount apartment apt article attn ave avenue balance bank bar bc bhd
  biopsy birth block blvd born building bv calle card cash cedex change chapter city clinic clinica client co cod code
  comments company confidential contact contents copy corp corporation country county cp ctra customer data date dear
  delivery department depto description diagnosis diagnostico direction discount dni doctor document domicilio door dr
  drive ean edad eircode email end enc exam example exc excl fax fecha female final first flat floor form from gmbh
  gross group gst herr frau fraulein monsieur madame signor signora hospital hours hrs hs inc incl including income informe invoice issue item items jalan jl jln job kg
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

const wordsOf = (texts: readonly (string | undefined)[]): ReadonlySet<string> =>
  new Set(texts.flatMap((text) => split(text ?? "").map(plain)));

const labels = wordsOf([documents, calendar, ...Object.values(lexicon), ...Object.values(lexiconMore)]);
const running = wordsOf(common.words);

/** Whether a word is one that everybody uses: it may leave as it is. */
export function isCommon(word: string): boolean {
  const bare = plain(word);
  return labels.has(bare) || running.has(bare) || isCompound(bare);
}

/** Whether a word says what a value is rather than being part of one. */
export function isLabel(word: string): boolean {
  const bare = plain(word);
  return labels.has(bare) || isCompound(bare);
}

/** Labels of some languages are put together: "Rechnungsdatum". */
function isCompound(bare: string): boolean {
  return bare.length > 7 && meaningOf(bare).size > 1;
}

/** First names that are no other word: for texts without capitals. */
const firstNames = `aaron adam adrian agnes ahmed aisha alan albert alberto alejandro alessandro alex alexander alexandra alfred
  alice alicia alina alison amanda amelia amina amy ana anastasia anders andre andrea andreas andrew angela anita anna
  anne annette anthony antoine antonio ariane arthur astrid barbara beatrice benjamin bernard bertram bertha birgit
  boris brandon brenda brian bridget bruno camilla carla carlo carlos carol carolina caroline catherine cecilia
  charles charlotte chiara christian christina christine christoph christopher claire clara claudia claudio colin
  cristina cynthia daniel daniela danielle david deborah denise dennis diana diego dieter dmitri dominic donald donna
  dora dorothy edith eduardo edward elena elisabeth elizabeth ellen elsa emil emilia emily emma enrique eric erik
  erika esther eugene eva evelyn fabio fatima felix ferdinand fernando florian frances francesca francesco francis
  francisco franz frederick friedrich fritz gabriel gabriela gareth geoffrey george gerald gerhard gianni giovanni
  giulia giuseppe gloria gordon greta gustav hannah hans harald harold heather heidi heinrich helen helena helga
  henri henrik henry herbert hermann howard hubert ibrahim igor ines ingrid irene irina isabel isabella ivan jacob
  jacqueline jacques james jan jane janet jason javier jean jeffrey jennifer jeremy jessica joan joanna joao johan
  johann johannes john jonas jonathan jorge jose josef joseph joshua juan judith julia julian juliette karen karin
  karl karla katarina katherine kathleen kathrin katja keith kenneth kevin klaus konrad kristina kurt larissa larry
  lars laura lauren laurent leonardo leonie liam lina linda lisa lorenzo louis louise luca lucas lucia lucy ludwig
  luigi luis luisa lukas magdalena manfred manuel manuela marcel marco marcus margaret margarita maria marianne mario
  marion marta martha martin martina mary mateo matteo matthew matthias maurice mauricio maximilian melanie melissa
  michael michel michelle miguel mika mikhail milan mohamed mohammed monica monika muhammad nadia naomi natalia
  natalie natasha nathan nicholas nicola nicolas nicole niklas nikola nikolai nina noah nora norbert olaf oleg olga
  oliver olivia omar oscar oskar pablo pamela paolo pascal patricia patrick paul paula paulo pavel pedro peter petra
  philip philippe pierre rachel rafael ralf raul rebecca regina renate rene ricardo richard rita robert roberta
  roberto roger roland roman ronald rosa roxana rudolf ruth ryan sabine salvatore samantha samuel sandra sara sarah
  sebastian sergei sergio sharon sheila silvia simon simone sofia sonia sonja sophia sophie stefan stefania stefano
  stella stephan stephanie stephen steven susan susanne svetlana sylvia tamara tanja tatiana teresa theodor theresa
  thomas timothy tobias tracy ulrich ulrike ursula valentina valeria vanessa vera veronica veronika victor victoria
  viktor viktoria vincent virginia vladimir walter wanda werner wilhelm william wolfgang xavier yolanda yusuf yvonne`;

const givenNames = wordsOf([firstNames]);

export function isFirstName(word: string): boolean {
  return givenNames.has(plain(word));
}
