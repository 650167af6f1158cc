import type { Configuration } from './configuration/index.ts';
import type { House } from './house.ts';
import { OperatorError } from './operator-error.ts';

/** The users of the profiles, whose passwords everybody knows. */
const WELL_KNOWN = [
  ['demo', 'demo'],
  ['connectors', 'connector'],
] as const;

/**
 * An earlier start may have left a default password in the records that this configuration does not mention: beyond loopback
 * it needs the same consent, and is said at every start. Only looked at where it matters, since it costs a hash for each.
 */
export async function refuseKnownPasswords(
  { identity, hashing }: House,
  configuration: Configuration,
): Promise<readonly string[]> {
  const said: string[] = [];
  if (!configuration.reachable || configuration.method === 'oidc') return said;
  for (const [username, password] of WELL_KNOWN) {
    const user = identity.snapshot().user(username);
    if (user === undefined || !(await hashing.verify(user.passwordHash, password))) continue;
    const found = `the records hold user ${username} with a password that everybody knows`;
    if (configuration.exposeUnprotected) {
      said.push(`${found}, and the APIs are reachable from other machines`);
      continue;
    }
    const fix = `change it with user passwd ${username}, keep to loopback, or consent with --expose-unprotected`;
    throw new OperatorError(
      'KNOWN_PASSWORD_EXPOSED',
      `${found}, and the APIs would be reachable from other machines: ${fix}`,
    );
  }
  return said;
}
