import type { Preset } from './preset.ts';

/** A pin that tokens must have: one of these claims. */
type PinNeed = { readonly what: string; readonly fits: (claim: string) => boolean };

type SharedIssuer = {
  readonly name: string;
  readonly host: RegExp;
  /** Those of its presets: a preset says what an issuer is where its host does not. */
  readonly presets: readonly Preset[];
  readonly needs: readonly PinNeed[];
  /** True where the issuer identifier itself belongs to one customer. */
  readonly ownIssuer?: (issuer: URL) => boolean;
};

const claim = (...names: readonly string[]): PinNeed => ({
  what: names.join(' or '),
  fits: (name) => names.includes(name),
});

/** Personal Microsoft accounts: a tenant to which everybody belongs. */
const EVERYBODY = '9188040d-6c67-4c5b-b112-36a304b66dad';
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Issuers that many customers share, where an audience alone proves little: another tenant gets tokens with the same one
 * (threats: "a popular audience"). Each asks for a second pin.
 */
const SHARED_ISSUERS: readonly SharedIssuer[] = [
  {
    name: 'Microsoft Entra ID',
    host: /^(?:login\.microsoftonline\.(?:com|us)|login\.(?:windows\.net|partner\.microsoftonline\.cn|chinacloudapi\.cn)|sts\.windows\.net|sts\.chinacloudapi\.cn)$/,
    presets: ['entra-v1', 'entra-v2'],
    needs: [claim('tid')],
    ownIssuer: (issuer) => {
      const tenant = issuer.pathname.split('/')[1] ?? '';
      return UUID.test(tenant) && tenant.toLowerCase() !== EVERYBODY;
    },
  },
  {
    name: 'Camunda SaaS',
    host: /^(?:[\w-]+\.)*camunda\.io$/,
    presets: ['camunda-saas'],
    needs: [
      { what: 'the claim of the organization', fits: (name) => /org/i.test(name) },
      { what: 'the claim of the cluster', fits: (name) => /cluster/i.test(name) },
    ],
  },
  {
    name: 'Amazon Cognito',
    host: /^cognito-idp(?:-fips)?\.[\w-]+\.amazonaws\.com(?:\.cn)?$/,
    presets: ['cognito'],
    needs: [claim('client_id'), claim('token_use')],
  },
  {
    name: 'Google',
    host: /^(?:accounts\.google\.com|www\.googleapis\.com)$/,
    presets: [],
    needs: [claim('sub', 'email', 'hd', 'azp')],
  },
  {
    name: 'GitHub Actions',
    host: /^token\.actions\.githubusercontent\.com$/,
    presets: [],
    needs: [claim('repository_owner_id', 'repository_owner', 'repository_id', 'repository', 'sub')],
  },
];

/**
 * What an issuer that many share still lacks in pins, by its host or its preset; null where it is pinned, or belongs to one
 * customer. An identifier without a scheme, as Google's alias, is told by its host, too.
 */
export function lackingPins(
  at: { readonly uri: string; readonly isIssuer: boolean; readonly preset: Preset | null },
  pinned: readonly string[],
): { issuer: string; lacking: string } | null {
  const url = URL.parse(at.uri) ?? URL.parse(`https://${at.uri}`);
  const host = url?.hostname.replace(/\.$/, '') ?? '';
  const ofHost = SHARED_ISSUERS.find((one) => one.host.test(host));
  const shared = ofHost ?? SHARED_ISSUERS.find((one) => at.preset !== null && one.presets.includes(at.preset));
  if (!shared) return null;
  if (ofHost && url && at.isIssuer && shared.ownIssuer?.(url)) return null;
  const lacking = shared.needs.filter((need) => !pinned.some((name) => need.fits(name)));
  return lacking.length === 0 ? null : { issuer: shared.name, lacking: lacking.map((need) => need.what).join(' and ') };
}
