import {
  type Api,
  addressOf,
  type EnvironmentReading,
  readEnvironment,
  UnusableCredentialsError,
} from '@stagedoor/client';
import { type Credentials, credentialsFromEnvironment } from '@stagedoor/client/node';
import { type Note, type Said, Wrong } from './finding.ts';

/** Whose chain is walked. */
export type Patient = {
  readonly values: EnvironmentReading['values'];
  readonly credentials: Credentials;
  readonly apis: readonly Api[];
};

/**
 * The first step: what the variables say. Nobody stands between the patient and the issuer afterwards, neither a broker nor
 * tokens that were kept.
 */
export function admit(
  environment: Readonly<Record<string, string | undefined>>,
  asked: readonly Api[] | undefined,
): { readonly patient: Patient; readonly said: Said } {
  const { values } = readEnvironment(environment);
  const credentials = credentialsOf(environment, values);
  const apis = asked ?? apisNamedIn(values);
  for (const api of apis) {
    if (!/^https?:$/.test(URL.parse(addressOf(api, values))?.protocol ?? ''))
      throw new Wrong(
        `the address of the API ${api} is no absolute URL of http or https`,
        'Write it as https://host or http://localhost:8080; "stagedoor env" shows which variable says it.',
      );
  }
  const notes: Note[] = credentials.warnings.map((says) => ({ says, fix: null }));
  if (credentials.method === 'none')
    notes.push({
      says: 'no credentials are named: calls go without',
      fix: 'Where the cluster is protected, set CAMUNDA_CLIENT_ID and CAMUNDA_CLIENT_SECRET, or CAMUNDA_BASIC_AUTH_USERNAME and CAMUNDA_BASIC_AUTH_PASSWORD.',
    });
  const count = credentials.explained.length;
  const says = [`method ${credentials.method}, by ${count === 1 ? 'one variable' : `${count} variables`}`];
  return { patient: { values, credentials, apis }, said: { says, notes } };
}

function credentialsOf(
  environment: Readonly<Record<string, string | undefined>>,
  values: Patient['values'],
): Credentials {
  const { cacheDirectory } = values;
  const kept = new Set(cacheDirectory === undefined ? [] : [cacheDirectory.name, ...cacheDirectory.alsoIn]);
  const without = Object.fromEntries(Object.entries(environment).filter(([name]) => !kept.has(name)));
  try {
    return credentialsFromEnvironment(without, { broker: false });
  } catch (error) {
    if (error instanceof UnusableCredentialsError)
      throw new Wrong(error.message, 'Mend these variables: "stagedoor env" shows what each is taken for.');
    throw error;
  }
}

/** The Orchestration Cluster, and whatever is told apart from it. `CAMUNDA_BASE_URL` alone means too many things. */
function apisNamedIn(values: Patient['values']): readonly Api[] {
  const { zeebeAudience, operateAudience, operateAddress } = values;
  const { administrationAudience, administrationClientId } = values;
  const named = (...readings: readonly unknown[]): boolean => readings.some((reading) => reading !== undefined);
  return [
    'orchestration',
    ...(named(zeebeAudience) ? (['zeebe'] as const) : []),
    ...(named(operateAudience, operateAddress) ? (['operate'] as const) : []),
    ...(named(administrationAudience, administrationClientId) ? (['administration'] as const) : []),
  ];
}
