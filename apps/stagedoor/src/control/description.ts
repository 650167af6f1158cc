/** What a running program says of itself on its control socket. URLs have no trailing slash. */
export type Description = {
  readonly rest: string;
  /** The embedded issuer's origin; null where tokens come from a foreign one. */
  readonly issuer: string | null;
  readonly management: string | null;
  /** The file of the CA that clients have to be told of; null where they need none, or it is not known. */
  readonly authority: string | null;
  readonly clusterId: string;
  readonly region: string;
  readonly profile: string;
  readonly method: string;
  readonly data: string;
  readonly pid: number;
};
