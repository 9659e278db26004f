// What the browser tests share: a Chromium that trusts the stack's own authority, pages that are watched, steps that are told.
// Takes screenshots at 390 and 1280 pixels into DEMAND_SCREENSHOTS (default STATE/screenshots).
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const state = process.env.DEMAND_STATE;
const port = process.env.DEMAND_PORT;
const base = process.env.DEMAND_BASE_DOMAIN;
if (!state || !port || !base) throw new Error('DEMAND_STATE, DEMAND_PORT and DEMAND_BASE_DOMAIN say which stack');
const shots = process.env.DEMAND_SCREENSHOTS || join(state, 'screenshots');
export const origin = (label) => `https://${label ? `${label}.` : ''}${base}:${port}`;
let failures = 0;

export function report(good, name, detail) {
	console.log(`${good ? 'ok' : 'not ok'} - ${name}`);
	if (!good) {
		failures += 1;
		if (detail) console.log(`#   ${String(detail).split('\n').join('\n#   ')}`);
	}
}

// A home of its own, whose certificate store trusts our authority: the browser checks certificates as a visitor's would.
const home = mkdtempSync(join(tmpdir(), 'demand-browser-'));
mkdirSync(join(home, '.pki/nssdb'), { recursive: true });
execFileSync('certutil', ['-d', `sql:${home}/.pki/nssdb`, '-N', '--empty-password']);
execFileSync('certutil', ['-d', `sql:${home}/.pki/nssdb`, '-A', '-t', 'C,,', '-n', 'demand', '-i', join(state, 'tls/ca.pem')]);
mkdirSync(shots, { recursive: true });

const browser = await chromium.launch({
	executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
	env: { ...process.env, HOME: home },
	args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
		// The stack is on the loopback, which pages of other sites may not frame; that of a company in service is not.
		'--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests'],
});

// Every page is watched: a script error or a policy violation is a failure.
export async function newPage(options) {
	// Without motion: a page that scrolls smoothly to what is next moves a button away from the click.
	const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
	const page = await context.newPage();
	page.complaints = [];
	page.on('pageerror', (error) => page.complaints.push(error.message));
	page.on('console', (message) => {
		if (message.type() === 'error') page.complaints.push(message.text());
	});
	page.setDefaultTimeout(15000);
	return page;
}

export async function shoot(page, name) {
	const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	report(overflow <= 0, `${name}: nothing hangs over the edge`, `${overflow} pixels too wide`);
	// Chromium paints nothing higher than this; of a page that is, what is seen first.
	const height = await page.evaluate(() => document.documentElement.scrollHeight);
	await page.screenshot({ path: join(shots, `${name}.png`), fullPage: height < 16384 });
}

export async function step(name, work) {
	try {
		await work();
		report(true, name);
	} catch (error) {
		report(false, name, error.message);
		error.told = true;
		throw error;
	}
}

// As the owner of a demo company.
export async function signIn(page, slug) {
	await page.goto(`${origin(slug)}/login`);
	await page.fill('[name=email]', `owner@${slug}.example`);
	await page.fill('[name=password]', 'sunny-side-up-rooftop');
	await page.click('main button[type=submit]');
	await page.waitForURL(`${origin(slug)}/`);
}

// What must not be on a page when its visit ends.
function judge(page, tag) {
	const serious = page.complaints.filter((text) => !/status of 4\d\d/.test(text));
	report(serious.length === 0, `${tag}: no script error, no policy violation`, serious.join('\n'));
}

async function makeVisit(visit, work) {
	const page = await newPage(visit.options);
	try {
		await work(page, visit);
	} catch (error) {
		if (!error.told) report(false, `${visit.tag}: goes on to the end`, error.stack);
		await page.screenshot({ path: join(shots, `${visit.tag}-failed.png`), fullPage: true }).catch(() => {});
	}
	judge(page, visit.tag);
	await page.context().close();
}

// Each visit, { tag, options, … }, in a browser context of its own and with a company of its own, two at a time: most of a visit is waiting.
// The first step that fails ends the visit, with a screenshot. Ends the program.
export async function visitAll(visits, work) {
	const waiting = [...visits];
	const lane = async () => {
		while (waiting.length > 0) await makeVisit(waiting.shift(), work);
	};
	try {
		const broken = (await Promise.allSettled([lane(), lane()])).find((ended) => ended.reason);
		if (broken) throw broken.reason;
	} finally {
		await browser.close();
		rmSync(home, { recursive: true, force: true });
	}
	process.exit(failures > 0 ? 1 : 0);
}
