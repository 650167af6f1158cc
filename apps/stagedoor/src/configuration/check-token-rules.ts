import type { ProviderCheck } from './check-embedded.ts';
import { isSaid, joinKey } from './property.ts';
import type { ConfiguredProvider } from './providers.ts';

/** What is said of one foreign issuer's tokens under our own keys must be able to mean something. */
export function checkTokenRules(one: ConfiguredProvider, { bound, reports }: Omit<ProviderCheck, 'providers'>): void {
  const own = joinKey('stagedoor.oidc.providers', [one.id]);
  const refuse = (key: string, rule: string) => reports.problems.addUnless([], key, bound.originOf(key), rule);
  if (one.issuerUri === undefined && one.policy.issuerAliases.length > 0)
    refuse(`${own}.issuer-aliases`, `are other names of an issuer that has none: set ${one.key}.issuer-uri`);
  for (const [claim, values] of one.clientWhere) {
    if (values.length === 0)
      refuse(joinKey(`${own}.client-where`, [claim]), 'has no value: say by which values a client is known');
  }
  const [mark, another] = [
    ...(one.userWhere === undefined ? [] : [`${own}.user-where`]),
    ...(one.clientWhere.size === 0 ? [] : [`${own}.client-where`]),
  ];
  if (mark === undefined) return;
  if (another !== undefined) refuse(another, `contradicts ${mark}: tell users and clients apart in one way`);
  if (one.policy.clientIdClaim === null)
    refuse(mark, `tells tokens of clients apart, and nothing names a client: set ${one.key}.client-id-claim`);
  const preferring = `${one.key}.prefer-username-claim`;
  if (isSaid(bound.originOf(preferring)))
    refuse(preferring, `contradicts ${mark}, which alone says whether a token is a user’s or a client’s`);
}
