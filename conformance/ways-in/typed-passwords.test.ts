import type { Browser } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { basic } from '../program/credentials.ts';
import type { Program } from '../program/start-program.ts';
import { PLANTED, setBrowserStage } from './browser-stage.ts';
import { FOREIGN_NAME } from './chromium.ts';
import { countRefusals } from './count-refusals.ts';
import type { ForeignSite } from './foreign-site.ts';

let program: Program;
let browser: Browser;
let site: ForeignSite;

setBrowserStage('basic', (stage) => {
  ({ program, browser, site } = stage);
});

/** A form of a page that was opened where somebody typed his password for Stagedoor before. */
function deploy(rest: string): string {
  return `(() => {
    const form = document.body.appendChild(document.createElement('form'));
    Object.assign(form, { action: '${rest}/v2/deployments', enctype: 'multipart/form-data', method: 'POST' });
    const input = form.appendChild(Object.assign(document.createElement('input'), { type: 'file', name: 'resources' }));
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(PLANTED)}], 'planted.bpmn'));
    input.files = transfer.files;
    form.submit();
  })()`;
}

async function deployed(): Promise<number> {
  const answer = await fetch(`${program.rest}/v1/process-definitions/search`, {
    method: 'POST',
    headers: basic('demo', 'demo'),
  });
  const page = (await answer.json()) as { total: number };
  return page.total;
}

describe('a password that was typed into a browser', () => {
  it.each(['localhost', FOREIGN_NAME])('deploys nothing for a page of another origin at %s', async (host) => {
    const context = await browser.newContext({ httpCredentials: { username: 'demo', password: 'demo' } });
    const page = await context.newPage();
    expect((await page.goto(`${program.rest}/v2/topology`))?.status()).toBe(200);
    await page.goto(`http://${host}:${site.port}/`);
    const before = await countRefusals(program.management, 'ORIGIN_REFUSED');
    const answered = page.waitForResponse(`${program.rest}/v2/deployments`);
    await page.evaluate(deploy(program.rest));
    expect((await answered).status()).toBe(403);
    // The browser did come with the password: without one the answer would have been another refusal.
    expect(await countRefusals(program.management, 'ORIGIN_REFUSED')).toBe(before + 1);
    expect(await deployed()).toBe(0);
    await context.close();
  });
});
