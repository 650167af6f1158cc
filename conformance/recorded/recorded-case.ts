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

export type Claims = Readonly<Record<string, unknown>>;

export type RecordedCase = {
  readonly name: string;
  readonly request: RecordedRequest;
  /** Null where the connection broke. */
  readonly answer: Answer | null;
  /** Of the access token in the answer. */
  readonly claims: Claims | null;
};
