import { compareAnswers } from './compare-answers.ts';
import { compareJson } from './compare-json.ts';
import type { House } from './houses.ts';
import type { Answer, Claims, RecordedCase } from './recorded-case.ts';
import { sendRequest } from './send-request.ts';

/** Replays one case: every point in which our answer differs from the recorded one. */
export async function replay(house: House, recorded: RecordedCase): Promise<readonly string[]> {
  if (recorded.answer === null) throw new Error(`no answer of "${recorded.name}" was recorded`);
  await house.before[recorded.name]?.();
  const ours = await sendRequest(house.origin, house.adapt(recorded));
  house.learned.learn(recorded.answer, ours);
  const claims =
    recorded.claims === null || ours.status !== 200 ? [] : compareJson(recorded.claims, claimsOf(ours), 'token');
  return [...compareAnswers(recorded.answer, ours), ...claims];
}

/** The claims of the access token in an answer. */
function claimsOf({ body }: Answer): Claims {
  const { access_token: token = '' } = JSON.parse(body) as { access_token?: string };
  const payload = token.split('.')[1];
  return payload === undefined ? {} : (JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims);
}
