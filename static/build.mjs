// Builds what is served below /static/: node static/build.mjs OUTDIR
//
// Copies files from the installed packages and from here, makes the sprite of the icons in icons.txt, and lets the styles follow the system's
// dark mode without a script. Node alone, no bundler. Anything missing ends it with a message and status 1.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, '..', 'node_modules');
const outdir = process.argv[2];

// name below /static/: where it comes from, and what is done to it
const files = {
	'tabler.css': ['@tabler/core/dist/css/tabler.min.css', (text) => followSystem(withoutSourceMap(text))],
	'demand.css': ['./demand.css', (text) => followSystem(`${text}${read('./record.css')}${read('./search.css')}`)],
	'htmx.js': ['htmx.org/dist/htmx.min.js'],
	'demand.js': ['./demand.js'],
	'shortcuts.js': ['./shortcuts.js'],
	'board.js': ['./board.js'],
	'sortable.js': ['sortablejs/Sortable.min.js'],
	'theme.js': ['./theme.js'],
	'inter.woff2': ['@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'],
	'inter-ext.woff2': ['@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2'],
	'favicon.svg': ['./favicon.svg'],
	'icons.svg': ['@tabler/icons-sprite/dist/tabler-sprite.svg', sprite],
	'licenses.txt': [null, licenses],
};
const licensed = ['@tabler/core', '@tabler/icons-sprite', 'htmx.org', 'sortablejs', '@fontsource-variable/inter'];

function fail(message) {
	console.error(`static/build.mjs: ${message}`);
	process.exit(1);
}

function read(path) {
	const from = path.startsWith('./') ? join(here, path) : join(packages, path);
	if (!existsSync(from)) fail(`${from} is missing${path.startsWith('./') ? '' : ': run npm ci'}`);
	return readFileSync(from);
}

function withoutSourceMap(text) {
	return text.replace(/\/\*# sourceMappingURL=.*?\*\//, '');
}

// ---- dark mode ----

// Cuts a style sheet into [prelude, body] for each rule and [text, null] for what has no block.
function rules(text) {
	const found = [];
	let depth = 0, start = 0, open = 0;
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		if (c === '/' && text[i + 1] === '*') {
			i = text.indexOf('*/', i) + 1;
			if (depth === 0) start = i + 1;
		} else if (c === '"' || c === "'") {
			for (i++; text[i] !== c; i++) if (text[i] === '\\') i++;
		} else if (c === '{' && depth++ === 0) {
			open = i;
		} else if (c === '}' && --depth === 0) {
			found.push([text.slice(start, open).trim(), text.slice(open + 1, i)]);
			start = i + 1;
		} else if (c === ';' && depth === 0) {
			found.push([text.slice(start, i + 1).trim(), null]);
			start = i + 1;
		}
	}
	if (depth !== 0) fail('a style sheet has unbalanced braces');
	return found;
}

// Commas inside brackets separate nothing.
function selectors(prelude) {
	return prelude.split(/,(?![^(]*\)|[^[]*\])/).map((selector) => selector.trim());
}

const byAttribute = '[data-bs-theme=dark]';
// As specific as the attribute, so that the order of the rules decides as before.
const bySystem = ':root:where(:not([data-bs-theme]))';

// Tabler turns dark by an attribute alone. Behind each such rule stands the same one for pages without the attribute, under the media query.
function followSystem(text) {
	return rules(text).map(([prelude, body]) => {
		if (body === null) return prelude;
		if (/^@(media|supports|layer)/.test(prelude)) return `${prelude}{${followSystem(body)}}`;
		const rule = `${prelude}{${body}}`;
		if (prelude.startsWith('@')) return rule;
		const dark = selectors(prelude).filter((selector) => selector.startsWith(byAttribute)).map((selector) => selector.replace(byAttribute, bySystem));
		return dark.length ? `${rule}@media (prefers-color-scheme:dark){${dark.join(',')}{${body}}}` : rule;
	}).join('\n');
}

// ---- icons ----

function sprite(all) {
	const names = read('./icons.txt').toString().split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
	const symbols = names.map((name) => {
		const begin = all.indexOf(`<symbol id="tabler-${name}" `);
		if (begin < 0) fail(`icons.txt: Tabler has no icon ${name}`);
		return all.slice(begin, all.indexOf('</symbol>', begin) + 9).replace(`id="tabler-${name}"`, `id="${name}"`).replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" />', '');
	});
	return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

// ---- licences of what is passed on ----

function licenses() {
	return licensed.map((name) => {
		const about = JSON.parse(read(`${name}/package.json`));
		const file = ['LICENSE', 'LICENSE.md', 'license'].find((candidate) => existsSync(join(packages, name, candidate)));
		return `${name} ${about.version} (${about.license})\n\n${file ? read(`${name}/${file}`).toString().trim() : ''}\n`;
	}).join(`\n${'-'.repeat(80)}\n\n`);
}

if (!outdir) fail('usage: node static/build.mjs OUTDIR');
const built = Object.entries(files).map(([name, [from, change]]) => {
	const bytes = from === null ? null : read(from);
	return [name, change ? Buffer.from(change(bytes?.toString())) : bytes];
});
const hash = createHash('sha256');
for (const [name, bytes] of built) hash.update(name).update('\0').update(bytes);
// Only a folder that this program made is emptied.
if (existsSync(join(outdir, 'version.txt'))) rmSync(outdir, { recursive: true });
mkdirSync(outdir, { recursive: true });
for (const [name, bytes] of built) writeFileSync(join(outdir, name), bytes);
writeFileSync(join(outdir, 'version.txt'), `${hash.digest('hex').slice(0, 12)}\n`);
