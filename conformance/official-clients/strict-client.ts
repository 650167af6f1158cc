import createCamundaClient, { type CamundaClient } from '@camunda8/orchestration-cluster-api';

/** Records that were just written are there at once: nobody waits for a second look. */
export const AT_ONCE = { consistency: { waitUpToMs: 0 } } as const;

/** Whose credentials it sends, and how much it puts up with in an answer. */
export type ClientOptions = {
  readonly username: string;
  readonly password: string;
  /** `fanatical` takes no unknown member either; `strict` is for answers in which 8.10 has members that this client does not know. */
  readonly answers?: 'fanatical' | 'strict';
};

/**
 * `@camunda8/orchestration-cluster-api` with its own check of every answer. What it sends is not checked, so that the server
 * sees bad input too; what fails is not sent again.
 */
export function strictClient(
  rest: string,
  { username, password, answers = 'fanatical' }: ClientOptions,
): CamundaClient {
  return createCamundaClient({
    config: {
      CAMUNDA_REST_ADDRESS: rest,
      CAMUNDA_AUTH_STRATEGY: 'BASIC',
      CAMUNDA_BASIC_AUTH_USERNAME: username,
      CAMUNDA_BASIC_AUTH_PASSWORD: password,
      CAMUNDA_SDK_VALIDATION: `req:none,res:${answers}`,
      CAMUNDA_SDK_LOG_LEVEL: 'silent',
      CAMUNDA_SDK_HTTP_RETRY_MAX_ATTEMPTS: 1,
    },
    env: {},
  });
}

/** How a call failed; that it did not fail is a failure itself. */
export async function failureOf(call: Promise<unknown>): Promise<Readonly<Record<string, unknown>>> {
  try {
    await call;
  } catch (error) {
    return error instanceof Error ? { ...error, name: error.name, message: error.message } : { thrown: error };
  }
  throw new Error('the call was answered, and should not have been');
}
