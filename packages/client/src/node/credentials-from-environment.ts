import type { Dispatcher } from 'undici';
import { type AuthorizedFetch, authorizedFetch } from '../authorized-fetch.ts';
import type { Authorizer } from '../authorizer.ts';
import { anonymous, basic, renewedBearer, suppliedToken } from '../authorizers.ts';
import { type Clock, systemClock } from '../clock.ts';
import { APIS, type Api, addressOf } from '../environment/apis.ts';
import { chooseMethod, type Method } from '../environment/choose-method.ts';
import {
  type Environment,
  type EnvironmentReading,
  readEnvironment,
  shownValue,
} from '../environment/read-environment.ts';
import { MEANINGS, type Meaning } from '../environment/variables.ts';
import { UnusableCredentialsError } from '../errors.ts';
import type { RenewedToken, TokenNeed } from '../renewed-token.ts';
import type { SecretSource } from '../secret.ts';
import { brokerPlace } from './broker/place.ts';
import { cookieSession } from './cookie-session.ts';
import { authorizedDispatcher, type DispatcherSettings } from './dispatcher/authorized-dispatcher.ts';
import { authoritiesIn, certificateIn, contradictionsOfFiles } from './found-files.ts';
import { clearTextHostsIn, problemsOfAddresses, problemsOfSecrets, secretIn, textOf } from './found-secrets.ts';
import { type Surroundings, tokensOf } from './found-tokens.ts';
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
  /** A dispatcher of undici for the origin of that API alone. */
  readonly dispatcherFor: (
    api: Api,
    settings?: Pick<DispatcherSettings, 'connections' | 'waiting' | 'need'>,
  ) => Dispatcher;
  /** The token of that API, where the method is OAuth. What is needed counts where its issuer has to be found first. */
  readonly tokenFor: (api: Api, need?: TokenNeed) => RenewedToken | Promise<RenewedToken> | undefined;
  /** Where that API is. */
  readonly addressOf: (api: Api) => string;
  readonly transport: Transport;
  readonly close: () => Promise<void>;
};

type Explained = {
  readonly meaning: Meaning;
  readonly name: string;
  readonly alsoIn: readonly string[];
  readonly shown: string;
};

export type EnvironmentOptions = {
  /** Told of files that changed into something unusable. */
  readonly complain?: Complain;
  readonly clock?: Clock;
  /** False where no broker of this host is to be asked. */
  readonly broker?: boolean;
};

/**
 * Credentials for every API, as the environment has them, whichever client its names were made for.
 *
 * @throws UnusableCredentialsError with everything that is wrong, a sentence a line: contradictions, what is missing for the
 *   method, two methods at once. Files are opened when the first call needs them.
 */
export function credentialsFromEnvironment(
  environment: Environment = process.env,
  { complain = () => undefined, clock = systemClock, broker = true }: EnvironmentOptions = {},
): Credentials {
  const reading = readEnvironment(environment);
  const { method, problems } = chooseMethod(reading);
  const { values } = reading;
  const presumed = Object.fromEntries(reading.contradictions.map(({ meaning, first }) => [meaning, first]));
  const wrong = [
    ...reading.contradictions.map(({ names }) => `${names.join(' and ')} say different things: leave one`),
    ...problems,
    // What contradicts itself is not missing as well.
    ...problemsOfSecrets(method, { ...presumed, ...values }),
    ...problemsOfAddresses(values),
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
  const surroundings = { values, transport, clock, complain };
  const tokens = method === 'oauth' ? tokensOf(surroundings, broker ? brokerPlace(environment) : undefined) : undefined;
  const sessionAt = sessionsOf(surroundings);
  const authorizers = new Map(
    APIS.map((api) => {
      const token = tokens?.get(api);
      if (token !== undefined) return [api, renewedBearer(token)];
      return [api, method === 'oauth' ? anonymous : authorizerWithout(method, api, surroundings, sessionAt)];
    }),
  );
  const authorizerFor = (api: Api): Authorizer => authorizers.get(api) ?? anonymous;
  return {
    method,
    warnings,
    explained: explain(values),
    authorizerFor,
    tokenFor: (api, need = { patience: 0 }) => tokens?.get(api)?.(need),
    addressOf: (api) => addressOf(api, values),
    fetchFor: (api) =>
      authorizedFetch(authorizerFor(api), {
        origins: [new URL(addressOf(api, values)).origin],
        fetch: transport.fetch,
      }),
    dispatcherFor: (api, settings) =>
      authorizedDispatcher(authorizerFor(api), { ...settings, origins: [addressOf(api, values)], transport }),
    transport,
    close: () => transport.close(),
  };
}

function authorizerWithout(
  method: Exclude<Method, 'oauth'>,
  api: Api,
  { values, complain }: Surroundings,
  sessionAt: (address: string) => Authorizer,
): Authorizer {
  switch (method) {
    case 'none':
      return anonymous;
    case 'basic':
      return basic(textOf(values.username) ?? '', there(secretIn(values.password, values.passwordFile, complain)));
    case 'session':
      return sessionAt(textOf(values.cookieUrl) ?? `${addressOf(api, values)}/login`);
    case 'token':
      return suppliedToken(there(secretIn(values.token, undefined, complain)));
  }
}

/** One session for all APIs that are logged in to at the same address. */
function sessionsOf({ values, transport, clock, complain }: Surroundings): (address: string) => Authorizer {
  const begun = new Map<string, Authorizer>();
  return (address) => {
    const session =
      begun.get(address) ??
      cookieSession({
        address: new URL(address),
        username: textOf(values.cookieUsername) ?? '',
        password: there(secretIn(values.cookiePassword, undefined, complain)),
        fetch: transport.fetch,
        clock,
        clearTextHosts: clearTextHostsIn(values),
      });
    begun.set(address, session);
    return session;
  };
}

/** What was found by {@link problemsOfSecrets} to be there. */
function there(secret: SecretSource | undefined): SecretSource {
  if (secret === undefined) throw new UnusableCredentialsError('a secret is missing');
  return secret;
}

function explain(values: EnvironmentReading['values']): readonly Explained[] {
  return MEANINGS.flatMap((meaning) => {
    const reading = values[meaning];
    if (reading === undefined) return [];
    return [{ meaning, name: reading.name, alsoIn: reading.alsoIn, shown: shownValue(meaning, reading) }];
  });
}
