// Uses the dashboard as a person does, in a real browser, and looks at what nobody sees: the console, the requests, the accessibility tree.
// usage: node dashboard.mjs '{"browser": PATH, "login": URL, "second": URL, "token": T, "change": NAME, …}'
// Prints one line a step; ends with 1 at the first that fails. What is to be seen in the store afterwards is the caller's to check.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const given = JSON.parse(process.argv[2]);
const origin = new URL(given.login).origin;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const pages = ['/', `/changes/${given.change}`, '/questions', '/updates', '/improvements', '/activity', '/health', '/login'];
const faults = [];
const started = Date.now();
const say = line => console.log(`${((Date.now() - started) / 1000).toFixed(1)} s  ${line}`);
const check = (holds, what) => { if (!holds) throw new Error(what); };
const slug = path => path === '/' ? 'work' : path.split('/')[1];

const browser = await chromium.launch({ executablePath: given.browser, args: ['--no-sandbox', '--disable-dev-shm-usage'] });

// A browser window of a size and a colour scheme, watched.
async function open(width, colorScheme, more = {}) {
  const context = await browser.newContext({ viewport: { width, height: width < 600 ? 844 : 900 }, colorScheme, reducedMotion: 'reduce', bypassCSP: false, ...more });
  context.setDefaultTimeout(60000);
  context.on('request', request => { if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) faults.push(`a request to ${request.url()}`); });
  context.on('console', message => { if (['error', 'warning'].includes(message.type())) faults.push(`console: ${message.text()} (${message.page()?.url()})`); });
  context.on('weberror', error => faults.push(`script: ${error.error().message}`));
  context.on('dialog', dialog => { faults.push(`a text that others wrote opened a dialog: ${dialog.message()}`); dialog.dismiss(); });
  return { context, page: await context.newPage(), name: `${width}-${colorScheme}` };
}

const shot = (page, name, path) => page.screenshot({ path: `${given.shots}/${name}-${path}.png`, fullPage: true });

// Every page of a window: fits its width, has no serious fault of accessibility.
async function look({ page, name }, paths, judge) {
  for (const path of paths) {
    await page.goto(origin + path);
    await page.locator('h1').first().waitFor({ state: 'attached' });
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check(over <= 0, `${path} is ${over} pixels wider than the window of ${name}`);
    await shot(page, name, slug(path));
    if (!judge) continue;
    await page.evaluate(`${axe}; 0`);
    const { violations } = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
    for (const violation of violations) {
      const line = `axe ${violation.impact} ${violation.id} on ${path} (${name}): ${violation.nodes.slice(0, 3).map(node => `${node.target} ${node.failureSummary}`).join(' | ')}`;
      if (['serious', 'critical'].includes(violation.impact)) faults.push(line); else say(line);
    }
  }
  say(`${name}: looked at ${paths.length} pages${judge ? ', with axe' : ''}`);
}

const cardOf = (page, text) => page.locator('.card', { hasText: text });
async function api(path, body) {
  const answer = await fetch(origin + path, { method: 'POST', headers: { Authorization: `Bearer ${given.token}`, 'Content-Type': 'application/json' }, body: JSON.stringify(body ?? {}) });
  check(answer.ok, `${path} answered ${answer.status}: ${await answer.text()}`);
}

try {
  // A wide window, by mouse.
  const wide = await open(1280, 'light');
  await wide.page.goto(origin);
  check(await wide.page.locator('form[action$="/answer"]').count() === 0, 'who is not signed in sees no forms');
  await wide.page.goto(given.login);
  await wide.page.waitForURL(`${origin}/`);
  await wide.page.locator('#live', { hasText: 'live' }).waitFor();
  say('signed in by the address of wo dashboard');
  await look(wide, pages, true);
  const chart = wide.page.locator('.chart canvas');
  await wide.page.goto(`${origin}/improvements`);
  await chart.first().waitFor();
  say('the plot of an improvement is drawn');

  await wide.page.goto(`${origin}/changes/${given.strange}`);
  await shot(wide.page, wide.name, 'hostile');
  check((await wide.page.locator('h1').textContent()) === decodeURIComponent(given.strange), 'a change with a strange name has its page');

  await wide.page.goto(`${origin}/questions`);
  const question = cardOf(wide.page, given.first);
  await question.locator('textarea').fill('At most 300 ms for 95 of 100 requests.');
  await question.getByRole('button', { name: 'Answer', exact: true }).click();
  await wide.page.locator('#notice', { hasText: 'Your answer is stored' }).waitFor();
  await cardOf(wide.page, given.first).waitFor({ state: 'detached' });
  say('answered a question');

  await wide.page.goto(`${origin}/updates?state=held`);
  const held = await wide.page.locator('.card.update', { hasText: given.approve }).first().getAttribute('id');
  await wide.page.goto(`${origin}/updates/${held}`);
  check(await wide.page.locator('.diff .added').count() > 0, 'a held update shows what it changes');
  await shot(wide.page, wide.name, 'update-held');
  await wide.page.getByRole('button', { name: /^Approve ?:/ }).click();
  await wide.page.locator('.badge', { hasText: 'applied' }).waitFor(); // live: nobody loads the page again
  say('approved an update and saw it being written');
  await wide.page.getByRole('button', { name: 'Undo' }).click();
  await wide.page.locator('.badge', { hasText: 'undone' }).waitFor();
  await shot(wide.page, wide.name, 'update-undone');
  say('took it back');

  // What happens elsewhere is seen live, and does not disturb who is writing.
  await wide.page.goto(`${origin}/questions`);
  const other = cardOf(wide.page, given.hostile), writing = cardOf(wide.page, given.keyboard).locator('textarea');
  await other.waitFor();
  await writing.fill('half a sen');
  await wide.page.locator('#live', { hasText: 'live' }).waitFor();
  await api(`/api/questions/${given.hostileId}/dismiss`, { reason: 'only a test' });
  await other.waitFor({ state: 'detached' });
  check(await writing.inputValue() === 'half a sen', 'what is being written stays');
  check(await wide.page.evaluate(() => document.activeElement.tagName) === 'TEXTAREA', 'the cursor stays where it is');
  say('saw an event live while writing');
  await wide.page.goto('about:blank');

  // A phone in the dark, by keyboard.
  const phone = await open(390, 'dark', { hasTouch: true, isMobile: true });
  await phone.page.goto(given.second);
  await phone.page.waitForURL(`${origin}/`);
  await look(phone, pages, true);
  await phone.page.goto(`${origin}/questions`);
  await phone.page.keyboard.press('Tab');
  check(await phone.page.evaluate(() => document.activeElement.className) === 'skip', 'the first stop of the keyboard leads to the content');
  await phone.page.keyboard.press('Enter');
  const target = `answer-${await cardOf(phone.page, given.keyboard).getAttribute('id')}`;
  for (let i = 0; i < 60 && await phone.page.evaluate(() => document.activeElement.id) !== target; i++) await phone.page.keyboard.press('Tab');
  check(await phone.page.evaluate(() => document.activeElement.id) === target, 'the answer can be reached by keyboard');
  await phone.page.keyboard.type('Thirty days.');
  await phone.page.keyboard.press('Tab');
  await phone.page.keyboard.press('Enter');
  await phone.page.locator('#notice', { hasText: 'Your answer is stored' }).waitFor();
  say('answered a question by keyboard');

  // The other two, for the eye.
  const state = await wide.context.storageState();
  await look(await open(1280, 'dark', { storageState: state }), ['/', pages[1], '/improvements'], false);
  await look(await open(390, 'light', { storageState: state }), ['/', pages[1], '/improvements'], false);

  // Without JavaScript: all can be read, and even decided.
  const plain = await open(1280, 'light', { javaScriptEnabled: false, storageState: state });
  for (const path of pages) check((await plain.page.goto(origin + path)).ok(), `${path} without JavaScript`);
  await plain.page.goto(`${origin}/questions`);
  const last = cardOf(plain.page, given.plain);
  await last.locator('textarea').fill('Nobody.');
  await last.getByRole('button', { name: 'Answer', exact: true }).click();
  await plain.page.locator('.notice', { hasText: 'Your answer is stored' }).waitFor();
  say('read everything and answered without JavaScript');

  check(faults.length === 0, `\n${faults.join('\n')}`);
  say('no errors in the console, no requests to elsewhere, no serious faults of accessibility');
} catch (error) {
  console.log(`FAILED: ${error.message}${faults.length > 0 ? `\nBesides:\n${faults.join('\n')}` : ''}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
