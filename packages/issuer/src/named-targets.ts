/** What a request says of its target, in three ways. */
export type NamedTargets = {
  readonly audience: string | undefined;
  readonly scope: string | undefined;
  /** RFC 8707: any number of URIs. */
  readonly resources: readonly string[];
};
