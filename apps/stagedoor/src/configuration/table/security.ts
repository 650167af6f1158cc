import { DEFAULT_ID_PATTERN } from '@stagedoor/access';
import { anything, choice, duration, type Fields, flag, listOf, text } from '../value-type.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

const pattern = text({
  rule: 'must be a regular expression of at most 256 characters',
  fits: (source) => source.length <= 256 && compiles(source),
});

/** Camunda's switches that stand above the methods (facts, section 1.1 and 1.4). */
export const securityFields = {
  'camunda.security.authentication.method': {
    type: choice(['basic', 'oidc', 'none']),
    default: 'basic',
    meaning: 'used',
    documentation:
      "How callers prove who they are. `none` is Stagedoor's short form of `basic` with `unprotected-api: true`. Whoever says it here or with `--method` drops what the profile says for the other methods.",
  },
  'camunda.security.authentication.unprotected-api': {
    type: flag,
    default: 'false',
    meaning: 'used',
    documentation:
      'Lets every API call in without credentials; the log-in of the web session still asks for them. Served on loopback only, unless `--expose-unprotected` consents.',
  },
  'camunda.security.authentication.authentication-refresh-interval': {
    type: text(),
    meaning: 'noted',
    documentation: 'Memberships are never remembered across a change here, so that there is nothing to refresh.',
  },
  'camunda.security.authorizations.enabled': {
    type: flag,
    default: 'true',
    meaning: 'used',
    documentation: 'Whether permissions are checked. Off, every authenticated caller may do everything.',
  },
  'camunda.security.multi-tenancy.checks-enabled': {
    type: flag,
    default: 'false',
    meaning: 'used',
    documentation:
      'Whether callers see only what belongs to tenants that they are assigned to. Then the commands have to name a tenant.',
  },
  'camunda.security.multi-tenancy.api-enabled': {
    type: flag,
    meaning: 'noted',
    documentation: 'The tenant API has no switch of its own here.',
  },
  'camunda.security.id-validation-pattern': {
    type: pattern,
    default: DEFAULT_ID_PATTERN.source,
    meaning: 'used',
    documentation: 'What the ids of users, clients, groups, roles and mapping rules must match, as a whole.',
  },
  'camunda.security.csrf.enabled': {
    type: flag,
    default: 'true',
    meaning: 'used',
    documentation:
      'Whether unsafe requests of a web session need the header `X-CSRF-TOKEN`. Requests with Basic or Bearer credentials never do.',
  },
  'camunda.security.csrf.cookie-http-only': {
    type: flag,
    meaning: 'noted',
    documentation: 'The CSRF cookie is readable by scripts, as web pages need it.',
  },
  'camunda.security.csrf.ignored-path-patterns': {
    type: listOf(text()),
    meaning: 'noted',
    documentation: 'No path is exempt from the CSRF check here.',
  },
  'camunda.security.session.max-inactive-interval': {
    type: duration(SECOND, 30 * DAY),
    default: 'PT30M',
    meaning: 'used',
    documentation: 'How long a web session lives without a request.',
  },
  'camunda.security.session.heartbeat.enabled': {
    type: flag,
    meaning: 'noted',
    documentation: 'Every request of a session extends it here.',
  },
  'camunda.security.session.persistent.enabled': {
    type: flag,
    meaning: 'noted',
    documentation: 'Sessions are sealed cookies here and survive a restart; those of identity providers end with it.',
  },
  'camunda.security.http-headers': {
    type: anything,
    meaning: 'noted',
    documentation: "The response headers that harden web pages are always sent with Camunda's own defaults.",
  },
} satisfies Fields;

function compiles(source: string): boolean {
  try {
    return new RegExp(source) instanceof RegExp;
  } catch {
    return false;
  }
}
