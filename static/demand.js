// What scripts add to pages that are complete without them.
(() => {
	'use strict';
	const root = document.documentElement;
	const all = (selector, within = document) => [...within.querySelectorAll(selector)];

	function make(tag, className, text) {
		const element = document.createElement(tag);
		if (tag === 'button') element.type = 'button';
		element.className = className;
		element.textContent = text;
		return element;
	}

	// ---- theme: remembered on this device; without a choice the style sheets follow the system ----

	const system = window.matchMedia('(prefers-color-scheme: dark)');
	const isDark = () => (root.dataset.bsTheme ? root.dataset.bsTheme === 'dark' : system.matches);

	function nameTheme() {
		const words = isDark() ? 'Light theme' : 'Dark theme';
		for (const button of all('[data-theme-toggle]')) {
			const place = button.querySelector('[data-theme-words]');
			if (place) place.textContent = words;
			else button.setAttribute('aria-label', words);
			const use = button.querySelector('use');
			use.setAttribute('href', use.getAttribute('href').replace(/#.*/, isDark() ? '#sun' : '#moon'));
		}
	}

	function toggleTheme() {
		root.dataset.bsTheme = isDark() ? 'light' : 'dark';
		try {
			localStorage.setItem('theme', root.dataset.bsTheme);
		} catch (error) {
			// Storage is switched off: it holds for this page.
		}
		nameTheme();
	}

	system.addEventListener('change', nameTheme);
	nameTheme();

	// ---- menus close by a click elsewhere and by Escape ----

	function closeMenus(except) {
		for (const menu of all('[data-menu][open]')) if (menu !== except) menu.open = false;
	}

	document.addEventListener('click', (event) => {
		if (event.target.closest('[data-theme-toggle]')) toggleTheme();
		closeMenus(event.target.closest('[data-menu]'));
	});

	// ---- keys: Escape closes a menu; the others are in shortcuts.js ----

	document.addEventListener('keydown', (event) => {
		const open = document.querySelector('[data-menu][open]');
		if (event.key === 'Escape' && open) {
			closeMenus();
			open.querySelector('summary').focus();
		}
	});

	// ---- tabs that do not fit are moved until the one that is open is seen ----

	for (const tab of all('.nav-tabs [aria-current]')) {
		const bar = tab.closest('.nav-tabs');
		bar.scrollLeft = tab.offsetLeft - (bar.clientWidth - tab.offsetWidth) / 2;
	}

	// ---- a form is sent once, however often its button is pressed ----

	document.addEventListener('submit', (event) => {
		const form = event.target;
		if (event.defaultPrevented || form.method !== 'post') return;
		if (form.dataset.sent) event.preventDefault();
		form.dataset.sent = 'yes';
	});
	// Back may show the page as it was left.
	window.addEventListener('pageshow', () => all('form[data-sent]').forEach((form) => delete form.dataset.sent));

	// ---- a file that is too large is refused before it has travelled ----

	document.addEventListener('change', (event) => {
		const input = event.target;
		if (!input.matches('input[type=file][data-most]')) return;
		const most = Number(input.dataset.most);
		const tooLarge = [...input.files].some((file) => file.size > most);
		if (input.nextElementSibling?.matches('.invalid-feedback')) input.nextElementSibling.remove();
		input.classList.toggle('is-invalid', tooLarge);
		if (!tooLarge) return;
		const words = make('div', 'invalid-feedback', `The file is larger than ${most >> 20} MB. Please choose a smaller one.`);
		words.setAttribute('role', 'alert');
		input.value = '';
		input.after(words);
	});

	// ---- what was just done is said once: a reload or a bookmark does not repeat it ----

	const here = new URL(window.location.href);
	if (here.searchParams.has('done')) {
		here.searchParams.delete('done');
		window.history.replaceState(window.history.state, '', here);
	}

	// ---- after an error: screen readers and keyboards start at the summary ----

	const summary = document.querySelector('[data-focus]');
	if (summary) summary.focus();

	// ---- what is made to be copied ----

	if (navigator.clipboard) {
		for (const block of all('[data-copy]')) {
			const code = block.querySelector('code');
			const button = make('button', 'copy-button', 'Copy');
			button.addEventListener('click', async () => {
				try {
					await navigator.clipboard.writeText(code.textContent);
					button.textContent = 'Copied';
				} catch (error) {
					window.getSelection().selectAllChildren(code);
					button.textContent = 'Press Ctrl+C';
				}
				setTimeout(() => { button.textContent = 'Copy'; }, 2000);
			});
			block.prepend(button);
		}
	}

	// ---- lists: addresses without empty filters; whatever is not the list is opened as a page ----

	document.addEventListener('htmx:configRequest', (event) => {
		const { parameters } = event.detail;
		if (!event.target.matches('[data-filters]')) return;
		for (const name of Object.keys(parameters)) if (parameters[name] === '') delete parameters[name];
	});
	// A select that stands outside its form sends it.
	document.addEventListener('change', (event) => {
		if (event.target.matches('[data-submits]')) event.target.form.requestSubmit();
	});
	// Ticked rows are counted; one box ticks the page.
	function showPicked() {
		const picks = all('[data-pick]');
		const picked = picks.filter((pick) => pick.checked).length;
		for (const place of all('[data-picked]')) place.textContent = picked ? ` (${picked})` : '';
		for (const box of all('[data-pick-all]')) {
			box.closest('label').hidden = picks.length === 0;
			box.checked = picks.length > 0 && picked === picks.length;
			box.indeterminate = picked > 0 && picked < picks.length;
		}
	}
	document.addEventListener('change', (event) => {
		if (event.target.matches('[data-pick-all]')) for (const pick of all('[data-pick]')) pick.checked = event.target.checked;
		if (event.target.matches('[data-pick], [data-pick-all]')) showPicked();
	});
	document.addEventListener('htmx:afterSettle', showPicked);
	window.addEventListener('pageshow', showPicked);
	// What comes while somebody types is an extra: without it the page stays as it is.
	const isAside = (event) => event.detail.target?.closest('[data-aside]');
	// The session may have ended meanwhile: the answer is then the log-in page, behind a redirect.
	document.addEventListener('htmx:beforeSwap', (event) => {
		const { xhr, pathInfo } = event.detail;
		const answered = new URL(xhr.responseURL || window.location.href);
		const asked = new URL(pathInfo.finalRequestPath || pathInfo.requestPath, window.location.href);
		if (xhr.status < 400 && answered.pathname === asked.pathname) return;
		event.detail.shouldSwap = false;
		if (xhr.status >= 400 && isAside(event)) return;
		window.location.assign(asked);
	});
	document.addEventListener('htmx:sendError', (event) => {
		if (!isAside(event)) window.location.assign(event.detail.pathInfo.finalRequestPath);
	});

	// ---- sign-up: whether a subdomain is free, while it is typed ----

	function watchSubdomain(form) {
		const input = form.querySelector('[name=subdomain]');
		const state = form.querySelector('[data-subdomain-state]');
		const suggestions = form.querySelector('[data-subdomain-suggestions]');
		const suffix = form.dataset.suffix || '';
		let timer = 0;
		let latest = 0;
		let known = null; // the last answer, and what was typed for it

		function show(answer) {
			const name = make('strong', '', answer.slug + suffix);
			const words = make('span', answer.available ? 'text-success-strong' : 'text-danger-strong', '');
			words.append(name, answer.available ? ' is free.' : ' is taken. These are free:');
			state.replaceChildren(words);
			suggestions.replaceChildren(...(answer.available ? [] : answer.suggestions).map((slug) => {
				const button = make('button', 'btn btn-sm btn-outline-secondary me-2 mb-2', slug);
				button.addEventListener('click', () => {
					input.value = slug;
					input.focus();
					check();
				});
				return button;
			}));
		}

		async function check() {
			const typed = input.value.trim();
			const mine = ++latest;
			if (typed === '') {
				state.replaceChildren();
				suggestions.replaceChildren();
				return;
			}
			try {
				const response = await fetch(`/api/onboarding/subdomain?name=${encodeURIComponent(typed)}`, { headers: { Accept: 'application/json' } });
				if (!response.ok || mine !== latest) return;
				const answer = await response.json();
				known = { typed, slug: answer.slug };
				show(answer);
			} catch (error) {
				// Offline or busy: the server says it when the form is sent.
			}
		}

		input.addEventListener('input', () => {
			clearTimeout(timer);
			timer = setTimeout(check, 250);
		});
		// "Acme HVAC, Inc." was checked as acme-hvac: that is what is sent.
		input.addEventListener('change', () => {
			if (known && known.typed === input.value.trim()) input.value = known.slug;
		});
	}
	all('[data-subdomain-form]').forEach(watchSubdomain);
})();
