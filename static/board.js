// Dragging and keys for the pipeline board, which works without either: every card has a link to a form that moves it.
(() => {
	'use strict';
	const board = document.querySelector('[data-board]');
	if (!board) return;
	const live = document.querySelector('[data-board-live]');
	const dialog = document.querySelector('[data-board-ask]');
	const lists = () => [...board.querySelectorAll('[data-stage]')];

	function say(text, failed) {
		live.textContent = text;
		live.classList.toggle('is-failed', Boolean(failed));
	}

	// The reason, or null when the person leaves it.
	function askReason() {
		return new Promise((resolve) => {
			const input = dialog.querySelector('input');
			input.value = '';
			dialog.addEventListener('close', () => resolve(dialog.returnValue === 'lost' ? input.value.trim() : null), { once: true });
			dialog.returnValue = '';
			dialog.showModal();
			input.focus();
		});
	}

	// An answer and its page. A refusal is an error with the words of that page, answered by the server.
	async function ask(url, options) {
		let answer;
		let page;
		try {
			answer = await fetch(url, options);
			page = new DOMParser().parseFromString(await answer.text(), 'text/html');
		} catch {
			throw new Error('there is no connection. Try again when you are online.');
		}
		if (new URL(answer.url).pathname === '/login') throw new Error('you are signed out. Load the page again to sign in.');
		if (!answer.ok) {
			const said = page.querySelector('.alert li, .invalid-feedback, main p');
			throw Object.assign(new Error(said ? said.textContent.trim() : 'the card could not be moved.'), { status: answer.status });
		}
		return page;
	}

	const same = (where, card) => where.querySelector(`[data-card="${card.dataset.card}"]`);

	// What the server's board says: the numbers of every column, and the card's version.
	function refresh(page, card) {
		for (const fresh of page.querySelectorAll('[data-numbers]')) {
			const stale = board.querySelector(`[data-numbers="${fresh.dataset.numbers}"]`);
			if (stale) stale.innerHTML = fresh.innerHTML;
		}
		const fresh = same(page, card);
		if (fresh) {
			card.dataset.version = fresh.dataset.version;
			card.className = fresh.className;
			card.querySelector('.board-badges').innerHTML = fresh.querySelector('.board-badges').innerHTML;
		}
		for (const list of lists()) {
			const nothing = list.parentElement.querySelector('.board-nothing');
			if (nothing) nothing.hidden = list.children.length > 0;
		}
		return fresh;
	}

	// A card of a long column is not among the first: its version is on its own form.
	async function readVersion(card) {
		card.dataset.version = (await ask(card.dataset.move)).querySelector('[name=version]').value;
	}

	// After a refusal: the card as it is now, where it is now, or none when it is gone.
	async function show(card) {
		try {
			const page = await ask(board.dataset.here);
			const fresh = same(page, card);
			const list = fresh && lists().find((one) => one.dataset.stage === fresh.parentElement.dataset.stage);
			if (list) {
				const focused = document.activeElement === card;
				list.insertBefore(card, fresh.nextElementSibling && same(list, fresh.nextElementSibling));
				if (focused) card.focus();
			}
			if (!refresh(page, card)) await readVersion(card);
		} catch (error) {
			if (error.status === 404) card.remove();
		}
	}

	function send(card, reason) {
		const list = card.parentElement;
		const body = new URLSearchParams({ csrf: board.dataset.csrf, version: card.dataset.version, stage_id: list.dataset.stage });
		if (card.nextElementSibling) body.set('before_id', card.nextElementSibling.dataset.card);
		else if (card.previousElementSibling) body.set('after_id', card.previousElementSibling.dataset.card);
		if (reason) body.set('lost_reason', reason);
		return ask(card.dataset.move, { method: 'POST', body, headers: { Accept: 'text/html' } });
	}

	// The card stands where it is wanted; back() puts it where it was, in the column `was`.
	async function settle(card, back, was) {
		const list = card.parentElement;
		const name = card.querySelector('.board-title').textContent;
		let reason = null;
		try {
			if (list.dataset.kind === 'lost' && was !== list.dataset.stage) {
				reason = await askReason();
				if (!reason) {
					back();
					say(`${name} was left where it was.`);
					return;
				}
			}
			card.setAttribute('aria-busy', 'true');
			const page = await send(card, reason);
			if (!refresh(page, card)) await readVersion(card);
			say(`${name} is now in ${list.dataset.name}.`);
		} catch (error) {
			back();
			if (error.status) await show(card);
			say(`${name} was not moved: ${error.message}`, true);
		} finally {
			card.removeAttribute('aria-busy');
		}
	}

	function placeBack(card) {
		const list = card.parentElement;
		const next = card.nextElementSibling;
		return () => list.insertBefore(card, next);
	}

	// ---- dragging ----

	const sortables = new Set();
	function makeSortable(list) {
		if (sortables.has(list) || typeof Sortable === 'undefined') return;
		sortables.add(list);
		let back = null;
		Sortable.create(list, {
			group: 'board', animation: 120, delay: 150, delayOnTouchOnly: true, draggable: '.board-card',
			onStart(event) {
				leave();
				back = placeBack(event.item);
			},
			onEnd(event) {
				if (event.from !== event.to || event.oldIndex !== event.newIndex) settle(event.item, back, event.from.dataset.stage);
			},
		});
	}
	for (const list of lists()) makeSortable(list);

	// ---- keys ----

	// A card on its way: what it passes is not told to the server, only where it stays.
	const PAUSE = 900;
	let way = null;

	function leave() {
		if (!way) return;
		const { card, back, list, next, timer } = way;
		way = null;
		clearTimeout(timer);
		if (card.parentElement !== list || card.nextElementSibling !== next) settle(card, back, list.dataset.stage);
	}

	function goOn(card) {
		clearTimeout(way.timer);
		way.timer = setTimeout(leave, PAUSE);
		card.focus();
		card.scrollIntoView({ block: 'nearest', inline: 'nearest' });
		say(`${card.querySelector('.board-title').textContent}: ${card.parentElement.dataset.name}`);
	}

	// Where an arrow leads: a column and the card to stand before there; null when there is nothing.
	function step(card, key) {
		const list = card.parentElement;
		const all = lists();
		const other = { ArrowLeft: all[all.indexOf(list) - 1], ArrowRight: all[all.indexOf(list) + 1] }[key];
		if (other) return { list: other, before: other.firstElementChild };
		if (key === 'ArrowUp' && card.previousElementSibling) return { list, before: card.previousElementSibling };
		if (key === 'ArrowDown' && card.nextElementSibling) return { list, before: card.nextElementSibling.nextElementSibling };
		return null;
	}

	board.addEventListener('keydown', (event) => {
		const card = event.target.closest('.board-card');
		if (!card || event.target !== card || card.getAttribute('aria-busy')) return;
		if (event.key === 'Enter') {
			if (way) leave();
			else card.querySelector('.board-title').click();
			return;
		}
		if (event.key === 'Escape' && way) {
			way.back();
			clearTimeout(way.timer);
			way = null;
			card.focus();
			say(`${card.querySelector('.board-title').textContent} was left where it was.`);
			return;
		}
		const to = event.shiftKey && step(card, event.key);
		if (!to) return;
		event.preventDefault();
		if (way && way.card !== card) leave();
		way ??= { card, back: placeBack(card), list: card.parentElement, next: card.nextElementSibling };
		to.list.insertBefore(card, to.before);
		goOn(card);
	});

	// ---- more cards of a column ----

	board.addEventListener('click', async (event) => {
		const more = event.target.closest('[data-more]');
		if (!more) return;
		event.preventDefault();
		more.setAttribute('aria-busy', 'true');
		try {
			const page = await ask(more.href);
			const list = more.parentElement.querySelector('[data-stage]');
			const shown = new Set([...list.children].map((card) => card.dataset.card));
			for (const card of page.querySelectorAll('.board-card')) if (!shown.has(card.dataset.card)) list.append(document.adoptNode(card));
			const next = page.querySelector('[data-more]');
			if (next) more.href = next.href;
			else more.remove();
		} catch {
			window.location = more.href;
		}
		more.removeAttribute('aria-busy');
	});
})();
