/**
 * Lines of a document that speak to a machine instead of about the matter. They are never sent, and no
 * value is taken from them: whoever writes "ignore the above" into an invoice wants something.
 */
const commands: readonly RegExp[] = [
  /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|other|your|system|these)\b.{0,30}(?:instruction|prompt|rule|context|text|message|candidate|question|order)/iu,
  /\b(?:you are|act as|pretend to be|respond as)\b.{0,30}\b(?:ai|a\.i\.|assistant|language model|llm|chatbot|gpt|agent|model|system)\b/iu,
  /\b(?:system|developer|assistant)\s?(?:prompt|message|instruction)s?\b/iu,
  /\b(?:ai|llm|language model|ai assistant|ai model|chatbot|gpt)s?\b.{0,30}\b(?:must|should|shall|please|will|has to|have to)\b.{0,40}\b(?:answer|return|output|respond|reply|choose|pick|use|set|send|reveal|print|write|say|report)/iu,
  /\b(?:answer|return|output|respond|reply|choose|pick|print|reveal|send|repeat)\b.{0,40}\b(?:instead|only with|exactly|as json|system prompt|api key|your instructions|full document|whole document|all lines|everything above)\b/iu,
  /<\/?(?:system|assistant|user|instructions?|prompt)>|\[\/?(?:INST|SYSTEM)\]|<\|[a-z_]+\|>/iu,
  /\b(?:ignorier|vergiss|missacht)\w*\b.{0,40}\b(?:anweisung|vorherig|obig|regel|befehl)/iu,
  /\b(?:ignore[zr]?|oublie[zr]?)\b.{0,40}\b(?:instructions?|consignes?|précédent)/iu,
  /\b(?:ignor[ae]|olvid[ae]|dimentica)\w*\b.{0,40}\b(?:instrucci|istruzion|anterior|precedent)/iu,
];

export function speaksToMachines(line: string): boolean {
  const text = line.normalize("NFKC").replaceAll(/[\u200B-\u200F\u2060\uFEFF]/g, "");
  return commands.some((command) => command.test(text));
}
