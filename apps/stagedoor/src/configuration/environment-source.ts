import { isSlip, nearestName } from '@stagedoor/client/nearest-name';
import { isClientVariable } from './client-variables.ts';
import { type Origin, type Property, printable } from './property.ts';
import type { Reports } from './reports.ts';
import { environmentName, keysBelow, pathOfWords } from './schema.ts';
import { TABLE } from './table/index.ts';
import { record } from './value-type.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const table = record(TABLE);

/** Reads the variables that name a key of the table. An empty one gives nothing, as `${VAR:-}` in a compose file means it. */
export function readEnvironment(environment: Environment, reports: Reports): Property[] {
  const properties: Property[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (text === undefined || !/^[a-z]/i.test(name) || isClientVariable(name) || isServiceLink(name, text)) continue;
    const words = wordsOf(name);
    const path = pathOfWords(table, words);
    const origin: Origin = { kind: 'environment', name };
    if (path) properties.push({ path, text: text === '' ? null : text, origin });
    else reportUnknown(name, words, reports);
  }
  return properties;
}

/** `USERS_0_NAME`, `USERS[0]_NAME`, `USERS.[0].NAME` and `users[0].name` are the same words. */
function wordsOf(name: string): string[] {
  const plain = name
    .toLowerCase()
    .replace(/\[(\d+)\]/g, '_$1_')
    .replaceAll('-', '')
    .replaceAll('.', '_');
  return plain.split('_').filter((word) => word !== '');
}

/** Where an unknown variable is most likely meant for a program like this one. */
const LIKELY_MEANT = /^(?:camunda|spring|server_(?:servlet|ssl)|management_server)_/i;

function reportUnknown(name: string, words: readonly string[], { problems, warnings }: Reports): void {
  const [first, second] = words;
  const guarded = first === 'stagedoor' || (first === 'camunda' && second === 'security');
  if (!guarded && !LIKELY_MEANT.test(name)) return;
  const nearest = nearestName(name, keysBelow(TABLE));
  const suggestion = `${environmentName(nearest.name)} (${nearest.name})`;
  const shown = `${printable(name)} (environment)`;
  if (guarded) {
    problems.addSentence(`${shown} is not a known variable: the nearest one is ${suggestion}`);
    return;
  }
  const hint = isSlip(name, nearest) ? `: did you mean ${suggestion}?` : '';
  warnings.add(`${shown} is not known and has no effect${hint}`);
}

/** Kubernetes puts the addresses of a service called `stagedoor` into the environment of every pod beside it. */
function isServiceLink(name: string, text: string): boolean {
  if (!/^(?:STAGEDOOR|CAMUNDA)/.test(name)) return false;
  if (/_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/.test(name)) return true;
  return name.endsWith('_PORT') && /^(?:tcp|udp|sctp):\/\//.test(text);
}
