// Who is here already is told before a record is made, and pairs are worked off in the queue: on a phone and a desk, with and without JavaScript.
import { origin, shoot, signIn, step, visitAll } from './browser_lib.mjs';

const row = /\/[0-9a-f]{8}-[0-9a-f-]{27}/;

async function fillLead(page, slug, fields) {
	await page.goto(`${origin(slug)}/leads/new`);
	for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
}

async function duplicates(page, { tag, slug }) {
	const number = String(Date.now()).slice(-4), name = `Twin ${number}`;

	await step(`${tag}: a form tells who is here already, and keeps what was typed`, async () => {
		await fillLead(page, slug, { name, phone: `512-555-${number}` });
		await page.press('[name=name]', 'Enter');
		await page.waitForURL(row);
		await fillLead(page, slug, { name: `${name} again`, phone: `(512) 555 ${number}`, notes: 'typed' });
		await page.press('[name=name]', 'Enter');
		await page.waitForSelector(`.alike a:has-text("${name}")`);
		if ((await page.inputValue('[name=notes]')) !== 'typed') throw new Error('what was typed is gone');
		await shoot(page, `${tag}-told`);
		// Enter asks again; only the button makes it all the same.
		await page.press('[name=name]', 'Enter');
		await page.waitForSelector(`.alike a:has-text("${name}")`);
		await page.click('button:has-text("Create it anyway")');
		await page.waitForURL(row);
	});
	await step(`${tag}: a search finds the pair, and a no takes it out of the queue`, async () => {
		const pair = page.locator('.pair', { hasText: `${name} again` });

		await page.goto(`${origin(slug)}/duplicates?entity=leads`);
		if (await page.locator('button:has-text("Look for duplicates now")').count()) await page.click('button:has-text("Look for duplicates now")');
		for (let i = 0; i < 60 && !(await pair.count()); i += 1) {
			await page.waitForTimeout(500);
			await page.goto(`${origin(slug)}/duplicates?entity=leads`);
		}
		if ((await pair.count()) !== 1) throw new Error('the pair is not found');
		await shoot(page, `${tag}-queue`);
		await pair.locator('button:has-text("Not a duplicate")').press('Enter');
		await page.waitForURL(/done=duplicate_dismissed/);
		if (await pair.count()) throw new Error('the pair is still there');
		await page.press('a:has-text("Pairs that are not duplicates")', 'Enter');
		await pair.locator('button:has-text("Back into the queue")').press('Enter');
		await page.waitForURL(/done=duplicate_reopened/);
	});
	await step(`${tag}: it is merged from the queue`, async () => {
		await page.goto(`${origin(slug)}/duplicates?entity=leads`);
		await page.locator('.pair', { hasText: `${name} again` }).locator('[name=pair]').check();
		await page.press('button:has-text("Merge selected")', 'Enter');
		await page.waitForURL((url) => !url.pathname.startsWith('/duplicates/merge'));
		await page.goto(`${origin(slug)}/duplicates?entity=leads`);
		if (await page.locator('.pair', { hasText: `${name} again` }).count()) throw new Error('the pair is still there');
	});
}

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const desk = { viewport: { width: 1280, height: 900 } };
const visits = [
	{ tag: 'duplicates-phone-dark', slug: 'elite-plumbing', options: { ...phone, colorScheme: 'dark' } },
	{ tag: 'duplicates-desk', slug: 'summit-heating', options: desk },
	{ tag: 'duplicates-noscript', slug: 'northside-comfort', options: { ...phone, isMobile: false, javaScriptEnabled: false } },
];
await visitAll(visits, async (page, visit) => {
	await signIn(page, visit.slug);
	await duplicates(page, visit);
});
