import { describe, expect, it } from 'vitest';
import { run } from './run-command.ts';

describe('commands of callers', () => {
  it.each(['token', 'whoami', 'curl', 'env', 'broker', 'doctor', 'completion'])(
    '%s --help has examples',
    async (name) => {
      const { code, out, err } = await run([name, '--help']);
      expect([code, err]).toEqual([0, '']);
      expect(out).toMatch(new RegExp(`\\nExamples?:\\n(?:.*\\n)*.*stagedoor ${name}`));
    },
  );

  it.each([
    ['token', '--api', 'tasklist'],
    ['token', 'canary'],
    ['whoami', '--api', 'operate'],
    ['curl'],
    ['curl', '--api', 'tasklist', '/v2'],
    ['doctor', '--api', 'tasklist'],
    ['broker', '--secret=canary'],
    ['completion'],
  ])('%s %s %s is wrong usage', async (...args) => {
    const { code, out, err } = await run(args);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(/^stagedoor: .+\n$/);
    expect(err).not.toContain('canary');
  });

  it('colours marks on a terminal, and nothing elsewhere', async () => {
    const environment = { CAMUNDA_REST_ADDRESS: 'no address' };
    const onTerminal = await run(['doctor'], { environment, colours: true });
    expect([onTerminal.code, onTerminal.out.includes('\u001b[31m-\u001b[0m names')]).toEqual([3, true]);
    const inFile = await run(['doctor'], { environment });
    expect([inFile.code, inFile.out.startsWith('- names'), inFile.out.includes('\u001b')]).toEqual([3, true, false]);
  });

  it('shows what an environment says without letting it move the cursor', async () => {
    const { out } = await run(['env'], { environment: { CAMUNDA_REST_ADDRESS: 'http://h/\u001b[2J\nmethod none' } });
    expect(out).not.toContain('\u001b');
    expect(out.match(/^method /gm)).toHaveLength(1);
  });
});
