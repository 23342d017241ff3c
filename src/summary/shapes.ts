/** What a word is by its form alone: what may be said of words that were never learned. */

export const shapes = ["number", "spelled", "drug", "condition", "little", "short", "long"] as const;
export type Shape = (typeof shapes)[number];

/** Endings of international drug names (WHO stems) and of many brands. */
const drug =
  /(?:pril|olol|artan|statin|dipine|cillin|mycin|micin|cycline|floxacin|azole|prazole|tidine|formin|gliptin|glutide|flozin|glitazone|oxetine|opram|traline|azepam|zolam|barbital|codone|morphone|tramadol|profen|coxib|caine|sone|olone|onide|thasone|terol|tropium|lukast|semide|thiazide|parin|xaban|grel|mab|nib|vir|triptan|setron|pentin|gabalin|zosin|steride|afil|dronate|phylline|statin|insulin|thyroxine)$/;
/** Names in daily use that no ending gives away. */
const drugs = new Set(
  (
    "acetaminophen tylenol aspirin advil motrin aleve naproxen ultram percocet vicodin norco oxycontin morphine fentanyl dilaudid flexeril mobic meloxicam celebrex voltaren diclofenac indomethacin colchicine allopurinol methotrexate plaquenil humira enbrel remicade medrol " +
    "lasix bumex aldactone spironolactone coreg toprol lopressor diovan cozaar benicar norvasc hctz nitroglycerin amiodarone digoxin clonidine hydralazine lipitor crestor zocor plavix coumadin warfarin heparin lovenox eliquis xarelto " +
    "synthroid insulin lantus humalog novolog januvia jardiance ozempic trulicity farxiga glucotrol glyburide glipizide flovent advair symbicort spiriva singulair claritin zyrtec allegra benadryl flonase nasonex mucinex sudafed robitussin " +
    "prilosec nexium protonix pepcid zantac tums miralax colace senna imodium zofran reglan compazine neurontin lyrica cymbalta effexor wellbutrin bupropion trazodone zoloft prozac lexapro celexa ativan xanax klonopin valium ambien seroquel abilify risperdal lithium depakote keppra lamictal topamax dilantin imitrex " +
    "augmentin zithromax keflex bactrim cipro levaquin flagyl valtrex tamiflu paxlovid fosamax boniva prolia estradiol premarin cellcept prograf tacrolimus multivitamin"
  ).split(" "),
);
const symptoms = new Set(
  "pain pains swelling headache headaches nausea vomiting cough fever fevers chills rash fatigue dizziness numbness tingling weakness diarrhea constipation bleeding congestion itching palpitations anxiety depression insomnia migraine migraines reflux gout copd obesity murmur stones sinusitis allergies seizure seizures wheezing cancer anemia smoker".split(
    " ",
  ),
);
const condition =
  /(?:itis|osis|emia|algia|pathy|oma|uria|rrhea|rrhoea|plegia|paresis|ectasia|megaly|stenosis|sclerosis|trophy|plasia|cardia|pnea|phagia|edema|tension|glycemia|lipidemia|arthritis|thyroidism|trauma|fracture|infarction|syndrome|disease|disorder|failure|deficiency|cancer|carcinoma|asthma|diabetes|stroke|ulcer|hernia|sprain|infection|fever|cough|rash|nausea|vomiting)$/;

export const spelledNumbers: ReadonlyMap<string, number> = new Map([
  ..."zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
    .split(" ")
    .map((word, value): [string, number] => [word, value]),
  ..."twenty thirty forty fifty sixty seventy eighty ninety"
    .split(" ")
    .map((word, at): [string, number] => [word, 20 + 10 * at]),
  ["hundred", 100],
  ["thousand", 1000],
]);

/** @param word in lower case */
export const isDrugLike = (word: string) => drugs.has(word) || (word.length > 5 && drug.test(word));
export const isConditionLike = (word: string) => symptoms.has(word) || (word.length > 4 && condition.test(word));

/** @param word in lower case */
export function shapeOf(word: string): Shape {
  if (/\d/.test(word)) return "number";
  if (spelledNumbers.has(word)) return "spelled";
  if (isDrugLike(word)) return "drug";
  if (isConditionLike(word)) return "condition";
  if (word.length <= 3) return "little";
  return word.length <= 6 ? "short" : "long";
}
