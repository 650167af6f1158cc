import type { Bound } from './bind.ts';
import type { FixedClient, InitializationPlan } from './configuration.ts';
import { isWellKnownSecret } from './initialization-plan.ts';
import { isLoopback } from './loopback.ts';
import type { Method } from './matrix.ts';
import { sentence } from './problems.ts';
import type { Reports } from './reports.ts';

type Exposure = {
  readonly bound: Bound;
  readonly reports: Reports;
  readonly method: Method;
  readonly initialization: InitializationPlan;
  readonly clients: readonly FixedClient[];
  readonly consent: boolean;
};

/** `none` and passwords that everybody knows are served on loopback only, unless somebody consents (design, rule 2). */
export function checkExposure({ bound, reports, method, initialization, clients, consent }: Exposure): void {
  const key = 'server.address';
  if (isLoopback(bound.settings[key])) return;
  const origin = bound.originOf(key);
  for (const what of exposed(method, initialization, clients)) {
    if (consent) reports.warnings.add(sentence(key, origin, `reaches beyond this machine, and ${what}`));
    else
      reports.problems.addUnless(
        [],
        key,
        origin,
        `reaches beyond this machine, and ${what}: keep to loopback, or consent with --expose-unprotected`,
      );
  }
}

function exposed(method: Method, { users }: InitializationPlan, clients: readonly FixedClient[]): string[] {
  const wellKnownUsers =
    method === 'oidc' ? [] : users.filter((user) => user.wellKnown).map((user) => `user ${user.username}`);
  const wellKnownClients = clients.filter(
    ({ clientId, authentication: by }) => by.kind === 'secret' && isWellKnownSecret(clientId, by.text),
  );
  const names = [...wellKnownUsers, ...wellKnownClients.map(({ clientId }) => `client ${clientId}`)];
  return [
    ...(method === 'none' ? ['method none lets everybody in'] : []),
    ...names.map((name) => `the password of ${name} is one that everybody knows`),
  ];
}
