import type { Property } from './property.ts';
import { splitKey } from './property.ts';

/** The options of `stagedoor start` as the command line has them: texts, so that one place reads and refuses values. */
export type StartOptions = {
  readonly profile?: string | undefined;
  readonly method?: string | undefined;
  /** The file that the caller reads and gives as `yaml`. */
  readonly config?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly issuerPort?: string | undefined;
  readonly managementPort?: string | undefined;
  readonly data?: string | undefined;
  readonly memory?: boolean | undefined;
  readonly exposeUnprotected?: boolean | undefined;
  readonly json?: boolean | undefined;
};

const OPTION_KEYS = {
  profile: ['--profile', 'stagedoor.profile'],
  host: ['--host', 'server.address'],
  port: ['--port', 'server.port'],
  issuerPort: ['--issuer-port', 'stagedoor.issuer.port'],
  managementPort: ['--management-port', 'management.server.port'],
  data: ['--data', 'stagedoor.data'],
} as const;

/** Reads the options that stand for a key. `--method` stands for two: it also sets `unprotected-api` to match. */
export function readOptions(options: StartOptions): Property[] {
  const properties = Object.entries(OPTION_KEYS).flatMap(([name, [option, key]]) => {
    const text = options[name as keyof typeof OPTION_KEYS];
    return text === undefined ? [] : [property(option, key, text)];
  });
  if (options.method === undefined) return properties;
  const unprotected = options.method.toLowerCase() === 'none';
  return [
    ...properties,
    property('--method', 'camunda.security.authentication.method', unprotected ? 'basic' : options.method),
    property('--method', 'camunda.security.authentication.unprotected-api', String(unprotected)),
  ];
}

function property(option: string, key: string, text: string): Property {
  return { path: splitKey(key), text, origin: { kind: 'option', option } };
}
