import { expect } from 'vitest';

type Phase = 'before' | 'changing' | 'after';

const CALLERS = 3;
const LOOKS_OF_EACH = 4;

/**
 * Several callers look again and again, on connections that stay open; then something is changed. Nobody who began to look
 * after the change was answered sees anything any more.
 *
 * @param look whether a caller sees something now
 */
export async function seesNothingAfter(change: () => Promise<unknown>, look: () => Promise<boolean>): Promise<void> {
  let phase: Phase = 'before';
  // What was answered while the change was under way may be one or the other.
  const sightings: { readonly began: Phase; readonly ended: Phase; readonly saw: boolean }[] = [];
  const lookOnce = async () => {
    const began = phase;
    const saw = await look();
    sightings.push({ began, ended: phase, saw });
  };
  const seen = (counted: Phase) =>
    sightings.filter(({ began, ended }) => began === counted && ended === counted).map(({ saw }) => saw);
  const lookUntil = async (isEnough: () => boolean) => {
    while (!isEnough()) await lookOnce();
  };

  await lookUntil(() => sightings.length >= LOOKS_OF_EACH);
  const callers = Promise.all(
    Array.from({ length: CALLERS }, () => lookUntil(() => seen('after').length >= CALLERS * LOOKS_OF_EACH)),
  );
  phase = 'changing';
  await change();
  phase = 'after';
  // The very next one, on whatever connection is free.
  const next = await look();
  await callers;
  expect({ before: new Set(seen('before')), next, after: new Set(seen('after')) }).toEqual({
    before: new Set([true]),
    next: false,
    after: new Set([false]),
  });
}
