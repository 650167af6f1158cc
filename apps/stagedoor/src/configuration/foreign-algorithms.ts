import type { SignatureAlgorithm } from '@stagedoor/tokens';

/** Algorithms of a foreign issuer: the original's (facts, section 4.1), and EdDSA. */
export const FOREIGN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const satisfies readonly SignatureAlgorithm[];
