// A file from its upload to its undo: looked over, mapped, watched while it is taken, what was not taken fetched as a file; with and without JavaScript.
import { readFileSync } from 'node:fs';
import { origin, shoot, signIn, step, visitAll } from './browser_lib.mjs';

// So many that the page is seen while they are taken: more than one step of the job.
const rows = 1500;

function expect(good, text) {
	if (!good) throw new Error(text);
}

// One heading that nobody can guess and no earlier run has told, two cells that are wrong, one that a spreadsheet would reckon with.
const stamp = Date.now().toString(36);
const headings = `Full Name,Where ${stamp},Phone,Town,Remark`;
function file(tag) {
	const lines = [headings];
	for (let i = 0; i < rows; i++) {
		const mail = i === 1 ? 'no address' : `${tag}-${stamp}-${i}@import.example`;
		const phone = i === 3 ? '555' : '';
		lines.push(`${i === 1 ? '=Bea Long-Surname-Hyphenated' : `Import ${tag} ${i}`},${mail},${phone},Austin,"From the old list, page ${i}"`);
	}
	return { name: `customers_of_the_year_before_last_as_exported_${tag}.csv`, mimeType: 'text/csv', buffer: Buffer.from(`${lines.join('\r\n')}\r\n`) };
}

async function upload(page, { slug, kind }, brought) {
	await page.goto(`${origin(slug)}/imports/new?entity=${kind}`);
	await page.setInputFiles('[name=file]', brought);
	await page.click('main form button[type=submit]');
	await page.waitForURL(/\/imports\/[0-9a-f-]{36}$/);
}

// On its page where there is a desk, else in the list.
async function discard(page, view, brought) {
	await step(`${view.tag}: a draft is discarded`, async () => {
		await upload(page, view, brought);
		const address = new URL(page.url()).pathname;
		const place = view.onPage ? page.locator('.page-head') : page.locator(`tr:has(a[href="${address}"])`);
		if (!view.onPage) await page.goto(`${origin(view.slug)}/imports`);
		await place.locator('.confirm > summary').click();
		await shoot(page, `${view.tag}-import-discard`);
		await place.locator('button:has-text("Yes, discard it")').click();
		await page.waitForSelector('text=Nothing of it was imported.');
		expect((await page.locator(`a[href="${address}"]`).count()) === 0, 'the draft is still there');
	});
}

async function lookOver(page, { tag }) {
	await step(`${tag}: the columns are mapped, and a problem is marked in its cell`, async () => {
		await page.waitForSelector('td:has-text("no address")');
		expect((await page.locator('[name="column.0"]').inputValue()) === 'name', 'the name was not guessed');
		expect((await page.locator('[name="column.1"]').inputValue()) === '', 'what nobody can know was guessed');
		await page.selectOption('[name="column.1"]', 'email');
		await page.selectOption('[name="column.4"]', 'notes');
		await page.selectOption('[name=match]', 'email');
		await page.fill('[name=tags]', 'From the old list');
		await page.click('button[value=look]');
		await page.waitForSelector('td.tone-red:has-text("no address")');
		expect((await page.locator('td.tone-red').count()) === 2, 'not the two cells are marked');
		expect((await page.locator('[name="column.1"]').inputValue()) === 'email', 'the choice is forgotten');
		expect((await page.locator('[name=tags]').inputValue()).trim() === 'From the old list', 'the tag is forgotten');
		await shoot(page, `${tag}-import-draft`);
	});
}

// Nothing is clicked meanwhile: with JavaScript the page stays and a part of it changes, without it loads itself anew.
async function watch(page, { tag, options }) {
	await step(`${tag}: it is watched until it is done`, async () => {
		const scripted = options.javaScriptEnabled !== false;
		await page.click('button[value=start]');
		await page.waitForSelector('progress');
		if (scripted) await page.evaluate(() => { globalThis.stayed = true; });
		await shoot(page, `${tag}-import-running`);
		await page.waitForSelector('#import-state .badge:text-is("Done")');
		if (scripted) expect(await page.evaluate(() => globalThis.stayed), 'the page was loaded anew');
		const words = await page.locator('#import-state dl').innerText();
		expect(words.includes((rows - 2).toLocaleString('en-US')), `not all of them: ${words}`);
		await shoot(page, `${tag}-import-done`);
	});
}

async function fetchRefused(page, { tag }) {
	await step(`${tag}: what was not taken comes as a file, with the reasons`, async () => {
		const [download] = await Promise.all([page.waitForEvent('download'), page.click('a:has-text("Rows that were not taken")')]);
		const lines = readFileSync(await download.path(), 'utf8').trim().split('\r\n');
		expect(lines.length === 3, `${lines.length} lines`);
		expect(lines[0] === `${headings},Row,Reason`, lines[0]);
		expect(lines[1].includes("'=Bea") && lines[1].includes(',3,'), lines[1]);
		expect(lines[2].includes(',555,') && lines[2].includes('phone number'), lines[2]);
	});
}

async function undo(page, { tag, slug, kind }) {
	await step(`${tag}: all of it is taken back`, async () => {
		await page.click('summary:has-text("Undo the import")');
		await page.click('button:has-text("Yes, undo it")');
		await page.waitForSelector('#import-state .badge:text-is("Undone")');
		await shoot(page, `${tag}-import-undone`);
		await page.goto(`${origin(slug)}/${kind}?q=${encodeURIComponent(`Import ${tag} ${rows - 1}`)}`);
		expect((await page.locator('.row-title').count()) === 0, 'one of them is still there');
	});
}

const views = [
	{ tag: 'phone-list', slug: 'summit-heating', kind: 'contacts', options: { viewport: { width: 390, height: 844 }, colorScheme: 'light', javaScriptEnabled: false } },
	{ tag: 'desk-list', slug: 'acme-hvac', kind: 'leads', onPage: true, options: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' } },
];

await visitAll(views, async (page, view) => {
	const brought = file(view.tag);
	await signIn(page, view.slug);
	await discard(page, view, brought);
	await upload(page, view, brought);
	await lookOver(page, view);
	await watch(page, view);
	await fetchRefused(page, view);
	await undo(page, view);
});
