import { anything, duration, type Fields, flag, listOf, mapOf, prefixed, record, text, url } from '../value-type.ts';
import { providerLoginFields } from './provider-login.ts';

export const claim = text({
  rule: 'must be a claim name or a JSONPath of at most 256 characters',
  fits: (name) => name.length <= 256,
});

const loginOnly = 'Belongs to the log-in of browsers at the identity provider; API calls do not need it.';

/** What can be said of one identity provider (facts, section 1.2): in the flat block and for each `providers.oidc.<id>`. */
const trustFields = {
  'issuer-uri': {
    type: url,
    meaning: 'used',
    documentation:
      'The issuer whose tokens are trusted, exactly as in their `iss`. Its keys are found by discovery. The address of the embedded issuer stands for the embedded issuer.',
  },
  'jwk-set-uri': {
    type: url,
    meaning: 'used',
    documentation: 'Where the keys are, for an issuer without discovery. Where `issuer-uri` is set, discovery wins.',
  },
  'additional-jwk-set-uris': {
    type: listOf(url),
    meaning: 'used',
    documentation: 'More key sets, asked in order after the first one; the first that knows the `kid` wins.',
  },
  audiences: {
    type: listOf(text()),
    meaning: 'used',
    documentation:
      'Audiences of the Orchestration Cluster: a token must name at least one of them. Without them, a foreign issuer refuses the start.',
  },
  'username-claim': {
    type: claim,
    default: 'sub',
    meaning: 'used',
    documentation: 'The claim that names a user: a plain name or a JSONPath.',
  },
  'client-id-claim': {
    type: claim,
    meaning: 'used',
    documentation: 'The claim that names a client: a plain name or a JSONPath. Without it, no token is a client.',
  },
  'prefer-username-claim': {
    type: flag,
    default: 'false',
    meaning: 'used',
    documentation: 'Which one a token is that has both claims: true, the user; false, the client.',
  },
  'groups-claim': {
    type: claim,
    meaning: 'used',
    documentation: 'The claim that lists the groups of the caller. With it, the groups kept here are not used.',
  },
  'clock-skew': {
    type: duration(0, 600_000),
    default: '60s',
    meaning: 'used',
    documentation: 'How far the clocks may be apart when `exp` and `nbf` are checked; at most 10 minutes.',
  },
} satisfies Fields;

const notedFields = {
  'grant-type': { type: text(), meaning: 'noted', documentation: loginOnly },
  'user-info-augmentation': {
    type: anything,
    meaning: 'noted',
    documentation: 'Claims of API calls are taken from the token alone.',
  },
  'diagnostics.enabled': {
    type: flag,
    meaning: 'noted',
    documentation: '`stagedoor explain` tells why a token is refused.',
  },
  'organization-id': {
    type: text(),
    meaning: 'noted',
    documentation: 'The claim that carries the organization is not known by itself: pin it with `stagedoor.oidc.pins`.',
  },
  'jwt-cache': {
    type: anything,
    meaning: 'noted',
    documentation: 'Verified tokens are remembered by rules that cannot be set.',
  },
} satisfies Fields;

const providerFields = { ...trustFields, ...providerLoginFields, ...notedFields };

export const oidcFields = {
  ...prefixed('camunda.security.authentication.oidc.', providerFields),
  'camunda.security.authentication.oidc.registration-id': {
    type: text(),
    default: 'oidc',
    meaning: 'used',
    documentation: 'The id of the provider of the flat block.',
  },
  'stagedoor.oidc.jwk-set-grace': {
    type: duration(0, 86_400_000),
    default: '1h',
    meaning: 'used',
    documentation:
      'How long the keys that a foreign issuer published last serve while it cannot be asked; at most a day. Then its tokens are answered with 503.',
  },
  'camunda.security.authentication.providers.oidc': {
    type: mapOf(record(providerFields), 'id'),
    meaning: 'used',
    documentation:
      'More identity providers, each with the keys of the flat block; each needs its `issuer-uri`. An entry named like the flat block replaces it.',
  },
} satisfies Fields;
