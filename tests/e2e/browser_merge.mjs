// Two records that are one person: found, compared, merged and taken back, on a phone and a desk, with and without JavaScript.
import { origin, shoot, signIn, step, visitAll } from './browser_lib.mjs';

const row = /\/[0-9a-f]{8}-[0-9a-f-]{27}/;

async function add(page, slug, plural, fields) {
	await page.goto(`${origin(slug)}/${plural}/new`);
	for (const [name, value] of Object.entries(fields)) await page.fill(`[name=${name}]`, value);
	await page.locator('main form', { has: page.locator('[name=name]') }).locator('button[type=submit]').click();
	await page.waitForURL(row);
	return page.url().match(row)[0].slice(1);
}

async function merge(page, { tag, slug }) {
	// Of this run: what is there already is warned of.
	const number = String(Date.now()).slice(-4);
	let kept;

	await step(`${tag}: the other record is found from the one that stays`, async () => {
		await add(page, slug, 'contacts', { name: `K. Merge ${number}`, phone: `512-555-${number}`, company: 'Realty', notes: 'Gate 4711' });
		kept = await add(page, slug, 'contacts', { name: `Karen Merge ${number}`, email: `karen${number}@mail.example`, notes: 'Dog' });
		await page.goto(`${origin(slug)}/contacts/${kept}`);
		await page.click('a:has-text("Merge with")');
		await page.fill('#field-q', `K. Merge ${number}`);
		await page.press('#field-q', 'Enter');
		await page.waitForSelector('.find-hit');
		await shoot(page, `${tag}-find`);
		await page.click(`.find-hit:has-text("K. Merge ${number}")`);
		await page.waitForURL(/with=/);
	});
	await step(`${tag}: what differs is chosen, what is empty is filled`, async () => {
		await page.check('#field-notes [value=both]');
		if (!(await page.isChecked('#field-company [value=remove]'))) throw new Error('the company is not filled in');
		await shoot(page, `${tag}-compare`);
		await page.locator('button:has-text("Merge")').last().click();
		await page.waitForURL(/done=merged/);
		await page.waitForSelector('.timeline-entry:has-text("into this")');
		for (const text of ['Realty', 'Gate 4711', 'Dog', `555-${number}`])
			if (!(await page.textContent('main')).includes(text)) throw new Error(`${text} is not there`);
		await shoot(page, `${tag}-merged`);
	});
	await step(`${tag}: it is taken back from the message`, async () => {
		await page.click('button:has-text("Undo merge")');
		await page.waitForURL(/done=unmerged/);
		if (!(await page.textContent('h1')).includes(`K. Merge ${number}`)) throw new Error('it is another page');
		await page.goto(`${origin(slug)}/merges`);
		await page.waitForSelector('.trash-row:has-text("taken back")');
		await shoot(page, `${tag}-merges`);
	});
}

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const desk = { viewport: { width: 1280, height: 900 } };
const visits = [
	{ tag: 'merge-phone', slug: 'acme-hvac', options: phone },
	{ tag: 'merge-desk-dark', slug: 'blue-river', options: { ...desk, colorScheme: 'dark' } },
	{ tag: 'merge-noscript', slug: 'northside-comfort', options: { ...phone, isMobile: false, javaScriptEnabled: false } },
];
await visitAll(visits, async (page, visit) => {
	await signIn(page, visit.slug);
	await merge(page, visit);
});
