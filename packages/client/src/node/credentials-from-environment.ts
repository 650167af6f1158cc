import { type AuthorizedFetch, authorizedFetch } from '../authorized-fetch.ts';
import type { Authorizer } from '../authorizer.ts';
import { anonymous, basic, renewedBearer, suppliedToken } from '../authorizers.ts';
import { type Clock, systemClock } from '../clock.ts';
import { discoverEndpoint, documentOf } from '../discover-endpoint.ts';
import { APIS, type Api, addressOf, audienceFor } from '../environment/apis.ts';
import { chooseMethod, type Method } from '../environment/choose-method.ts';
import {
  type Environment,
  type EnvironmentReading,
  readEnvironment,
  shownValue,
} from '../environment/read-environment.ts';
import { MEANINGS, type Meaning } from '../environment/variables.ts';
import { UnusableCredentialsError } from '../errors.ts';
import type { SecretSource } from '../secret.ts';
import { TokenManager } from '../token-manager.ts';
import type { ClientAuthentication } from '../token-request.ts';
import { assertionKeyIn } from './assertion-key.ts';
import { cookieSession } from './cookie-session.ts';
import { authoritiesIn, certificateIn, contradictionsOfFiles } from './found-files.ts';
import { problemsOfSecrets, secretIn, textOf } from './found-secrets.ts';
import type { Complain } from './kept-files.ts';
import { openTransport, type Transport } from './transport.ts';

export type Credentials = {
  readonly method: Method;
  /** What was read from where; secrets are not shown. */
  readonly explained: readonly Explained[];
  /** Names that look like known ones and are none. */
  readonly warnings: readonly string[];
  readonly authorizerFor: (api: Api) => Authorizer;
  /** A `fetch` for the origin of that API alone. */
  readonly fetchFor: (api: Api) => AuthorizedFetch;
  /** Where that API is. */
  readonly addressOf: (api: Api) => string;
  readonly transport: Transport;
  readonly close: () => Promise<void>;
};

export type Explained = {
  readonly meaning: Meaning;
  readonly name: string;
  readonly alsoIn: readonly string[];
  readonly shown: string;
};

export type EnvironmentOptions = {
  /** Told of files that changed into something unusable. */
  readonly complain?: Complain;
  readonly clock?: Clock;
};

const DISCOVERY_TIMEOUT = 10_000;
const SAAS_TOKEN_URL = 'https://login.cloud.camunda.io/oauth/token';

/**
 * Credentials for every API, as the environment has them, whichever client its names were made for.
 *
 * @throws UnusableCredentialsError with everything that is wrong, a sentence a line: contradictions, what is missing for the
 *   method, two methods at once. Files are opened when the first call needs them.
 */
export function credentialsFromEnvironment(
  environment: Environment = process.env,
  { complain = () => undefined, clock = systemClock }: EnvironmentOptions = {},
): Credentials {
  const reading = readEnvironment(environment);
  const { method, problems } = chooseMethod(reading);
  const { values } = reading;
  const wrong = [
    ...reading.contradictions.map(({ names }) => `${names.join(' and ')} say different things: leave one`),
    ...problems,
    ...problemsOfSecrets(method, values),
    ...contradictionsOfFiles(values),
  ];
  const warnings = reading.slips.map(({ name, meant }) => `${name} is not known; did you mean ${meant}?`);
  if (wrong.length > 0) throw new UnusableCredentialsError([...wrong, ...warnings].join('\n'));
  const certificate = certificateIn(values);
  const authorities = authoritiesIn(values);
  const transport = openTransport({
    ...(certificate === undefined ? {} : { certificate }),
    ...(authorities === undefined ? {} : { authorities }),
    complain,
    clock,
  });
  const surroundings = {
    values,
    transport,
    clock,
    complain,
    manager: new TokenManager({ fetch: transport.fetch, clock }),
  };
  const authorizers = new Map(APIS.map((api) => [api, authorizer(method, api, surroundings)]));
  const authorizerFor = (api: Api): Authorizer => authorizers.get(api) ?? anonymous;
  return {
    method,
    warnings,
    explained: explain(values),
    authorizerFor,
    addressOf: (api) => addressOf(api, values),
    fetchFor: (api) =>
      authorizedFetch(authorizerFor(api), {
        origins: [new URL(addressOf(api, values)).origin],
        fetch: transport.fetch,
      }),
    transport,
    close: () => transport.close(),
  };
}

type Surroundings = {
  readonly values: EnvironmentReading['values'];
  readonly transport: Transport;
  readonly manager: TokenManager;
  readonly clock: Clock;
  readonly complain: Complain;
};

function authorizer(method: Method, api: Api, surroundings: Surroundings): Authorizer {
  const { values, transport, clock, complain } = surroundings;
  switch (method) {
    case 'none':
      return anonymous;
    case 'basic':
      return basic(textOf(values.username) ?? '', there(secretIn(values.password, values.passwordFile, complain)));
    case 'session':
      return cookieSession({
        address: new URL(textOf(values.cookieUrl) ?? `${addressOf(api, values)}/login`),
        username: textOf(values.cookieUsername) ?? '',
        password: there(secretIn(values.cookiePassword, undefined, complain)),
        fetch: transport.fetch,
        clock,
      });
    case 'token':
      return suppliedToken(there(secretIn(values.token, undefined, complain)));
    case 'oauth':
      return oauth(api, surroundings);
  }
}

function oauth(api: Api, { values, transport, manager, clock, complain }: Surroundings): Authorizer {
  const ofAdministration = api === 'administration' && values.administrationClientId !== undefined;
  const clientId = (ofAdministration ? textOf(values.administrationClientId) : textOf(values.clientId)) ?? '';
  const secret = ofAdministration
    ? secretIn(values.administrationClientSecret, undefined, complain)
    : secretIn(values.clientSecret, values.clientSecretFile, complain);
  const authentication = authenticationBy(secret, values, complain);
  const scope = textOf(values.scope);
  const resource = textOf(values.resource);
  const tokenAt = (endpoint: URL) => {
    const audience = audienceFor(api, values, endpoint);
    return manager.tokenFor({
      endpoint,
      clientId,
      authentication,
      ...(transport.certificate === undefined ? {} : { certificate: transport.certificate }),
      ...(audience === undefined ? {} : { audience }),
      ...(scope === undefined ? {} : { scope }),
      ...(resource === undefined ? {} : { resources: [resource] }),
    });
  };
  const { issuer, wellKnown, tokenUrl } = values;
  const named = textOf(tokenUrl);
  if (named !== undefined || (issuer === undefined && wellKnown === undefined))
    return renewedBearer(tokenAt(new URL(named ?? SAAS_TOKEN_URL)));
  const of = { issuer: textOf(issuer), document: new URL(textOf(wellKnown) ?? documentOf(textOf(issuer) ?? '')) };
  const ask = once(() => discoverEndpoint(of, { fetch: transport.fetch, clock, timeout: DISCOVERY_TIMEOUT }));
  return renewedBearer(async () => tokenAt(await ask()));
}

function authenticationBy(
  secret: SecretSource | undefined,
  values: EnvironmentReading['values'],
  complain: Complain,
): ClientAuthentication {
  const keystore = textOf(values.assertionKeystoreFile);
  if (keystore !== undefined) {
    const secrets = {
      password: values.assertionKeystorePassword?.value,
      keyPassword: values.assertionKeyPassword?.value,
      alias: textOf(values.assertionKeyAlias),
    };
    return { kind: 'assertion', key: assertionKeyIn(keystore, secrets, complain) };
  }
  return secret === undefined ? { kind: 'certificate' } : { kind: 'secret', secret, sentIn: 'body' };
}

/** What was found by {@link problemsOfSecrets} to be there. */
function there(secret: SecretSource | undefined): SecretSource {
  if (secret === undefined) throw new UnusableCredentialsError('a secret is missing');
  return secret;
}

/** Asked for by all who wait together; what failed is asked for again by the next. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => {
    asked ??= ask().catch((error: unknown) => {
      asked = undefined;
      throw error;
    });
    return asked;
  };
}

function explain(values: EnvironmentReading['values']): readonly Explained[] {
  return MEANINGS.flatMap((meaning) => {
    const reading = values[meaning];
    if (reading === undefined) return [];
    return [{ meaning, name: reading.name, alsoIn: reading.alsoIn, shown: shownValue(meaning, reading) }];
  });
}
