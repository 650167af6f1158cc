import { compareAnswers } from './compare-answers.ts';
import { compareJson } from './compare-json.ts';
import type { House } from './houses.ts';
import type { Answer, RecordedCase, RecordedToken } from './recorded-case.ts';
import { sendRequest } from './send-request.ts';

/** Replays one case: every point in which our answer differs from the recorded one. */
export async function replay(house: House, recorded: RecordedCase): Promise<readonly string[]> {
  if (recorded.answer === null) throw new Error(`no answer of "${recorded.name}" was recorded`);
  await house.before[recorded.name]?.();
  const ours = await sendRequest(house.origin, await house.adapt(recorded));
  house.learned.learn(recorded.answer, ours);
  const { issued } = recorded;
  const token = issued === null || ours.status !== 200 ? [] : compareTokens(issued, tokenOf(ours));
  return [...compareAnswers(recorded.answer, ours), ...token];
}

function compareTokens(recorded: RecordedToken, ours: RecordedToken): readonly string[] {
  return [
    ...compareJson(recorded.header, ours.header, 'token header'),
    ...compareJson(recorded.claims, ours.claims, 'token'),
  ];
}

/** The access token in an answer. */
function tokenOf({ body }: Answer): RecordedToken {
  const { access_token: token = '' } = JSON.parse(body) as { access_token?: string };
  const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
  return { header: readPart(header), claims: readPart(claims) };
}

function readPart(part = '{}'): RecordedToken['claims'] {
  return JSON.parse(part) as RecordedToken['claims'];
}
