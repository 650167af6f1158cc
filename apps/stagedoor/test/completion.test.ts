import { execFileSync } from 'node:child_process';
import { beforeEach, describe, expect, it } from 'vitest';
import { run } from './run-command.ts';

/** What a real shell offers after some words, the last of which is being written. */
type Shell = {
  readonly name: string;
  readonly offers: (script: string, words: readonly string[]) => readonly string[];
};

const SHELLS: readonly Shell[] = [
  {
    name: 'bash',
    offers: (script, words) =>
      lines('bash', [
        '-c',
        `eval "$1"; shift; COMP_WORDS=(stagedoor "$@"); COMP_CWORD=$#; _stagedoor; printf '%s\\n' "\${COMPREPLY[@]}"`,
        'bash',
        script,
        ...words,
      ]),
  },
  {
    name: 'zsh',
    offers: (script, words) => {
      const stand =
        'compdef() { : }; compadd() { shift; print -l -- "$@" }; _files() { : }; typeset -A compstate; compstate[nmatches]=1';
      const offered = lines('zsh', [
        '-fc',
        `${stand}; script="$1"; shift; words=(stagedoor "$@"); CURRENT=$#words; eval "$script"; _stagedoor`,
        'zsh',
        script,
        ...words,
      ]);
      return offered.filter((word) => word.startsWith(words.at(-1) ?? ''));
    },
  },
  {
    name: 'fish',
    offers: (script, words) => {
      const told = `${script}\ncomplete -C "stagedoor ${words.join(' ')}"`;
      return lines('fish', ['--no-config', '-c', told]).map((line) => line.split('\t')[0] ?? '');
    },
  },
];

function lines(program: string, args: readonly string[]): readonly string[] {
  return execFileSync(program, args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

function isMissing(program: string): boolean {
  try {
    execFileSync(program, ['-c', 'exit 0'], { stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
}

describe.each(SHELLS)('in $name', ({ name, offers }) => {
  beforeEach((ctx) => ctx.skip(isMissing(name), `${name} is missing`));

  it.each([
    [['wh'], ['whoami']],
    [['client', 'cr'], ['create']],
    [['client', 'create', '--na'], ['--name']],
    [['token', '--api', 'op'], ['operate']],
    [['token', '--api', 'operate', '--j'], ['--json']],
    [['completion', 'f'], ['fish']],
    [['whoami', 'qqqq'], []],
  ])('after %j there is %j', async (words, offered) => {
    const { code, out } = await run(['completion', name]);
    expect(code).toBe(0);
    expect(offers(out, words)).toEqual(offered);
  });

  it('every command is offered', async () => {
    const offered = offers((await run(['completion', name])).out, ['']);
    for (const command of ['start', 'client', 'user', 'token', 'curl', 'doctor']) expect(offered).toContain(command);
  });
});

it('there is no completion for other shells', async () => {
  for (const shell of ['tcsh', 'toString'])
    expect(await run(['completion', shell])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('bash, zsh, fish'),
    });
});
