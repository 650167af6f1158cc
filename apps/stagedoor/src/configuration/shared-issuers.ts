/** A pin that tokens must have: one of these claims. */
type PinNeed = { readonly what: string; readonly fits: (claim: string) => boolean };

type SharedIssuer = {
  readonly name: string;
  readonly host: RegExp;
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
    needs: [claim('tid')],
    ownIssuer: (issuer) => {
      const tenant = issuer.pathname.split('/')[1] ?? '';
      return UUID.test(tenant) && tenant.toLowerCase() !== EVERYBODY;
    },
  },
  {
    name: 'Camunda SaaS',
    host: /^(?:[\w-]+\.)*camunda\.io$/,
    needs: [
      { what: 'the claim of the organization', fits: (name) => /org/i.test(name) },
      { what: 'the claim of the cluster', fits: (name) => /cluster/i.test(name) },
    ],
  },
  {
    name: 'Amazon Cognito',
    host: /^cognito-idp(?:-fips)?\.[\w-]+\.amazonaws\.com(?:\.cn)?$/,
    needs: [claim('client_id'), claim('token_use')],
  },
  {
    name: 'Google',
    host: /^(?:accounts\.google\.com|www\.googleapis\.com)$/,
    needs: [claim('sub', 'email', 'hd', 'azp')],
  },
  {
    name: 'GitHub Actions',
    host: /^token\.actions\.githubusercontent\.com$/,
    needs: [claim('repository_owner_id', 'repository_owner', 'repository_id', 'repository', 'sub')],
  },
];

/** What an issuer that many share still lacks in pins; null where it is pinned, or belongs to one customer. */
export function lackingPins(
  at: { readonly uri: string; readonly isIssuer: boolean },
  pinned: readonly string[],
): { issuer: string; lacking: string } | null {
  const url = new URL(at.uri);
  const host = url.hostname.replace(/\.$/, '');
  const shared = SHARED_ISSUERS.find((one) => one.host.test(host));
  if (!shared || (at.isIssuer && shared.ownIssuer?.(url))) return null;
  const lacking = shared.needs.filter((need) => !pinned.some((name) => need.fits(name)));
  return lacking.length === 0 ? null : { issuer: shared.name, lacking: lacking.map((need) => need.what).join(' and ') };
}
