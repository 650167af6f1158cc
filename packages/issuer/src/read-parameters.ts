import { parseJsonObject } from '@stagedoor/tokens';
import { repeatedIn } from './known-parameters.ts';
import type { Outcome, ReadParameters } from './token-request.ts';

const MAX_PARAMETERS = 100;
const RESOURCE = 'resource';

/**
 * Reads the parameters of a token request. One without a value counts as left out, one that comes twice refuses the request
 * (RFC 6749 section 3.2); so does an encoding that can be read in two ways. `resource` alone may come more than once, or as a
 * list in JSON (RFC 8707 section 2), and is read apart.
 */
export function readParameters(body: Uint8Array, mediaType: 'form' | 'json'): Outcome<ReadParameters> {
  const text = Buffer.from(body).toString('utf8');
  const pairs = mediaType === 'form' ? formPairs(text) : jsonPairs(text);
  if (!pairs.ok) return pairs;
  if (pairs.value.length > MAX_PARAMETERS) return malformed('the request has more than 100 parameters');
  const repeated = repeatedIn(pairs.value.map(([name]) => name).filter((name) => name !== RESOURCE));
  if (repeated !== null) return { ok: false, problem: { kind: 'parameter-repeated', name: repeated.name } };
  const said = pairs.value.filter(([, value]) => value !== '');
  return {
    ok: true,
    value: {
      parameters: new Map(said.filter(([name]) => name !== RESOURCE)),
      resources: said.filter(([name]) => name === RESOURCE).map(([, value]) => value),
    },
  };
}

function formPairs(text: string): Outcome<readonly (readonly [string, string])[]> {
  // The parser below would take a stray % for itself.
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return malformed('the form has a percent sign that encodes nothing');
  return { ok: true, value: [...new URLSearchParams(text)] };
}

function jsonPairs(text: string): Outcome<readonly (readonly [string, string])[]> {
  const parsed = parseJsonObject(text);
  if (!parsed.ok) return malformed(`the body ${parsed.problem}`);
  const pairs: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(parsed.value)) {
    for (const one of name === RESOURCE && Array.isArray(value) ? value : [value]) {
      if (typeof one !== 'string') return malformed('the body has a member that is not a text');
      pairs.push([name, one]);
    }
  }
  return { ok: true, value: pairs };
}

function malformed(detail: string): {
  readonly ok: false;
  readonly problem: { readonly kind: 'malformed'; readonly detail: string };
} {
  return { ok: false, problem: { kind: 'malformed', detail } };
}
