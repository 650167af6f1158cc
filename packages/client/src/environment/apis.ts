import type { Secret } from '../secret.ts';
import type { EnvironmentReading } from './read-environment.ts';

/** The APIs of the pages, as they are told apart by whoever calls them. */
export const APIS = ['orchestration', 'zeebe', 'operate', 'administration'] as const;
export type Api = (typeof APIS)[number];

/** Where the pages say an API is when nothing else is said. */
const LOCAL = 'http://localhost:8080';
/** Audiences of SaaS, as the pages and the SDK send them. */
const SAAS_AUDIENCES = {
  orchestration: 'zeebe.camunda.io',
  zeebe: 'zeebe.camunda.io',
  operate: 'operate.camunda.io',
  administration: 'api.cloud.camunda.io',
} as const satisfies Readonly<Record<Api, string>>;

/**
 * The audience to ask for: the variable of that API, else in SaaS the API's own, else the one for all; undefined where the
 * issuer is left to know. A token of SaaS for one API never opens another, so there the one for all is that of Zeebe's alone.
 */
export function audienceFor(api: Api, values: EnvironmentReading['values'], tokenUrl: URL): string | undefined {
  const own = {
    orchestration: undefined,
    zeebe: values.zeebeAudience,
    operate: values.operateAudience,
    administration: values.administrationAudience,
  }[api];
  if (own !== undefined) return own.value.reveal();
  const forAll = textOf(values.audience?.value);
  if (!isSaas(tokenUrl)) return forAll;
  return api === 'orchestration' || api === 'zeebe' ? (forAll ?? SAAS_AUDIENCES[api]) : SAAS_AUDIENCES[api];
}

/** The address of an API: its own variable, else that of the cluster, else where the pages have it. */
export function addressOf(api: Api, values: EnvironmentReading['values']): string {
  const own = {
    orchestration: undefined,
    zeebe: undefined,
    operate: values.operateAddress,
    administration: values.administrationAddress,
  }[api];
  return textOf((own ?? values.restAddress)?.value) ?? LOCAL;
}

function isSaas({ hostname }: URL): boolean {
  return hostname === 'camunda.io' || hostname.endsWith('.camunda.io');
}

function textOf(value: Secret | undefined): string | undefined {
  return value?.reveal();
}
