// Keys, and the panel below the search box. Which keys there are stands in the sheet's markup: a page without the sheet has none.
(() => {
	'use strict';
	const all = (selector, within = document) => [...within.querySelectorAll(selector)];
	const LEAST = 2; // characters

	// ---- what is found while it is typed ----

	const panelOf = (box) => box?.querySelector('[data-aside]');
	const closePanel = (box) => {
		if (box) panelOf(box).hidden = true;
	};
	const showPanel = (box) => {
		const long = box.querySelector('[data-find]').value.trim().length >= LEAST;
		panelOf(box).hidden = !long || !panelOf(box).firstElementChild || !box.contains(document.activeElement);
	};

	document.addEventListener('htmx:configRequest', (event) => {
		const input = event.target;
		if (!input.matches('[data-find]') || input.value.trim().length >= LEAST) return;
		event.preventDefault();
		closePanel(input.closest('[data-find-box]'));
	});
	document.addEventListener('htmx:afterSwap', (event) => {
		const box = event.detail.target?.closest('[data-find-box]');
		if (box) showPanel(box);
		if (!event.detail.requestConfig?.elt.matches('[data-find]')) return;
		// Said once to who does not see it: the results themselves come and go.
		document.querySelector('[data-find-status]').textContent = document.querySelector('[data-find-words]')?.textContent ?? '';
	});
	document.addEventListener('focusin', (event) => {
		for (const box of all('[data-find-box]')) {
			if (!box.contains(event.target)) closePanel(box);
			else if (event.target.matches('[data-find]')) showPanel(box);
		}
	});
	document.addEventListener('click', (event) => {
		for (const box of all('[data-find-box]')) if (!box.contains(event.target)) closePanel(box);
	});
	window.addEventListener('pageshow', () => all('[data-find-box]').forEach(closePanel));

	// Escape closes the panel before it empties the box; the arrows go through what was found.
	function panelKey(event, box) {
		const panel = panelOf(box);
		const input = box.querySelector('[data-find]');
		if (panel.hidden) return;
		if (event.key === 'Escape') {
			event.preventDefault();
			input.focus();
			panel.hidden = true;
		} else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
			const stops = [input, ...all('[data-row]', panel)];
			const next = stops[stops.indexOf(document.activeElement) + (event.key === 'ArrowDown' ? 1 : -1)];
			event.preventDefault();
			next?.focus();
		}
	}
	document.addEventListener('keydown', (event) => {
		const box = event.target.closest?.('[data-find-box]');
		if (box) panelKey(event, box);
	});

	// ---- shortcuts ----

	const sheet = document.querySelector('[data-shortcuts]');
	if (!sheet) return;
	const table = new Map(all('[data-action]', sheet).map((row) => [row.dataset.keys, row.dataset]));
	const firsts = new Set([...table.keys()].filter((keys) => keys.includes(' ')).map((keys) => keys.split(' ')[0]));
	const WAIT = 1500; // milliseconds between the keys of one shortcut
	let first = '';
	let timer = 0;

	function move(step) {
		const rows = all('main [data-row]').filter((row) => row.offsetParent);
		const at = rows.indexOf(document.activeElement?.closest('tr, li')?.querySelector('[data-row]') ?? document.activeElement);
		const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
		if (!next) return false;
		next.focus();
		next.closest('tr, li')?.scrollIntoView({ block: 'nearest' });
		return true;
	}

	// Each tells whether there was something to do.
	const actions = {
		search() {
			// On a phone the box stands on a page of its own.
			const box = all('[data-search]').find((input) => input.offsetParent);
			if (!box) window.location.assign('/search');
			box?.focus();
			box?.select();
			return true;
		},
		sheet() {
			sheet.showModal();
			return true;
		},
		go(target) {
			window.location.assign(target);
			return true;
		},
		press(target) {
			const found = document.querySelector(`main [data-key="${target}"]`);
			found?.click();
			return Boolean(found);
		},
		next: () => move(1),
		previous: () => move(-1),
	};

	const typed = 'input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]';

	function wait(key) {
		clearTimeout(timer);
		first = key;
		timer = setTimeout(() => { first = ''; }, WAIT);
	}

	document.addEventListener('keydown', (event) => {
		if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
		if (['Shift', 'CapsLock'].includes(event.key)) return;
		if (event.target.closest?.(typed) || document.querySelector('dialog[open]')) return;
		const row = table.get(first ? `${first} ${event.key}` : event.key);
		if (!first && firsts.has(event.key)) {
			wait(event.key);
			return;
		}
		wait('');
		if (row && actions[row.action](row.target)) event.preventDefault();
	});

	// A click beside the sheet closes it.
	sheet.addEventListener('click', (event) => {
		if (event.target === sheet) sheet.close();
	});
})();
