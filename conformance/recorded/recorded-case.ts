export type RecordedRequest = {
  readonly method: string;
  /** Path and query, as they stood in the request line. */
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | null;
};

export type Answer = {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
};

type Claims = Readonly<Record<string, unknown>>;

/** A token that stood in a request or an answer; nobody keeps a signature. */
export type RecordedToken = { readonly header: Claims; readonly claims: Claims };

export type RecordedCase = {
  readonly name: string;
  readonly request: RecordedRequest;
  /** What stands for `<jwt#n>` in the request, by that number. */
  readonly sent: readonly RecordedToken[];
  /** Null where the connection broke. */
  readonly answer: Answer | null;
  /** The access token in the answer. */
  readonly issued: RecordedToken | null;
};
