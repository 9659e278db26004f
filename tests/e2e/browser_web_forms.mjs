// A web form from its making to the lead it brings: the frame and the plain form, on the page of another site, with and without JavaScript.
import { origin, shoot, signIn, step, visitAll } from './browser_lib.mjs';

function expect(good, text) {
	if (!good) throw new Error(text);
}

// A page of a site that is not ours, without a server of its own.
async function elsewhere(page, html, query = '', head = '') {
	const address = 'https://www.acme-heating.test/book';
	await page.route(`${address}**`, (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html><title>Acme</title>${head}<h1>Acme Heating</h1>${html}` }));
	await page.goto(address + query);
}

async function make(page, { tag, slug }) {
	await step(`${tag}: a form is made and shows how it is put on a website`, async () => {
		await page.goto(`${origin(slug)}/web_forms/new`);
		await page.fill('[name=name]', `Site ${tag} ${Date.now()}`);
		await page.fill('[name=heading]', 'Book a visit');
		await page.fill('[name=consent_text]', 'You may text me about this request.');
		await page.selectOption('[name=ask_urgency]', 'required');
		await page.click('main form button[type=submit]');
		await page.waitForURL(/\/web_forms\/[0-9a-f-]{36}/);
		await page.click('a:has-text("Put it on your website")');
		await page.waitForSelector('#frame');
		await shoot(page, `${tag}-web-form-website`);
	});
	const text = (id) => page.locator(id).evaluate((area) => area.textContent.trim());
	return { frame: await text('#frame'), plain: await text('#plain-form'), link: await page.locator('main a:has-text("/f/")').first().getAttribute('href'), website: page.url() };
}

async function visit(page, { tag }, snippets) {
	await step(`${tag}: in a frame on another site it is filled in, corrected and sent`, async () => {
		await elsewhere(page, snippets.frame, `?utm_source=google&utm_campaign=frame-${tag}`);
		const form = page.frameLocator('iframe');
		await form.locator('[name=name]').fill(`Frame ${tag}`);
		await form.locator('button[type=submit]').click();
		await form.locator('.is-invalid').first().waitFor();
		expect((await form.locator('[name=name]').inputValue()) === `Frame ${tag}`, 'what was typed is gone');
		await form.locator('[name=email]').fill(`frame-${tag}@web.example`);
		await form.locator('[name=urgency]').selectOption('leak');
		await form.locator('[name=consent]').check();
		await form.locator('button[type=submit]').click();
		await form.locator('text=We will be in touch soon').waitFor();
	});
	await step(`${tag}: the plain form of another site sends to the same address`, async () => {
		await elsewhere(page, snippets.plain, `?utm_source=google&utm_campaign=plain-${tag}`, '<meta name="referrer" content="no-referrer-when-downgrade">');
		await page.fill('[name=name]', `Plain ${tag}`);
		await page.fill('[name=email]', `plain-${tag}@web.example`);
		await page.selectOption('[name=urgency]', 'soon');
		await page.click('button[type=submit]');
		await page.waitForURL(/\?sent=1$/);
		await shoot(page, `${tag}-web-form-thanks`);
	});
	await step(`${tag}: the link keeps which advertisement it was`, async () => {
		await page.goto(`${snippets.link}?utm_source=flyer&utm_campaign=autumn-${tag}`);
		await shoot(page, `${tag}-web-form`);
		await page.fill('[name=name]', `Link ${tag}`);
		await page.fill('[name=email]', `link-${tag}@web.example`);
		await page.selectOption('[name=urgency]', 'soon');
		await page.click('button[type=submit]');
		await page.waitForURL(/\?sent=1$/);
	});
}

async function judge(page, { tag, slug }, snippets) {
	await step(`${tag}: all three are leads, with what they said`, async () => {
		await page.goto(snippets.website);
		for (const name of ['Frame', 'Plain', 'Link']) await page.waitForSelector(`.web-form-request:has-text("${name} ${tag}")`);
		for (const [name, campaign] of [['Link', 'autumn'], ['Frame', 'frame'], ['Plain', 'plain']]) {
			await page.goto(snippets.website);
			await page.click(`.web-form-request a:has-text("${name} ${tag}")`);
			await page.waitForSelector(`text=${campaign}-${tag}`);
		}
		await page.goto(`${origin(slug)}/leads?q=${encodeURIComponent(`Frame ${tag}`)}`);
		await page.locator('.row-title').first().click();
		await page.waitForSelector('text=You may text me about this request.');
		await shoot(page, `${tag}-web-form-lead`);
	});
}

async function again(page, { tag, slug }, snippets) {
	await step(`${tag}: who asks again is on the day of whoever owns the company`, async () => {
		await page.goto(snippets.link);
		await page.fill('[name=name]', `Link ${tag}`);
		await page.fill('[name=email]', `LINK-${tag}@web.example`);
		await page.selectOption('[name=urgency]', 'leak');
		await page.fill('[name=notes]', 'Now it drips');
		await page.click('button[type=submit]');
		await page.waitForURL(/\?sent=1$/);
		await page.goto(`${origin(slug)}/my-day`);
		await page.waitForSelector(`text=Call back: Link ${tag} has asked again: Leak`);
		await page.goto(`${origin(slug)}/leads?q=${encodeURIComponent(`link-${tag}@web.example`)}`);
		expect((await page.locator('.row-title').count()) === 1, 'there is a second lead');
	});
}

const views = [
	{ tag: 'phone-form', slug: 'summit-heating', options: { viewport: { width: 390, height: 844 }, colorScheme: 'light', javaScriptEnabled: false } },
	{ tag: 'desk-form', slug: 'acme-hvac', options: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' } },
];

await visitAll(views, async (page, view) => {
	await signIn(page, view.slug);
	const snippets = await make(page, view);
	await visit(page, view, snippets);
	await judge(page, view, snippets);
	await again(page, view, snippets);
});
