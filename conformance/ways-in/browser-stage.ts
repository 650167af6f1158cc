import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { FREE_PORTS, type Program, startProgram } from '../program/start-program.ts';
import { hasChromium, launchChromium } from './chromium.ts';
import { type ForeignSite, openForeignSite } from './foreign-site.ts';

/** What a foreign page would like to have deployed. */
export const PLANTED =
  '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"><process id="planted" isExecutable="true"><startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/><endEvent id="e"/></process></definitions>';

/** A program, a browser of somebody who uses it, and a site of somebody else. */
export type BrowserStage = { readonly program: Program; readonly browser: Browser; readonly site: ForeignSite };

/** Sets the stage for all tests of the file, and clears it after them. Where there is no Chromium, each of them is skipped. */
export function setBrowserStage(method: 'none' | 'basic', raise: (stage: BrowserStage) => void): void {
  let stage: BrowserStage | undefined;

  beforeEach((context) => {
    if (!hasChromium()) context.skip('Chromium is not installed');
  });

  beforeAll(async () => {
    if (!hasChromium()) return;
    const [program, browser, site] = await Promise.all([
      startProgram({ args: [...FREE_PORTS, '--method', method, '--memory'] }),
      launchChromium(),
      openForeignSite(),
    ]);
    stage = { program, browser, site };
    raise(stage);
  });

  afterAll(async () => {
    await Promise.all([stage?.browser.close(), stage?.program.stop(), stage?.site.close()]);
  });
}
