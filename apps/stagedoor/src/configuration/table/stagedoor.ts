import { APIS } from '@stagedoor/access';
import { FOREIGN_ALGORITHMS } from '../foreign-algorithms.ts';
import { PROFILES } from '../matrix.ts';
import { readNetwork } from '../network.ts';
import { PRESETS } from '../preset.ts';
import { choice, duration, type Fields, flag, listOf, mapOf, record, text, url } from '../value-type.ts';
import { client } from './clients.ts';
import { claim } from './oidc.ts';
import { port } from './server.ts';

const SECOND = 1000;
const DAY = 86_400 * SECOND;

const clusterId = text({
  rule: 'must be a UUID in lower case',
  fits: (id) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id),
});
const region = text({
  rule: 'must be a DNS label: lower-case letters, digits and hyphens, at most 63',
  fits: (label) => /^[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/.test(label),
});
const hostName = text({
  rule: 'must be a host name without scheme, port and path',
  fits: (name) =>
    name.length <= 253 && /^[a-z\d_](?:[a-z\d_-]*[a-z\d_])?(?:\.[a-z\d_](?:[a-z\d_-]*[a-z\d_])?)*$/i.test(name),
});
const proxy = text({
  rule: 'must be an IP address, or a network such as 10.1.0.0/16',
  fits: (network) => readNetwork(network) !== null,
});
/** Headers that mean something by themselves cannot carry a certificate. */
const certificateHeader = text({
  rule: 'must be the name of a header for nothing else, such as Client-Cert',
  fits: (name) =>
    /^[a-z\d][a-z\d-]{2,63}$/i.test(name) &&
    !/^(?:host|cookie|authorization|dpop|forwarded|via|x-forwarded-(?!tls).*)$/i.test(name),
});
const clusterName = text({ rule: 'must be at most 256 characters', fits: (name) => name.length <= 256 });

const pins = {
  type: mapOf(listOf(text()), 'claim'),
  meaning: 'used',
  documentation:
    'Claims that every token of a foreign issuer must have, each with the values that are allowed. The second pin beside the audience, for an issuer that many customers share.',
} as const;
const audienceCheck = {
  type: flag,
  default: 'true',
  meaning: 'used',
  documentation:
    'The switch with which the audience of foreign tokens goes unchecked. It takes at least one pin in its place, and every start says so.',
} as const;

const componentPermissions = {
  type: flag,
  default: 'false',
  meaning: 'used',
  documentation:
    'Whether the claim `permissions` of a foreign token, as in Camunda 8.6 (`{"operate-api": ["read:*", "write:*"]}`), grants what Operate 8.6 granted by it. Off, it grants nothing.',
} as const;

const jwkSetFile = {
  type: text(),
  meaning: 'used',
  documentation:
    'A file with the JWK set of the issuer, in place of its address, where the issuer cannot be reached from here. It is read again every few minutes, and when a key is missing. `issuer-uri` still says whose tokens are meant.',
} as const;

/** Our own keys of one identity provider. */
const provider = record({
  preset: {
    type: choice(PRESETS),
    meaning: 'used',
    documentation:
      'What is known of the access tokens of a widespread identity provider: names of claims, algorithms, and how a client is told from a user. Each key that is given overrules it; `stagedoor config` shows what came from it.',
  },
  'issuer-aliases': {
    type: listOf(text({ rule: 'must be at most 512 characters', fits: (issuer) => issuer.length <= 512 })),
    meaning: 'used',
    documentation:
      'More values of `iss` that are this issuer’s, exactly as they stand in tokens. Its keys are the same, and its own metadata may call it so.',
  },
  algorithms: {
    type: listOf(choice(FOREIGN_ALGORITHMS)),
    meaning: 'used',
    documentation: 'The signature algorithms that are accepted; all of these where none is named.',
  },
  'token-types': {
    type: listOf(text({ rule: 'must be at most 128 characters', fits: (type) => type.length <= 128 })),
    meaning: 'used',
    documentation:
      'The `typ` headers that are accepted, `none` for a token without one; `JWT`, `at+jwt`, `application/at+jwt` and `none` where none is named.',
  },
  'user-where': {
    type: claim,
    meaning: 'used',
    documentation:
      'A claim that only tokens of users have (`scp` of Entra, `uid` of Okta): with it, a token without it is a client’s. A plain name or a JSONPath.',
  },
  'client-where': {
    type: mapOf(listOf(text()), 'claim'),
    meaning: 'used',
    documentation:
      'Claims by whose values a client’s token is known (`gty: client-credentials` of Auth0): with them, every other token is a user’s.',
  },
  'audience-check': audienceCheck,
  pins,
  'component-permissions': componentPermissions,
  'jwk-set-file': jwkSetFile,
});

const apiAudiences = {
  type: listOf(text()),
  meaning: 'used',
  documentation: 'The audiences that open this API, in place of those that it has otherwise.',
} as const;

/** Our own keys. */
export const stagedoorFields = {
  'stagedoor.profile': {
    type: choice(PROFILES),
    default: 'c8run',
    meaning: 'used',
    documentation: 'The distribution whose defaults apply.',
  },
  'stagedoor.cluster-id': {
    type: clusterId,
    meaning: 'used',
    documentation:
      'The id of the cluster, which also stands in front of paths. Without it, one is made at the first start and kept.',
  },
  'stagedoor.cluster-name': {
    type: clusterName,
    default: 'stagedoor',
    meaning: 'used',
    documentation: 'The name of the cluster.',
  },
  'stagedoor.region': {
    type: region,
    default: 'local',
    meaning: 'used',
    documentation: 'The region of the cluster, as in the addresses of the SaaS form.',
  },
  'stagedoor.data': {
    type: text(),
    default: './.stagedoor',
    meaning: 'used',
    documentation: 'The data directory. `--memory` keeps nothing.',
  },
  'stagedoor.hosts': {
    type: listOf(hostName),
    meaning: 'used',
    documentation: 'Host names, beside those of loopback, by which requests may call this program.',
  },
  'stagedoor.forwarded.peers': {
    type: listOf(proxy),
    meaning: 'used',
    documentation:
      'The proxies that are believed about address, scheme, host and certificate of their clients: IP addresses or networks. Nobody else is, and without this key nobody is. They must set each of these headers, also where their client sent one.',
  },
  'stagedoor.forwarded.headers': {
    type: choice(['x-forwarded', 'forwarded']),
    default: 'x-forwarded',
    meaning: 'used',
    documentation:
      'In which headers they say it: `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded` (RFC 7239). The others are not looked at.',
  },
  'stagedoor.forwarded.certificate-header': {
    type: certificateHeader,
    meaning: 'used',
    documentation:
      'The header in which they hand on the client certificate, such as `Client-Cert` (RFC 9440): as a byte sequence, as PEM with percent signs (nginx), or as bare base64. Without it, no client of theirs has a certificate.',
  },
  'stagedoor.issuer.port': {
    type: port,
    default: '18080',
    meaning: 'used',
    documentation: 'The port of the embedded issuer; 0 takes any free one.',
  },
  'stagedoor.issuer.origin': {
    type: url,
    meaning: 'used',
    documentation:
      'Scheme, host and port of the embedded issuer as others see it, and so its issuer identifier; `http://localhost:<port>` where it is missing.',
  },
  'stagedoor.issuer.token-lifetime': {
    type: duration(SECOND, DAY),
    default: '300s',
    meaning: 'used',
    documentation: 'How long an access token of the embedded issuer lives; at most a day.',
  },
  'stagedoor.issuer.algorithm': {
    type: choice(['RS256', 'ES256', 'EdDSA']),
    default: 'RS256',
    meaning: 'used',
    documentation: 'With what the embedded issuer signs.',
  },
  'stagedoor.issuer.key-rotation': {
    type: duration(0, 3650 * DAY),
    default: 'P90D',
    meaning: 'used',
    documentation:
      'How long a signing key of the embedded issuer signs before the next one does, at least a day; 0 for as long as nobody rotates it with `stagedoor key rotate`. The next key is published an hour before it signs, the old one until its last token has expired.',
  },
  'stagedoor.audit.retention': {
    type: duration(DAY, 3650 * DAY),
    default: 'P90D',
    meaning: 'used',
    documentation:
      'How long a line of the audit log is kept, at least a day. Older ones are deleted at the start and once a day.',
  },
  'stagedoor.explain.enabled': {
    type: flag,
    default: 'false',
    meaning: 'used',
    documentation:
      'Whether a search that authorizations narrowed says so, in the header `Stagedoor-Filtered`. The profiles c8run and docker-compose turn it on.',
  },
  'stagedoor.operate.users': {
    type: flag,
    default: 'false',
    meaning: 'used',
    documentation:
      'Whether the three users of Operate 8.6 are made: `demo` (OWNER), `act` (OPERATOR) and `view` (USER), each with his name as password. Everybody knows these passwords: for loopback.',
  },
  ...apiFields(),
  'stagedoor.clients': {
    type: listOf(client),
    meaning: 'used',
    documentation: 'Clients of the embedded issuer that are the same at every start.',
  },
  'stagedoor.oidc.audience-check': audienceCheck,
  'stagedoor.oidc.pins': pins,
  'stagedoor.oidc.component-permissions': componentPermissions,
  'stagedoor.oidc.shared-names': {
    type: flag,
    default: 'false',
    meaning: 'used',
    documentation:
      'The consent without which two issuers do not start together: a name is the same user or client, whichever of them says it.',
  },
  'stagedoor.oidc.providers': {
    type: mapOf(provider, 'id'),
    meaning: 'used',
    documentation:
      'The same, and more, for one provider: its id in `camunda.security.authentication.providers.oidc`, or `oidc` for the flat block.',
  },
} satisfies Fields;

type ApiFields = { readonly [A in (typeof APIS)[number] as `stagedoor.apis.${A}.audiences`]: typeof apiAudiences };

function apiFields(): ApiFields {
  // The mapped type says of the keys what this line does.
  return Object.fromEntries(APIS.map((api) => [`stagedoor.apis.${api}.audiences`, apiAudiences])) as ApiFields;
}
