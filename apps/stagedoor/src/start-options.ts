/** The options of `stagedoor start` and `stagedoor config`, as they were given: nothing is parsed, and what was not given is undefined. */
export type StartOptions = {
  readonly profile: string | undefined;
  readonly method: string | undefined;
  /** Path of an application.yaml. */
  readonly config: string | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly issuerPort: string | undefined;
  readonly managementPort: string | undefined;
  /** Path of the data directory; never given together with `memory`. */
  readonly data: string | undefined;
  readonly memory: boolean;
  readonly exposeUnprotected: boolean;
  readonly json: boolean;
};
