import type { Bound } from './bind.ts';
import type { ChosenMethod } from './choose-method.ts';
import { MATRIX, supports } from './matrix.ts';
import type { StartOptions } from './option-source.ts';
import { sentence } from './problems.ts';
import { isSaid, type Origin } from './property.ts';
import type { Reports } from './reports.ts';

type Check = { readonly bound: Bound; readonly reports: Reports; readonly chosen: ChosenMethod };

const METHOD = 'camunda.security.authentication.method';
const UNPROTECTED = 'camunda.security.authentication.unprotected-api';
const USERS = 'camunda.security.initialization.users';

/** Keys that say opposite things. Where Camunda refuses the same, its own words stand first (facts, section 1.3). */
export function checkContradictions(check: Check): void {
  checkMatrix(check);
  checkOidcKeys(check);
  checkOidcUsers(check);
  checkTenancy(check);
  warnOfUnprotectedOidc(check);
  checkPorts(check);
  checkIssuerOrigin(check);
  checkKeyRotation(check);
}

function checkMatrix({ bound, reports, chosen }: Check): void {
  const { settings, originOf } = bound;
  const profile = settings['stagedoor.profile'];
  if (supports(profile, chosen.method)) return;
  const key = isSaid(originOf(METHOD)) ? METHOD : UNPROTECTED;
  const origin = originOf(key);
  reports.problems.addUnless(
    [METHOD, 'stagedoor.profile'],
    key,
    origin,
    `asks for ${chosen.method}, which profile ${profile} does not support: it requires ${MATRIX[profile].supported.join(' or ')}, so use --method oidc or another --profile`,
  );
}

/** The first OIDC key that a person set, noted or used. */
function firstOidcKey({ entries }: Bound): { key: string; origin: Origin } | undefined {
  return entries.find(
    ({ key, origin }) => isSaid(origin) && /^camunda\.security\.authentication\.(?:providers\.)?oidc[.[]/.test(key),
  );
}

function checkOidcKeys({ bound, reports, chosen }: Check): void {
  const first = firstOidcKey(bound);
  const saidNone = chosen.method === 'none' && chosen.said && !isBasicInWords(bound);
  if (!first || chosen.method === 'oidc' || saidNone) return;
  const why = chosen.said
    ? ''
    : `, and nothing but profile ${bound.settings['stagedoor.profile']} chose ${chosen.method}`;
  reports.problems.addUnless(
    [METHOD],
    first.key,
    first.origin,
    `contradicts the method. Oidc configuration is not supported with \`BASIC\` authentication method${why}: set ${METHOD} to oidc (or --method oidc), or remove the oidc keys`,
  );
}

/** `--method none` writes `basic` there as well, but nobody said it. */
function isBasicInWords({ settings, originOf }: Bound): boolean {
  const origin = originOf(METHOD);
  return settings[METHOD] === 'basic' && isSaid(origin) && origin.kind !== 'option';
}

function checkOidcUsers({ bound, reports }: Check): void {
  const origin = bound.originOf(USERS);
  if (bound.settings[METHOD] !== 'oidc' || !isSaid(origin) || bound.settings[USERS].length === 0) return;
  reports.problems.addUnless(
    [METHOD],
    USERS,
    origin,
    `contradicts the method. Creation of initial users is not supported with \`OIDC\` authentication method: remove them, or set ${METHOD} to basic`,
  );
}

/** Legal in Camunda, where only the web pages then ask for the log-in. */
function warnOfUnprotectedOidc({ bound, reports, chosen }: Check): void {
  if (chosen.method !== 'none' || chosen.layer !== 'oidc') return;
  reports.warnings.add(
    sentence(UNPROTECTED, bound.originOf(UNPROTECTED), `is true: the APIs let everybody in although ${METHOD} is oidc`),
  );
}

function checkTenancy({ bound, reports, chosen }: Check): void {
  const key = 'camunda.security.multi-tenancy.checks-enabled';
  // Nobody is assigned to a tenant where nobody says who he is: everything would be hidden from everybody.
  if (!bound.settings[key] || chosen.method !== 'none') return;
  const rule = 'needs a protected API: set it to false, or use --method basic or oidc';
  reports.problems.addUnless([], key, bound.originOf(key), rule);
}

const PORTS = ['server.port', 'stagedoor.issuer.port', 'management.server.port'] as const;

function checkPorts({ bound, reports }: Check): void {
  const seen = new Map<number, string>();
  for (const key of PORTS) {
    const port = bound.settings[key];
    const other = seen.get(port);
    if (port !== 0 && other !== undefined)
      reports.problems.addUnless(
        [other],
        key,
        bound.originOf(key),
        `is the port of ${other} as well (${port}): give each its own, or 0 for any free one`,
      );
    if (!seen.has(port)) seen.set(port, key);
  }
}

function checkIssuerOrigin({ bound, reports }: Check): void {
  const key = 'stagedoor.issuer.origin';
  const said = bound.settings[key];
  if (said === undefined || new URL(said).origin === said.replace(/\/$/, '')) return;
  reports.problems.addUnless(
    [],
    key,
    bound.originOf(key),
    `must be an origin alone, without path or query: ${new URL(said).origin}`,
  );
}

/** Each key waits an hour and is kept for a day after: more often than daily would only pile keys up. */
function checkKeyRotation({ bound, reports }: Check): void {
  const key = 'stagedoor.issuer.key-rotation';
  const milliseconds = bound.settings[key];
  if (milliseconds === 0 || milliseconds >= 86_400_000) return;
  reports.problems.addUnless([], key, bound.originOf(key), 'must be at least a day, or 0 for never');
}

/** Options that exclude each other. */
export function checkOptions(options: StartOptions, { problems }: Reports): void {
  if (options.memory === true && options.data !== undefined) {
    problems.addSentence(
      '--memory contradicts --data: the one keeps nothing, the other says where to keep it; use one of them',
    );
  }
}
