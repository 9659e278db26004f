// What scripts add to pages that are complete without them.
(function () {
	'use strict';

	function on(type, selector, work) {
		document.addEventListener(type, function (event) {
			var target = event.target.closest(selector);
			if (target) work(target, event);
		});
	}

	// The theme, remembered on this device.
	on('click', '[data-theme-toggle]', function () {
		var next = document.documentElement.getAttribute('data-bs-theme') === 'dark' ? 'light' : 'dark';
		document.documentElement.setAttribute('data-bs-theme', next);
		try {
			localStorage.setItem('theme', next);
		} catch (error) {
			// A browser that keeps nothing still shows the theme on this page.
		}
	});

	// Filters act when they are changed; the button stays for those without a script.
	on('change', '[data-submit-on-change]', function (field) {
		field.form.requestSubmit();
	});

	// Text that is made to be copied.
	document.querySelectorAll('[data-copy]').forEach(function (block) {
		var button = document.createElement('button');
		button.type = 'button';
		button.className = 'btn btn-sm btn-outline-secondary copy-button';
		button.textContent = 'Copy';
		button.addEventListener('click', function () {
			navigator.clipboard.writeText(block.querySelector('code').textContent).then(function () {
				button.textContent = 'Copied';
			});
		});
		block.before(button);
	});

	// A form is sent once, however often the button is pressed.
	document.addEventListener('submit', function (event) {
		if (event.defaultPrevented || event.target.method !== 'post') return;
		if (event.target.dataset.sent) {
			event.preventDefault();
			return;
		}
		event.target.dataset.sent = 'true';
	});
	window.addEventListener('pageshow', function () {
		document.querySelectorAll('form[data-sent]').forEach(function (form) {
			delete form.dataset.sent;
		});
	});

	// Whether a subdomain is free, while it is typed.
	document.querySelectorAll('[data-subdomain-form]').forEach(function (form) {
		var input = form.querySelector('[name=subdomain]');
		var state = form.querySelector('[data-subdomain-state]');
		var suggestions = form.querySelector('[data-subdomain-suggestions]');
		var suffix = form.dataset.suffix;
		var timer = null;
		var asked = 0;

		function propose(names) {
			suggestions.textContent = '';
			names.forEach(function (name) {
				var button = document.createElement('button');
				button.type = 'button';
				button.className = 'btn btn-sm btn-outline-secondary me-2 mb-2';
				button.textContent = name;
				button.addEventListener('click', function () {
					input.value = name;
					check();
				});
				suggestions.append(button);
			});
		}

		function check() {
			var wanted = input.value.trim();
			var mine = ++asked;
			if (!wanted) {
				state.textContent = '';
				return;
			}
			fetch('/api/onboarding/subdomain?name=' + encodeURIComponent(wanted)).then(function (answer) {
				return answer.ok ? answer.json() : null;
			}).then(function (answer) {
				if (!answer || mine !== asked) return;
				state.textContent = answer.slug + suffix + (answer.available ? ' is free.' : ' is taken or cannot be used. These are free:');
				state.className = 'subdomain-state ' + (answer.available ? 'text-success-strong' : 'text-danger-strong');
				propose(answer.available ? [] : answer.suggestions);
			});
		}

		input.addEventListener('input', function () {
			clearTimeout(timer);
			timer = setTimeout(check, 250);
		});
	});

	// "/" goes to the search box.
	document.addEventListener('keydown', function (event) {
		var search = document.querySelector('[data-search]');
		if (event.key !== '/' || !search || event.ctrlKey || event.metaKey || event.altKey) return;
		if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
		event.preventDefault();
		search.focus();
	});
})();
