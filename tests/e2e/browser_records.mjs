// The records as people use them, on a phone and a desk, in light and dark, with and without JavaScript: a list is narrowed and changed in bulk, cards
// move over the board, a call is logged in two taps, a lead becomes a customer. Each visit has a demo company of its own.
import { readFileSync } from 'node:fs';
import { origin, shoot, signIn, step, visitAll } from './browser_lib.mjs';

const row = /\/[0-9a-f]{8}-[0-9a-f-]{27}$/;

function expect(good, text) {
	if (!good) throw new Error(text);
}

const rows = (page) => page.locator('#list tbody tr');
const texts = async (locator) => (await locator.allTextContents()).map((text) => text.trim());

async function list(page, { tag, slug, javaScript }) {
	await step(`${tag}: the list is narrowed by a filter, which is in the address and in words`, async () => {
		await page.goto(`${origin(slug)}/leads`);
		await page.selectOption('#quick-urgency', 'emergency');
		if (!javaScript) await page.click('#filters .btn-apply');
		await page.waitForURL(/urgency=emergency/);
		await page.waitForSelector('.chip');
		const badges = await texts(rows(page).locator('td[data-label=Urgency]'));
		expect(badges.length > 0 && badges.every((text) => text === 'Emergency'), `the rows say ${badges}`);
		await shoot(page, `${tag}-list-filter`);
	});
	await step(`${tag}: two filters hold together, and words are looked for among them`, async () => {
		const name = (await texts(rows(page).locator('.row-title')))[0];
		await page.goto(`${origin(slug)}/leads?urgency=emergency&q=${encodeURIComponent(name.split(' ')[0].toLowerCase())}`);
		const names = await texts(rows(page).locator('.row-title'));
		expect(names.includes(name), `${name} is not among ${names}`);
		expect(names.every((other) => other.startsWith(name.split(' ')[0])), `others are there: ${names}`);
		await page.goto(`${origin(slug)}/leads?q=zzzz-nobody`);
		await page.waitForSelector('.empty-title');
		await shoot(page, `${tag}-list-nothing`);
		await page.click('.empty-action a');
		await page.waitForSelector('#list tbody tr');
	});
	await step(`${tag}: the tasks of one lead are found by its name, typed into a filter`, async () => {
		const word = `run${Date.now().toString(36)}`, made = `${tag} ${word}`;
		await page.goto(`${origin(slug)}/leads/new`);
		await page.fill('[name=name]', made);
		await page.click('main button[type=submit]');
		await page.waitForSelector('.alert-success');
		await page.goto(`${origin(slug)}/tasks/new?lead_id=${new URL(page.url()).pathname.split('/').pop()}`);
		await page.fill('[name=title]', `Task of ${made}`);
		await page.fill('[name=due_at]', '2027-01-15T09:00');
		await page.click('main button[type=submit]');
		await page.waitForSelector('.alert-success');
		await page.goto(`${origin(slug)}/tasks`);
		await page.click('.list-tools summary:has-text("Filters")');
		await page.fill('[name="lead_id.search"]', word);
		// With a script the match stands there before anything is sent.
		if (javaScript) await page.waitForSelector(`#choices-lead_id label:has-text("${made}")`);
		if (javaScript) await page.locator('#choices-lead_id label', { hasText: made }).click();
		await shoot(page, `${tag}-list-found`);
		await page.click('.tool-panel[aria-label=Filters] .tool-foot button');
		await page.waitForURL(/lead_id=/);
		if (!javaScript && (await page.locator('.alert-warning').count())) {
			await page.locator('#choices-lead_id label', { hasText: made }).click();
			await page.click('.tool-panel[aria-label=Filters] .tool-foot button');
		}
		await page.waitForSelector(`.chip:has-text("${made}")`);
		const names = await texts(rows(page).locator('.row-title'));
		expect(names.join() === `Task of ${made}`, `the rows are ${names}`);
	});
	await step(`${tag}: what is narrowed is exported as it stands`, async () => {
		await page.goto(`${origin(slug)}/leads?urgency=emergency&sort=name`);
		const names = await texts(rows(page).locator('.row-title'));
		await page.click('.list-tools a:has-text("Export")');
		await page.waitForSelector('input[value=jsonl]');
		await shoot(page, `${tag}-export`);
		const [download] = await Promise.all([page.waitForEvent('download'), page.click('main button[type=submit]')]);
		expect(/^leads-\d{4}-\d\d-\d\d\.csv$/.test(download.suggestedFilename()), `the file is called ${download.suggestedFilename()}`);
		const lines = readFileSync(await download.path(), 'utf8').trim().split('\r\n');
		expect(lines.slice(1, names.length + 1).every((line, n) => line.startsWith(names[n])), `the file has ${lines.slice(0, 3)}`);
	});
	await step(`${tag}: columns and order are chosen, and stay in the address`, async () => {
		await page.goto(`${origin(slug)}/leads`);
		await page.click('.list-tools summary:has-text("Columns")');
		await page.locator('.tool-columns label', { hasText: /^City$/ }).click();
		await page.selectOption('.tool-panel [name=sort]', 'name');
		await shoot(page, `${tag}-list-columns`);
		await page.click('.tool-narrow .tool-foot button');
		await page.waitForURL(/columns=/);
		await page.waitForSelector('td[data-label=City]', { state: 'attached' });
		const names = await texts(rows(page).locator('.row-title'));
		expect(names.join() === [...names].sort().join(), `they stand as ${names}`);
	});
	await step(`${tag}: what was ticked is changed after a count, and taken back`, async () => {
		await page.goto(`${origin(slug)}/leads?sort=name`);
		const picks = page.locator('#list tbody [data-pick], #list tbody [name=id]');
		await picks.nth(0).check();
		await picks.nth(1).check();
		await page.click('#bulk button[type=submit]');
		await page.waitForSelector('.bulk-offers');
		await page.locator('.bulk-offer', { has: page.locator('[value=status]') }).locator('input[type=radio]').check();
		await page.selectOption('[name="target.status"]', 'contacted');
		await shoot(page, `${tag}-bulk-offer`);
		await page.click('form.bulk button[type=submit]');
		expect(/2 leads/.test(await page.textContent('h1')), `the count is not told: ${await page.textContent('h1')}`);
		await shoot(page, `${tag}-bulk-confirm`);
		await page.click('form.bulk button[type=submit]');
		await page.waitForSelector('.bulk-done');
		await shoot(page, `${tag}-bulk-done`);
		await page.click('.bulk-done button');
		await page.waitForSelector('.alert:has-text("back")');
	});
}

const column = (page, name) => page.locator('.board-column', { has: page.locator('h2', { hasText: new RegExp(`^${name}$`) }) });
const cards = (page, name) => column(page, name).locator('.board-card');
const firstName = (page, name) => cards(page, name).first().locator('.board-title').textContent();
const inColumn = (page, name, who) => cards(page, name).filter({ hasText: who }).count();

async function boardByHand(page, { tag, slug }) {
	await step(`${tag}: a card is dragged, and stays there`, async () => {
		await page.goto(`${origin(slug)}/pipeline`);
		const who = await firstName(page, 'New');
		// By its title, as a hand would take it; a click on the same leads to the lead.
		await cards(page, 'New').first().locator('.board-title').dragTo(cards(page, 'Contacted').first());
		await page.waitForSelector(`[data-board-live]:has-text("is now in Contacted")`);
		await page.reload();
		expect((await inColumn(page, 'Contacted', who)) > 0, `${who} is not in Contacted`);
	});
	await step(`${tag}: a move that fails goes back and says why`, async () => {
		const who = await firstName(page, 'New');
		await page.route('**/move?*', (route) => (route.request().method() === 'POST' ? route.abort() : route.continue()));
		await cards(page, 'New').first().focus();
		await page.keyboard.press('Shift+ArrowRight');
		await page.waitForSelector('[data-board-live].is-failed');
		const told = await page.textContent('[data-board-live]');
		expect(told === `${who} was not moved: there is no connection. Try again when you are online.`, told);
		expect((await inColumn(page, 'New', who)) > 0, `${who} has left New`);
		await shoot(page, `${tag}-board-failed`);
		await page.unroute('**/move?*');
		page.complaints = page.complaints.filter((text) => !/Failed to load resource/.test(text));
	});
}

// Somebody else writes the lead that a card stands for: by the form that the card leads to.
async function moveElsewhere(page, move, column) {
	const form = await page.context().newPage();
	await form.goto(new URL(move, page.url()).href);
	await form.selectOption('[name=stage_id]', { label: column });
	await form.click('main form.card button[type=submit]');
	await form.waitForURL('**/pipeline**');
	await form.close();
}

async function boardOfTwo(page, { tag, slug }) {
	await step(`${tag}: who was slower is told why, sees the card where it is, and can go on`, async () => {
		await page.goto(`${origin(slug)}/pipeline`);
		const card = cards(page, 'New').first();
		const who = await card.locator('.board-title').textContent();
		await moveElsewhere(page, await card.getAttribute('data-move'), 'Estimate sent');
		await card.locator('.board-title').dragTo(cards(page, 'Contacted').first());
		await page.waitForSelector('[data-board-live].is-failed');
		const told = await page.textContent('[data-board-live]');
		expect(told === `${who} was not moved: Somebody else has changed this lead meanwhile. It is shown as it is now.`, told);
		expect((await firstName(page, 'Estimate sent')) === who, `${who} is not shown where it is`);
		await cards(page, 'Estimate sent').first().locator('.board-title').dragTo(cards(page, 'Contacted').first());
		await page.waitForSelector(`[data-board-live]:has-text("${who} is now in Contacted")`);
		page.complaints = page.complaints.filter((text) => !/status of 412/.test(text));
	});
	await step(`${tag}: a move on one's own board leaves the numbers one's own`, async () => {
		const mine = cards(page, 'Contacted').first();
		await page.goto(new URL(`${await mine.locator('.board-title').getAttribute('href')}/edit`, origin(slug)).href);
		await page.selectOption('[name=owner_id]', { label: await page.textContent('.menu-who strong') });
		await page.click('main form button[type=submit]');
		await page.waitForURL(row);
		await page.goto(`${origin(slug)}/pipeline?owner=me`);
		const sum = async () => {
			let all = 0;
			for (const text of await texts(page.locator('[data-numbers] .badge'))) all += Number.parseInt(text, 10);
			return all;
		};
		const before = await sum();
		await cards(page, 'Contacted').first().focus();
		await page.keyboard.press('Shift+ArrowRight');
		await page.waitForSelector('[data-board-live]:has-text("is now in Estimate booked")');
		expect((await sum()) === before, `${before} cards were mine, then ${await sum()}`);
	});
	await step(`${tag}: what a card passes by keys it never was`, async () => {
		await page.goto(`${origin(slug)}/pipeline`);
		const posted = [];
		page.on('request', (request) => request.method() === 'POST' && posted.push(request.url()));
		const card = cards(page, 'Estimate sent').first();
		const who = await card.locator('.board-title').textContent();
		const address = new URL(await card.locator('.board-title').getAttribute('href'), origin(slug)).href;
		await card.focus();
		await page.keyboard.press('Shift+ArrowRight');
		await page.keyboard.press('Escape');
		await page.waitForSelector(`[data-board-live]:has-text("${who} was left where it was")`);
		expect((await firstName(page, 'Estimate sent')) === who, `${who} has left its column`);
		await page.keyboard.press('Shift+ArrowRight');
		await page.keyboard.press('Shift+ArrowRight');
		expect((await inColumn(page, 'Lost', who)) > 0, `${who} does not stand in Lost`);
		await page.fill('#board-reason', 'Too dear');
		await page.keyboard.press('Enter');
		await page.waitForSelector(`[data-board-live]:has-text("${who} is now in Lost")`);
		expect(posted.length === 1, `posted ${posted.join(' ')}`);
		await page.goto(address);
		const told = await page.textContent('.record-timeline, .timeline, main');
		expect(!/→ Won/.test(told) && !/to Won/.test(told), 'it was won on its way');
	});
}

async function boardByKeys(page, { tag, slug }) {
	await step(`${tag}: a card moves by keys, and stays there`, async () => {
		await page.goto(`${origin(slug)}/pipeline`);
		await shoot(page, `${tag}-board`);
		const who = await firstName(page, 'New');
		await cards(page, 'New').first().focus();
		await page.keyboard.press('Shift+ArrowRight');
		await page.waitForSelector(`[data-board-live]:has-text("is now in Contacted")`);
		await page.reload();
		expect((await firstName(page, 'Contacted')) === who, `${who} is not on top of Contacted`);
	});
	await step(`${tag}: lost asks for the reason first`, async () => {
		const last = cards(page, 'Won').first();
		const who = await last.locator('.board-title').textContent();
		await last.focus();
		await page.keyboard.press('Shift+ArrowRight');
		await page.waitForSelector('[data-board-ask][open]');
		await page.screenshot({ path: `${process.env.DEMAND_SCREENSHOTS || process.env.DEMAND_STATE}/${tag}-board-lost.png` });
		await page.keyboard.press('Escape');
		await page.waitForSelector('[data-board-live]:has-text("left where it was")');
		expect((await inColumn(page, 'Won', who)) > 0, `${who} is gone from Won`);
		await cards(page, 'Won').first().focus();
		await page.keyboard.press('Shift+ArrowRight');
		await page.fill('#board-reason', 'Sold the house');
		await page.keyboard.press('Enter');
		await page.waitForSelector('[data-board-live]:has-text("is now in Lost")');
		await page.goto(new URL(await cards(page, 'Lost').filter({ hasText: who }).first().locator('.board-title').getAttribute('href'), origin(slug)).href);
		expect((await page.textContent('main')).includes('Sold the house'), 'the reason is not on the lead');
	});
}

async function boardByForm(page, { tag, slug }) {
	await step(`${tag}: a card moves by a form; lost without a reason is asked again`, async () => {
		await page.goto(`${origin(slug)}/pipeline`);
		await shoot(page, `${tag}-board`);
		const who = await firstName(page, 'New');
		await cards(page, 'New').first().locator('a:has-text("Move")').click();
		await page.selectOption('[name=stage_id]', { label: 'Lost' });
		await page.click('main form.card button[type=submit]');
		await page.waitForSelector('#error-lost_reason');
		await shoot(page, `${tag}-board-reason`);
		await page.fill('[name=lost_reason]', 'Too far away');
		await page.click('main form.card button[type=submit]');
		await page.waitForURL('**/pipeline**');
		expect((await inColumn(page, 'Lost', who)) > 0, `${who} is not in Lost`);
	});
}

async function lead(page, { tag, slug }) {
	await step(`${tag}: a call is logged in two taps, and stands in the timeline`, async () => {
		await page.goto(`${origin(slug)}/leads?status=qualified`);
		await page.click('#list tbody .row-title');
		await page.waitForURL(row);
		await page.click('.quick summary:has-text("Log")');
		await page.screenshot({ path: `${process.env.DEMAND_SCREENSHOTS || process.env.DEMAND_STATE}/${tag}-log-call.png` });
		await page.click('.quick-outcomes button >> nth=0');
		await page.waitForSelector('.timeline-entry:has-text("all")');
		await page.fill('#call-note', 'Furnace is 19 years old.');
		await page.click('.call-note button[type=submit]');
		await page.waitForSelector('.timeline-entry:has-text("19 years old")');
		await shoot(page, `${tag}-lead-timeline`);
	});
	await step(`${tag}: what they sent is logged in two taps too, and a note is pinned above it`, async () => {
		await page.click('.quick summary:has-text("Log")');
		await page.click('.quick-received button:has-text("They texted")');
		await page.waitForSelector('.timeline-entry:has-text("Text message received")');
		await page.click('.quick summary:has-text("Note")');
		await page.fill('#quick-note', 'Gate code 1234');
		await page.locator('.quick-pin input').check();
		await page.screenshot({ path: `${process.env.DEMAND_SCREENSHOTS || process.env.DEMAND_STATE}/${tag}-note.png` });
		await page.click('.quick-panel:has(#quick-note) button[type=submit]');
		await page.waitForSelector('.timeline-pinned:has-text("Gate code 1234")');
		await shoot(page, `${tag}-lead-pinned`);
	});
	await step(`${tag}: the timeline shows one kind alone`, async () => {
		const all = await page.locator('.timeline-entry').count();
		await page.click('.timeline-chip:has-text("Calls")');
		await page.waitForSelector('.timeline-chip.active:has-text("Calls")');
		expect((await page.locator('.timeline-entry').count()) < all, 'there is more than calls');
		await page.waitForSelector('.timeline-entry:has-text("19 years old")');
		await page.goto(page.url().replace(/[?#].*/, ''));
	});
	await step(`${tag}: a task is written down, and done on the day's page`, async () => {
		await page.click('.quick summary:has-text("Task")');
		await page.fill('#quick-task', `Send the estimate ${tag}`);
		await page.press('#quick-task', 'Enter');
		await page.waitForSelector(`.timeline-entry:has-text("Send the estimate ${tag}")`);
		await page.goto(`${origin(slug)}/my-day`);
		await page.waitForSelector(`.day-task:has-text("Send the estimate ${tag}")`);
		await shoot(page, `${tag}-my-day`);
		await page.click(`.day-task:has-text("Send the estimate ${tag}") button:has-text("Done")`);
		await page.waitForSelector(`.day-task:has-text("Send the estimate ${tag}")`, { state: 'detached' });
	});
	await step(`${tag}: a call that was to be made is written down with choices, and done on Today with how it went`, async () => {
		await page.goto(`${origin(slug)}/leads?status=qualified`);
		await page.click('#list tbody .row-title');
		await page.waitForURL(row);
		const lead = page.url();
		await page.click('.quick summary:has-text("Task")');
		await page.click('.quick-panel:has(#quick-task) a:has-text("More choices")');
		await page.fill('[name=title]', `Call about the offer ${tag}`);
		await page.selectOption('[name=kind]', 'call');
		await page.fill('[name=due_at]', '2026-01-05T09:00');
		await page.click('main form button[type=submit].btn-primary');
		await page.waitForURL((url) => url.href.startsWith(lead));
		await page.goto(`${origin(slug)}/`);
		const task = page.locator(`.day-task:has-text("Call about the offer ${tag}")`);
		await task.locator('summary:has-text("Done")').click();
		await shoot(page, `${tag}-today`);
		await task.locator('button:has-text("Voicemail")').click();
		await task.waitFor({ state: 'detached' });
		await page.goto(lead);
		await page.waitForSelector(`.timeline-entry:has-text("Call: Call about the offer ${tag}")`);
	});
	await step(`${tag}: a lead becomes a contact, who shows what happened before`, async () => {
		await page.goto(`${origin(slug)}/leads?status=qualified`);
		const link = page.locator('#list tbody .row-title').first();
		const who = (await link.textContent()).trim();
		await link.click();
		await page.waitForURL(row);
		await page.click('a:has-text("Make a customer")');
		await shoot(page, `${tag}-convert`);
		await page.click('main form.card button[type=submit]');
		await page.waitForURL(/\/contacts\//);
		expect((await page.textContent('h1')).includes(who), `it is not ${who}'s page`);
		await page.waitForSelector('.timeline-entry:has-text("19 years old")');
		await page.waitForSelector('.record-related:has-text("Properties")');
		await shoot(page, `${tag}-contact`);
	});
}

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const desk = { viewport: { width: 1280, height: 900 } };
const visits = [
	{ tag: 'records-phone', slug: 'acme-hvac', javaScript: true, options: phone },
	{ tag: 'records-phone-dark', slug: 'elite-plumbing', javaScript: true, options: { ...phone, colorScheme: 'dark' } },
	{ tag: 'records-desk', slug: 'blue-river', javaScript: true, byMouse: true, options: desk },
	{ tag: 'records-desk-dark', slug: 'summit-heating', javaScript: true, byMouse: true, options: { ...desk, colorScheme: 'dark' } },
	{ tag: 'records-noscript', slug: 'northside-comfort', javaScript: false, options: { ...phone, isMobile: false, javaScriptEnabled: false } },
];
await visitAll(visits, async (page, visit) => {
	await signIn(page, visit.slug);
	await list(page, visit);
	if (visit.byMouse) await boardByHand(page, visit);
	if (visit.byMouse) await boardOfTwo(page, visit);
	if (visit.javaScript) await boardByKeys(page, visit);
	else await boardByForm(page, visit);
	await lead(page, visit);
});
