import type { IncomingHttpHeaders } from 'node:http';
import type {
  Actor,
  Caller,
  Found,
  Principal,
  Refusal,
  Requirement,
  TenantsReached,
  Visibility,
} from '@stagedoor/access';
import type { ObjectSchema, Schema, TypeOf } from './schema.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/** How a request body comes: as JSON of a schema, as a form, as multipart that the handler reads itself, or not at all. */
type BodyKind = 'json' | 'form' | 'multipart' | 'none';

/** What a handler is given: everything parsed and decided, and no raw request but for multipart. */
export type Call<Params = unknown, Query = unknown, Body = unknown> = {
  readonly principal: Principal;
  /** The same caller, as the audit log names him. */
  readonly actor: Actor;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** What the caller may see of the collection that this operation guards with a `visible` requirement. */
  readonly visibility: Visibility;
  /** Whose items the caller may know of: items of other tenants are absent for him. */
  readonly tenants: TenantsReached;
  /** The path as the caller wrote it, without the query. */
  readonly path: string;
  readonly caller: Caller;
  /** For the few handlers that need one: `Accept`, `Cookie`. Credentials were read before; nobody reads them twice. */
  readonly headers: IncomingHttpHeaders;
  /** Reads a multipart body; only where the operation's body is `multipart`. */
  readonly multipart: () => Promise<Multipart>;
};

export type Multipart = {
  readonly files: readonly { readonly field: string; readonly name: string; readonly content: Uint8Array }[];
  readonly fields: ReadonlyMap<string, string>;
};

export type Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** JSON unless `type` says otherwise; left out for no body. */
  readonly body?: unknown;
  readonly type?: string;
};

/** One row of a dialect's table: the router, the permission table, the documents and `explain` are read from these. */
export type Operation = {
  readonly id: string;
  readonly method: Method;
  /** With `{name}` for a parameter: `/v2/process-instances/{processInstanceKey}`. */
  readonly path: string;
  readonly summary: string;
  readonly requirement: Requirement;
  /** False for a row that is guarded and has no handler yet (`unserved.ts`): it looks nothing up, and no document lists it. */
  readonly served: boolean;
  /** The engine's command behind it, where there is one: Camunda words a denied command and a denied read differently. */
  readonly command?: string;
  readonly params?: ObjectSchema;
  readonly query?: ObjectSchema;
  readonly body: { readonly kind: BodyKind; readonly schema?: Schema; readonly optional?: boolean };
  /** By status; null where there is no body. An error status here is one that only few rows have: its body is the dialect's. */
  readonly responses: Readonly<Record<number, Schema | null>>;
  /** What the row refuses on its own account once everything else let the call through. It changes nothing: `explain` asks too. */
  readonly refuses?: (call: Call) => Refusal | null;
  /** Looks up what a `found` requirement asks about. Rejects with a `Failure` of kind `not-found` where there is nothing. */
  readonly find: ((call: Call) => Promise<readonly Found[]>) | null;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
};

type OperationInput<P extends ObjectSchema, Q extends ObjectSchema, B extends Schema> = Omit<
  Operation,
  'params' | 'query' | 'body' | 'refuses' | 'find' | 'handle' | 'served'
> & {
  readonly params?: P;
  readonly query?: Q;
  readonly body?: { readonly kind: BodyKind; readonly schema?: B; readonly optional?: boolean };
  readonly refuses?: (call: Call<TypeOf<P>, TypeOf<Q>, TypeOf<B>>) => Refusal | null;
  readonly find?: (call: Call<TypeOf<P>, TypeOf<Q>, TypeOf<B>>) => Promise<readonly Found[]>;
  readonly handle: (call: Call<TypeOf<P>, TypeOf<Q>, TypeOf<B>>) => Reply | Promise<Reply>;
};

/** Ties a row's handler to its schemas. The pipeline checks the schemas before it calls, which is what makes the cast true. */
export function operation<P extends ObjectSchema, Q extends ObjectSchema, B extends Schema>(
  input: OperationInput<P, Q, B>,
): Operation {
  const { body = { kind: 'none' as const }, find = null, ...rest } = input;
  return { ...rest, served: true, body, find, handle: input.handle } as unknown as Operation;
}

export function ok(body: unknown): Reply {
  return { status: 200, body };
}

export const noContent: Reply = { status: 204 };
