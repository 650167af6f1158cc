import type { Bound } from './bind.ts';
import { checkEmbedded, checkEmbeddedAlone, type ProviderCheck } from './check-embedded.ts';
import { checkCallbacks, checkLogin } from './check-login.ts';
import { checkTokenRules } from './check-token-rules.ts';
import { isLoopback } from './loopback.ts';
import { sentence } from './problems.ts';
import { isSaid, joinKey } from './property.ts';
import type { ConfiguredProvider } from './providers.ts';
import type { Reports } from './reports.ts';
import { lackingPins } from './shared-issuers.ts';

/** What must hold of the issuers before one of their tokens is trusted (design, rule 3; threats, "popular audience", "second issuer"). */
export function checkProviders(check: ProviderCheck): void {
  const foreign = check.providers.filter((one) => !one.embedded);
  for (const one of foreign) checkForeign(one, check);
  for (const one of check.providers.filter((other) => other.embedded)) checkEmbedded(one, check);
  checkCallbacks(check);
  checkIdentifiers(check);
  checkSharedNames(check);
  checkPinTargets(foreign, check);
  if (foreign.length === 0) checkEmbeddedAlone(check);
  else checkClosedAdministration(check);
}

function checkForeign(one: ConfiguredProvider, { bound, reports }: ProviderCheck): void {
  const { warnings } = reports;
  const [first, ...more] = trustedUris(one);
  if (!first) return;
  checkAudiences(one, first.key, { bound, reports });
  for (const at of one.issuerUri === undefined ? [first, ...more] : [first])
    checkSecondPin(one, at, { bound, reports });
  const aliases = `${joinKey('stagedoor.oidc.providers', [one.id])}.issuer-aliases`;
  for (const uri of one.policy.issuerAliases) checkSecondPin(one, { key: aliases, uri }, { bound, reports });
  checkTokenRules(one, { bound, reports });
  if (one.issuerUri === undefined && !one.pins.has('iss')) {
    const rule =
      'is set without issuer-uri, so that the issuer of tokens is not checked: set issuer-uri, or pin it with stagedoor.oidc.pins.iss';
    warnings.add(sentence(first.key, bound.originOf(first.key), rule));
  }
  checkFile(one, { bound, reports });
  checkLogin(one, { bound, reports });
  const asked = one.jwkSetFile === undefined ? [first, ...more] : more;
  for (const { key } of asked.filter(({ uri }) => isPlain(uri))) {
    const rule = 'fetches keys without TLS: whoever sits between can sign tokens';
    warnings.add(sentence(key, bound.originOf(key), rule));
  }
}

/** A file stands in place of an address, and a token of it must still be told by its issuer. */
function checkFile(one: ConfiguredProvider, { bound, reports }: Omit<ProviderCheck, 'providers'>): void {
  if (one.jwkSetFile === undefined) return;
  const key = `${joinKey('stagedoor.oidc.providers', [one.id])}.jwk-set-file`;
  if (one.issuerUri === undefined || one.jwkSetUri !== undefined) {
    const rule = `stands in place of ${one.key}.jwk-set-uri: remove one of them, and say with ${one.key}.issuer-uri whose tokens are meant`;
    reports.problems.addUnless([], key, bound.originOf(key), rule);
  }
}

type TrustedUri = { readonly key: string; readonly uri: string };

/** Where keys come from: the issuer or its key set first, then the additional sets. */
function trustedUris({ key, issuerUri, jwkSetUri, policy }: ConfiguredProvider): TrustedUri[] {
  const issuer = issuerUri === undefined ? [] : [{ key: `${key}.issuer-uri`, uri: issuerUri }];
  const keySet = jwkSetUri === undefined ? [] : [{ key: `${key}.jwk-set-uri`, uri: jwkSetUri }];
  const additional = policy.additionalJwkSetUris.map((uri) => ({ key: `${key}.additional-jwk-set-uris`, uri }));
  return [...(issuer.length > 0 ? issuer : keySet), ...additional];
}

/** Where `iss` is checked, a shared key set beside the issuer's own gives nobody else a token that passes. */
function checkSecondPin(
  one: ConfiguredProvider,
  { key, uri }: TrustedUri,
  { bound, reports }: Omit<ProviderCheck, 'providers'>,
): void {
  const lack = lackingPins({ uri, isIssuer: one.issuerUri !== undefined, preset: one.preset }, [...one.pins.keys()]);
  if (!lack) return;
  const rule = `names an issuer that many customers share (${lack.issuer}): pin ${lack.lacking} with stagedoor.oidc.pins, so that the tokens of others are refused`;
  reports.problems.addUnless([], key, bound.originOf(key), rule);
}

function checkAudiences(
  one: ConfiguredProvider,
  issuerKey: string,
  { bound, reports }: Omit<ProviderCheck, 'providers'>,
): void {
  const key = `${one.key}.audiences`;
  const origin = bound.originOf(one.audienceCheckKey);
  if (one.audienceCheck && one.audiences.length === 0) {
    const rule = `is a foreign issuer whose every token would be taken: set ${key} to the audiences of this cluster (often the client id of the Orchestration Cluster)`;
    reports.problems.addUnless([key], issuerKey, bound.originOf(issuerKey), rule);
  }
  if (one.audienceCheck) return;
  if (one.audiences.length > 0) {
    reports.problems.addUnless(
      [key],
      one.audienceCheckKey,
      origin,
      `is false, which contradicts ${key}: remove one of them`,
    );
  } else if (one.pins.size === 0) {
    reports.problems.addUnless(
      [],
      one.audienceCheckKey,
      origin,
      'is false and nothing stands in its place: pin a claim with stagedoor.oidc.pins',
    );
  } else {
    reports.warnings.add(
      sentence(
        one.audienceCheckKey,
        origin,
        `is false: the audience of tokens of ${one.id} is not checked, only its pins are`,
      ),
    );
  }
}

function isPlain(uri: string): boolean {
  const { protocol, hostname } = new URL(uri);
  return protocol === 'http:' && !isLoopback(hostname.replace(/^\[|\]$/g, ''));
}

function checkIdentifiers({ bound, providers, reports }: ProviderCheck): void {
  const seen = new Map<string, string>();
  for (const one of providers) {
    const key = `${one.key}.issuer-uri`;
    if (one.issuerUri === undefined) {
      const needed = one.key.includes('.providers.') || providers.length > 1;
      if (needed)
        reports.problems.addUnless(
          [],
          key,
          bound.originOf(one.key),
          'is missing: each of several identity providers is told by its issuer',
        );
      continue;
    }
    const aliases = `${joinKey('stagedoor.oidc.providers', [one.id])}.issuer-aliases`;
    const names = one.embedded
      ? [{ at: key, name: 'embedded' }]
      : [one.issuerUri, ...one.policy.issuerAliases].map((name, index) => ({ at: index === 0 ? key : aliases, name }));
    for (const { at, name } of names) {
      const other = seen.get(name);
      if (other)
        reports.problems.addUnless([], at, bound.originOf(at), `is the same issuer as ${other}: remove one of them`);
      seen.set(name, at);
    }
  }
}

function checkSharedNames({ bound, providers, reports }: ProviderCheck): void {
  const [first, second] = providers;
  if (!first || !second || bound.settings['stagedoor.oidc.shared-names']) return;
  const key = `${second.key}.issuer-uri`;
  reports.problems.addUnless(
    [],
    key,
    bound.originOf(key),
    `is a second issuer beside ${first.key}, and both speak for the same names of users and clients: keep one, or consent with stagedoor.oidc.shared-names`,
  );
}

/** A pin that nobody checks is a false comfort. */
function checkPinTargets(foreign: readonly ConfiguredProvider[], { bound, reports }: ProviderCheck): void {
  const { settings } = bound;
  const emptyPins = (key: string, pins: ReadonlyMap<string, readonly string[]>) => {
    for (const [claim, values] of pins) {
      const at = joinKey(key, [claim]);
      if (values.length === 0)
        reports.problems.addUnless([], at, bound.originOf(at), 'has no value: say which values the claim may have');
    }
  };
  emptyPins('stagedoor.oidc.pins', settings['stagedoor.oidc.pins']);
  for (const [id, { pins }] of settings['stagedoor.oidc.providers']) {
    const key = joinKey('stagedoor.oidc.providers', [id]);
    emptyPins(`${key}.pins`, pins);
    if (!foreign.some((one) => one.id === id))
      reports.problems.addUnless(
        [],
        key,
        bound.originOf(key),
        'names no foreign identity provider that is configured: check its id',
      );
  }
  for (const one of foreign) checkTokenUse(one, bound, reports);
}

/** Cognito's ID tokens differ from its access tokens in this claim alone. */
function checkTokenUse(one: ConfiguredProvider, bound: Bound, reports: Reports): void {
  const use = one.pins.get('token_use') ?? [];
  if (use.length === 0 || use.every((value) => value === 'access')) return;
  const own = `${joinKey('stagedoor.oidc.providers', [one.id])}.pins.token_use`;
  const key = isSaid(bound.originOf(own)) ? own : 'stagedoor.oidc.pins.token_use';
  reports.problems.addUnless([], key, bound.originOf(key), 'must be access: ID tokens are not for APIs');
}

function checkClosedAdministration({ bound, reports, providers }: ProviderCheck): void {
  if (providers.some((one) => one.embedded) || bound.settings['stagedoor.apis.administration.audiences'].length > 0)
    return;
  reports.notes.add(
    'the Administration API is closed: with a foreign issuer it opens only to the audiences in stagedoor.apis.administration.audiences',
  );
}
