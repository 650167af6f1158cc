import { benchAuthorizations } from './bench-authorizations.ts';
import { benchBasic } from './bench-basic.ts';
import { benchClient } from './bench-client.ts';
import { benchDecisions } from './bench-decisions.ts';
import { benchGuessing } from './bench-guessing.ts';
import { benchNames } from './bench-names.ts';
import { benchStart } from './bench-start.ts';
import { benchTokens } from './bench-tokens.ts';
import { benchVerification } from './bench-verification.ts';

const BENCHES = {
  start: benchStart,
  basic: benchBasic,
  guessing: benchGuessing,
  names: benchNames,
  decisions: benchDecisions,
  authorizations: benchAuthorizations,
  client: benchClient,
  tokens: benchTokens,
  verification: benchVerification,
};

const asked = process.argv.slice(2);
const unknown = asked.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined) {
  console.error(`there is no bench called ${unknown}: choose from ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}
for (const [name, bench] of Object.entries(BENCHES)) if (asked.length === 0 || asked.includes(name)) await bench();
