import { weightsOf } from "../fit.ts";
import type { Course, Judgement, LessonParts } from "./lesson.ts";
import type { Exemplar } from "./memory.ts";
import { type FieldsModel, modelSchema } from "./model.ts";
import type { SecondWeights } from "./second.ts";

/** What was learned as it goes into the profile. Examples that contradict others are not remembered. */
export function modelOf(
  { sheets, remembered, sound }: Course,
  { readers, judgement }: LessonParts,
  second: SecondWeights,
): FieldsModel {
  const paths = sheets.flatMap(({ field, names }) => {
    const own = readers.get(field.path);
    if (own === undefined) return [];
    const { finders, absence, logit, forest } = own;
    const fusion = judgement.fusion[field.path] ?? {};
    return [[field.path, { finders, absence, logit: weightsOf(names.list, logit), forest, fusion }] as const];
  });
  return {
    schema: modelSchema,
    paths: Object.fromEntries(paths),
    orders: judgement.orders,
    calibration: judgement.calibration,
    second,
    memory: remembered.exemplars.flatMap((exemplar, at) =>
      sound.has(at) ? [withRecord(exemplar, at, judgement)] : [],
    ),
  };
}

/** The exemplar with whether it was read rightly by readers that had not seen it. */
function withRecord({ tokens, answers }: Exemplar, at: number, { rights }: Judgement): Exemplar {
  const known = Object.entries(answers).map(([path, { value, key, marks }]) => {
    const right = rights.get(path)?.get(at) ?? null;
    return [path, { value, key, right, marks }] as const;
  });
  return { tokens, answers: Object.fromEntries(known) };
}
