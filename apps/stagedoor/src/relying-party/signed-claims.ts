import { type IssuerPolicy, isSignatureAlgorithm, isSignedByOne, readCompactToken } from '@stagedoor/tokens';

export type SignedClaims =
  | { readonly kind: 'signed'; readonly claims: Readonly<Record<string, unknown>> }
  /** `problem` completes "the token …". */
  | { readonly kind: 'refused'; readonly problem: string }
  | { readonly kind: 'unavailable'; readonly operator: string; readonly retryAfterSeconds: number };

type Header = Readonly<Record<string, unknown>>;

const MAX_LENGTH = 32_768;

/**
 * The claims of a token that its issuer signed: by a key that the policy finds, with an algorithm that it accepts, of one of
 * these types (RFC 7515 section 4.1.9; null for none, without regard to case). Not checked here: any claim.
 */
export async function readSignedClaims(
  token: string,
  { keys, algorithms }: Pick<IssuerPolicy, 'keys' | 'algorithms'>,
  types: readonly (string | null)[],
): Promise<SignedClaims> {
  if (token.length > MAX_LENGTH) return refused('is too long');
  const read = readCompactToken(token);
  if (!read.ok) return refused(read.problem);
  const { alg, kid } = read.value.header;
  const problem = problemOfHeader(read.value.header, types);
  if (problem !== null) return refused(problem);
  if (!isSignatureAlgorithm(alg) || !algorithms.includes(alg)) return refused('is signed with another algorithm');
  if (kid !== undefined && typeof kid !== 'string') return refused('has a kid that is no text');
  const found = await keys.find(kid, alg);
  if (found.kind === 'unavailable') return found;
  if (found.kind !== 'keys') return refused('is signed with a key that its issuer does not publish');
  if (!(await isSignedByOne(token, found.keys, alg))) return refused('has a wrong signature');
  return { kind: 'signed', claims: read.value.claims };
}

function problemOfHeader({ typ = null, crit, b64 }: Header, types: readonly (string | null)[]): string | null {
  if (crit !== undefined || b64 !== undefined) return 'has a critical header';
  const type = typeof typ === 'string' ? typ.toLowerCase() : typ;
  return types.some((allowed) => allowed === type) ? null : 'is of another type';
}

function refused(problem: string): SignedClaims {
  return { kind: 'refused', problem };
}
