// The search over everything and the keyboard shortcuts, on a phone and a desk, in light and dark, with and without JavaScript.
import { origin, shoot, signIn, step, visitAll } from './browser_lib.mjs';

const row = /\/[0-9a-f]{8}-[0-9a-f-]{27}$/;

function expect(good, text) {
	if (!good) throw new Error(text);
}

// Somebody to be found: the first lead, by the first word of the name.
async function somebody(page, slug) {
	await page.goto(`${origin(slug)}/leads`);
	const name = (await page.locator('.row-title').first().textContent()).trim();
	await page.goto(`${origin(slug)}/`);
	return { name, word: name.split(' ')[0].toLowerCase() };
}

async function searchPage(page, { tag, slug, javaScript }) {
	const { name, word } = await somebody(page, slug);
	await step(`${tag}: the search teaches what can be looked for`, async () => {
		await page.goto(`${origin(slug)}/search`);
		await page.waitForSelector('.find-kinds');
		await shoot(page, `${tag}-search-empty`);
	});
	await step(`${tag}: a name is found among everything`, async () => {
		await page.fill('main [data-find]', word);
		if (!javaScript) await page.press('main [data-find]', 'Enter');
		await page.waitForSelector(`.find-hit:has-text("${name}")`);
		expect(page.url().includes(`q=${word}`), `the address is ${page.url()}`);
		await shoot(page, `${tag}-search`);
	});
	await step(`${tag}: many hits lead to the list`, async () => {
		await page.goto(`${origin(slug)}/search?q=example`);
		await shoot(page, `${tag}-search-many`);
		await page.locator('.find-all').first().click();
		await page.waitForURL(/\/leads\?q=example/);
	});
	await step(`${tag}: nothing is said in words, and so is too little`, async () => {
		await page.goto(`${origin(slug)}/search?q=zzzz-nobody`);
		await page.waitForSelector('.empty-title:has-text("zzzz-nobody")');
		await shoot(page, `${tag}-search-nothing`);
		await page.goto(`${origin(slug)}/search?q=z`);
		await page.waitForSelector('.alert:has-text("at least 2")');
		await shoot(page, `${tag}-search-short`);
	});
	await step(`${tag}: a hit is opened`, async () => {
		await page.goto(`${origin(slug)}/search?q=${encodeURIComponent(word)}`);
		await page.click(`.find-hit:has-text("${name}")`);
		await page.waitForURL(row);
	});
}

async function typeAhead(page, { tag, slug }) {
	const { name, word } = await somebody(page, slug);
	const panel = page.locator('#find-panel');
	await step(`${tag}: "/" goes to the box, and typing shows hits`, async () => {
		await page.keyboard.press('/');
		expect(await page.evaluate(() => document.activeElement.matches('.shell-search [data-search]')), 'the box has no focus');
		await page.keyboard.type(word);
		await panel.locator(`.find-hit:has-text("${name}")`).first().waitFor();
		expect((await page.inputValue('.shell-search [data-search]')) === word, 'the slash was typed');
		await page.screenshot({ path: `${process.env.DEMAND_SCREENSHOTS || `${process.env.DEMAND_STATE}/screenshots`}/${tag}-panel.png` });
	});
	await step(`${tag}: Escape closes what was found, and less than two letters find nothing`, async () => {
		await page.keyboard.press('Escape');
		await panel.waitFor({ state: 'hidden' });
		expect((await page.inputValue('.shell-search [data-search]')) === word, 'the box was emptied at once');
		await page.fill('.shell-search [data-search]', word[0]);
		await page.waitForTimeout(500);
		expect(await panel.isHidden(), 'one letter was searched for');
	});
	await step(`${tag}: keys reach a hit and open it`, async () => {
		await page.fill('.shell-search [data-search]', word);
		await panel.locator('.find-hit').first().waitFor();
		await page.keyboard.press('ArrowDown');
		expect(await page.evaluate(() => document.activeElement.matches('#find-panel .find-hit')), 'no hit has the focus');
		await page.keyboard.press('Enter');
		await page.waitForURL(row);
	});
}

async function keys(page, { tag, slug }) {
	await step(`${tag}: "?" opens the sheet and Escape closes it`, async () => {
		await page.goto(`${origin(slug)}/`);
		await page.keyboard.press('?');
		await page.waitForSelector('dialog#keys[open]');
		await page.screenshot({ path: `${process.env.DEMAND_SCREENSHOTS || `${process.env.DEMAND_STATE}/screenshots`}/${tag}-sheet.png` });
		await page.keyboard.press('g');
		await page.keyboard.press('l');
		await page.keyboard.press('Escape');
		await page.waitForSelector('dialog#keys', { state: 'hidden' });
		expect(new URL(page.url()).pathname === '/', 'a key went through the sheet');
	});
	await step(`${tag}: "g l" goes to the leads, "j" and Enter open one, "e" edits it`, async () => {
		await page.keyboard.press('g');
		await page.keyboard.press('l');
		await page.waitForURL(`${origin(slug)}/leads`);
		const names = await page.locator('.row-title').allTextContents();
		for (const key of ['j', 'j', 'k', 'j']) await page.keyboard.press(key);
		const here = await page.evaluate(() => document.activeElement.textContent);
		expect(here === names[1], `the focus is on ${here}, not ${names[1]}`);
		await shoot(page, `${tag}-row`);
		await page.keyboard.press('Enter');
		await page.waitForURL(row);
		await page.keyboard.press('e');
		await page.waitForURL(/\/edit$/);
	});
	await step(`${tag}: keys are letters where somebody types, and nothing with Ctrl`, async () => {
		await page.goto(`${origin(slug)}/leads`);
		await page.focus('#search');
		await page.keyboard.type('?gl/n');
		expect((await page.inputValue('#search')) === '?gl/n', 'a key was taken away');
		await page.goto(`${origin(slug)}/leads`);
		await page.keyboard.press('Control+?');
		expect(await page.locator('dialog#keys').isHidden(), 'Ctrl and a key opened the sheet');
		await page.keyboard.press('n');
		await page.waitForURL(/\/leads\/new$/);
	});
	await step(`${tag}: switched off means off, and on again`, async () => {
		await page.goto(`${origin(slug)}/shortcuts`);
		await page.click('main button:has-text("Switch them off")');
		await page.waitForSelector('main button:has-text("Switch them on")');
		await page.goto(`${origin(slug)}/`);
		for (const key of ['?', '/', 'g', 'l']) await page.keyboard.press(key);
		await page.waitForTimeout(300);
		expect(new URL(page.url()).pathname === '/', 'a shortcut works');
		expect((await page.locator('dialog[open]').count()) === 0, 'the sheet opened');
		expect(await page.evaluate(() => document.activeElement === document.body), 'the search has the focus');
		await page.goto(`${origin(slug)}/shortcuts`);
		await page.click('main button:has-text("Switch them on")');
		await page.waitForSelector('main button:has-text("Switch them off")');
		await page.keyboard.press('?');
		await page.waitForSelector('dialog#keys[open]');
	});
}

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const desk = { viewport: { width: 1280, height: 900 } };
const visits = [
	{ tag: 'search-phone', slug: 'acme-hvac', javaScript: true, options: phone },
	{ tag: 'search-phone-dark', slug: 'elite-plumbing', javaScript: true, options: { ...phone, colorScheme: 'dark' } },
	{ tag: 'search-desk', slug: 'blue-river', javaScript: true, byKeys: true, options: desk },
	{ tag: 'search-desk-dark', slug: 'summit-heating', javaScript: true, byKeys: true, options: { ...desk, colorScheme: 'dark' } },
	{ tag: 'search-noscript', slug: 'northside-comfort', javaScript: false, options: { ...phone, isMobile: false, javaScriptEnabled: false } },
];
await visitAll(visits, async (page, visit) => {
	await signIn(page, visit.slug);
	await searchPage(page, visit);
	await page.goto(`${origin(visit.slug)}/shortcuts`);
	await shoot(page, `${visit.tag}-shortcuts`);
	if (!visit.byKeys) return;
	await typeAhead(page, visit);
	await keys(page, visit);
});
