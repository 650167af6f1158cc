import { afterEach, beforeEach, expect, it } from 'vitest';
import { fixedSecret, TokenManager, TokenRefusedError } from '../src/index.ts';
import { refused, TokenEndpoint } from './token-endpoint.ts';

const SECRET = 'correct+horse/battery';
let issuer: TokenEndpoint;

beforeEach(async () => {
  issuer = await TokenEndpoint.start();
});
afterEach(() => issuer.stop());

/** What becomes of the words in which an issuer refuses. */
async function refusalIn(error: string, description: string, sentIn: 'body' | 'header'): Promise<TokenRefusedError> {
  issuer.answers(() => refused(error, description));
  const authentication = { kind: 'secret', secret: fixedSecret(SECRET), sentIn } as const;
  const token = new TokenManager().tokenFor({ endpoint: issuer.url, clientId: 'worker', authentication });
  const thrown: unknown = await token.get().catch((problem: unknown) => problem);
  if (!(thrown instanceof TokenRefusedError)) throw new TypeError('the issuer refused');
  return thrown;
}

it.each(['body', 'header'] as const)('a secret in the %s that the issuer repeats is in no message', async (sentIn) => {
  const { message, errorDescription, error } = await refusalIn(`wrong_${SECRET}`, `${SECRET} is wrong`, sentIn);
  expect([message, errorDescription, error].join()).not.toContain(SECRET);
  expect(errorDescription).toBe('[secret] is wrong');
});

it('words with control characters are one line', async () => {
  const { message, errorDescription } = await refusalIn(
    'invalid_client',
    'no\r\nadmin: in\u001b[2J\u202eelbisivni',
    'body',
  );
  expect(errorDescription).toBe('no admin: in [2J elbisivni');
  expect(message).toMatch(/^[ -~]+$/);
});

it('endless words have an end', async () => {
  const { message } = await refusalIn('e'.repeat(9_000), 'd'.repeat(9_000), 'body');
  expect(message.length).toBeLessThan(1_500);
});
