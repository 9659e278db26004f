// Builds what nginx serves under /static/ from the installed packages and our own files: node static/build.mjs OUTPUT
// No bundler: copies, one generated style sheet for dark mode without JavaScript, and a sprite of the icons that are used.
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, '..', 'node_modules');
const output = process.argv[2];
if (!output) {
	console.error('usage: node static/build.mjs OUTPUT');
	process.exit(2);
}

const copies = [
	[join(packages, '@tabler/core/dist/css/tabler.min.css'), 'tabler.css'],
	[join(packages, 'htmx.org/dist/htmx.min.js'), 'htmx.js'],
	[join(packages, '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2'), 'inter.woff2'],
	[join(packages, '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2'), 'inter-ext.woff2'],
	[join(here, 'demand.css'), 'demand.css'],
	[join(here, 'demand.js'), 'demand.js'],
	[join(here, 'theme.js'), 'theme.js'],
	[join(here, 'favicon.svg'), 'favicon.svg'],
];

// Splits style text into its top-level rules: [prelude, body] pairs; at-rules without a block are left out.
function rules(text) {
	const found = [];
	let depth = 0, start = 0, open = 0;
	for (let i = 0; i < text.length; i++) {
		const c = text[i];
		if (c === '"' || c === "'") {
			for (i++; i < text.length && text[i] !== c; i++) if (text[i] === '\\') i++;
		} else if (c === '{') {
			if (depth++ === 0) open = i;
		} else if (c === '}') {
			if (--depth === 0) {
				found.push([text.slice(start, open).trim(), text.slice(open + 1, i)]);
				start = i + 1;
			}
		} else if (c === ';' && depth === 0) {
			start = i + 1;
		}
	}
	return found;
}

// Selectors are separated by commas outside brackets.
function selectors(prelude) {
	const list = [];
	let depth = 0, start = 0;
	for (let i = 0; i <= prelude.length; i++) {
		if (i === prelude.length || (prelude[i] === ',' && depth === 0)) {
			list.push(prelude.slice(start, i).trim());
			start = i + 1;
		} else if ('(['.includes(prelude[i])) depth++;
		else if (')]'.includes(prelude[i])) depth--;
	}
	return list;
}

// Tabler switches to dark by an attribute only. The same rules, for a page on which no script has set that attribute.
function darkWithoutScript(text) {
	return rules(text).map(([prelude, body]) => {
		if (prelude.startsWith('@media') || prelude.startsWith('@supports')) {
			const inner = darkWithoutScript(body);
			return inner && `${prelude}{${inner}}`;
		}
		if (prelude.startsWith('@')) return '';
		const dark = selectors(prelude).filter((selector) => selector.includes('[data-bs-theme=dark]') && !selector.includes(':not([data-bs-theme=dark'));
		if (!dark.length) return '';
		return `${dark.map((selector) => selector.replace(/^(body|html|:root)?\[data-bs-theme=dark\]/, (_, element) => `html:not([data-bs-theme])${element === 'body' ? ' body' : ''}`)).join(',')}{${body}}`;
	}).join('');
}

function sprite() {
	const names = readFileSync(join(here, 'icons.txt'), 'utf8').split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
	const all = readFileSync(join(packages, '@tabler/icons-sprite/dist/tabler-sprite.svg'), 'utf8');
	const symbols = names.map((name) => {
		const begin = all.indexOf(`<symbol id="tabler-${name}" `);
		if (begin < 0) throw new Error(`there is no icon ${name}`);
		return all.slice(begin, all.indexOf('</symbol>', begin) + 9).replace(`id="tabler-${name}"`, `id="${name}"`);
	});
	return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

if (!existsSync(packages)) {
	console.error('the front-end packages are not installed: npm ci');
	process.exit(1);
}
rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
for (const [from, name] of copies) copyFileSync(from, join(output, name));
const tabler = readFileSync(join(output, 'tabler.css'), 'utf8').replace(/\/\*# sourceMappingURL=[^*]*\*\//, '');
const own = readFileSync(join(output, 'demand.css'), 'utf8').replace(/\/\*[^]*?\*\//g, '');
writeFileSync(join(output, 'tabler.css'), tabler);
writeFileSync(join(output, 'dark.css'), `@media (prefers-color-scheme: dark) {\n${darkWithoutScript(tabler)}\n${darkWithoutScript(own)}\n}\n`);
writeFileSync(join(output, 'icons.svg'), sprite());
const hash = createHash('sha256');
for (const name of readdirSync(output).sort()) hash.update(name).update(readFileSync(join(output, name)));
writeFileSync(join(output, 'version.txt'), `${hash.digest('hex').slice(0, 12)}\n`);
