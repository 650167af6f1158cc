import type { Bound } from './bind.ts';
import { MATRIX, type Method } from './matrix.ts';
import type { Problems } from './problems.ts';
import { isSaid } from './property.ts';

const METHOD = 'camunda.security.authentication.method';
const UNPROTECTED = 'camunda.security.authentication.unprotected-api';

export type ChosenMethod = {
  /** What protects the APIs. */
  readonly method: Method;
  /** Whose part of the profile applies. It differs for an unprotected API whose log-in is said to be OIDC. */
  readonly layer: Method;
  /** False where the profile alone chose it. */
  readonly said: boolean;
};

/** One method out of Camunda's two keys, from what people said; the profile fills in only where they said nothing. */
export function chooseMethod({ settings, originOf }: Bound, problems: Problems): ChosenMethod {
  const method = isSaid(originOf(METHOD)) ? settings[METHOD] : null;
  const unprotected = isSaid(originOf(UNPROTECTED)) ? settings[UNPROTECTED] : null;
  if (method === 'none' && unprotected === false) {
    problems.addUnless(
      [METHOD],
      UNPROTECTED,
      originOf(UNPROTECTED),
      `is false, which contradicts ${METHOD} none: remove one of them`,
    );
  }
  if (method === 'none') return { method, layer: 'none', said: true };
  if (unprotected === true) return { method: 'none', layer: method === 'oidc' ? 'oidc' : 'none', said: true };
  if (method !== null) return { method, layer: method, said: true };
  const byProfile = MATRIX[settings['stagedoor.profile']].default;
  if (unprotected === null) return { method: byProfile, layer: byProfile, said: false };
  const guarded = byProfile === 'none' ? 'basic' : byProfile;
  return { method: guarded, layer: guarded, said: true };
}
