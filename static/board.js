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

	// What the server says after a move: the numbers of every column, and the card's version.
	function refresh(page, card) {
		for (const fresh of page.querySelectorAll('[data-numbers]')) {
			const stale = board.querySelector(`[data-numbers="${fresh.dataset.numbers}"]`);
			if (stale) stale.innerHTML = fresh.innerHTML;
		}
		const fresh = page.querySelector(`[data-card="${card.dataset.card}"]`);
		if (fresh) {
			card.dataset.version = fresh.dataset.version;
			card.className = fresh.className;
			card.querySelector('.board-badges').innerHTML = fresh.querySelector('.board-badges').innerHTML;
		}
		for (const list of lists()) {
			const nothing = list.parentElement.querySelector('.board-nothing');
			if (nothing) nothing.hidden = list.children.length > 0;
		}
		return Boolean(fresh);
	}

	async function send(card, reason) {
		const list = card.parentElement;
		const body = new URLSearchParams({ csrf: board.dataset.csrf, version: card.dataset.version, stage_id: list.dataset.stage, return: board.dataset.here });
		if (card.nextElementSibling) body.set('before_id', card.nextElementSibling.dataset.card);
		else if (card.previousElementSibling) body.set('after_id', card.previousElementSibling.dataset.card);
		if (reason) body.set('lost_reason', reason);
		const answer = await fetch(card.dataset.move, { method: 'POST', body, headers: { Accept: 'text/html' } });
		const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
		if (answer.ok && new URL(answer.url).pathname === '/pipeline') return page;
		const said = page.querySelector('.alert li, .invalid-feedback, main p');
		throw new Error(said ? said.textContent.trim() : 'The card could not be moved.');
	}

	// The card stands where it is wanted; back() puts it where it was.
	async function settle(card, back) {
		const list = card.parentElement;
		const name = card.querySelector('.board-title').textContent;
		let reason = null;
		try {
			if (list.dataset.kind === 'lost' && card.dataset.was !== list.dataset.stage) {
				reason = await askReason();
				if (!reason) {
					back();
					say(`${name} was left where it was.`);
					return;
				}
			}
			card.setAttribute('aria-busy', 'true');
			const page = await send(card, reason);
			// A card of a long column is not among the first: its version is on its own form.
			if (!refresh(page, card)) card.dataset.version = await version(card);
			say(`${name} is now in ${list.dataset.name}.`);
		} catch (error) {
			back();
			say(`${name} was not moved: ${error.message}`, true);
		} finally {
			card.removeAttribute('aria-busy');
		}
	}

	async function version(card) {
		const answer = await fetch(card.dataset.move);
		const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
		return page.querySelector('[name=version]')?.value ?? card.dataset.version;
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
				back = placeBack(event.item);
				event.item.dataset.was = event.from.dataset.stage;
			},
			onEnd(event) {
				if (event.from !== event.to || event.oldIndex !== event.newIndex) settle(event.item, back);
			},
		});
	}
	for (const list of lists()) makeSortable(list);

	// ---- keys ----

	board.addEventListener('keydown', (event) => {
		const card = event.target.closest('.board-card');
		if (!card || event.target !== card) return;
		if (event.key === 'Enter') {
			card.querySelector('.board-title').click();
			return;
		}
		if (!event.shiftKey || !event.key.startsWith('Arrow') || card.getAttribute('aria-busy')) return;
		const all = lists();
		const list = card.parentElement;
		const back = placeBack(card);
		card.dataset.was = list.dataset.stage;
		if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
			const other = all[all.indexOf(list) + (event.key === 'ArrowLeft' ? -1 : 1)];
			if (!other) return;
			other.prepend(card);
		} else if (event.key === 'ArrowUp' && card.previousElementSibling) {
			list.insertBefore(card, card.previousElementSibling);
		} else if (event.key === 'ArrowDown' && card.nextElementSibling) {
			list.insertBefore(card.nextElementSibling, card);
		} else {
			return;
		}
		event.preventDefault();
		card.focus();
		card.scrollIntoView({ block: 'nearest', inline: 'nearest' });
		settle(card, back);
	});

	// ---- more cards of a column ----

	board.addEventListener('click', async (event) => {
		const more = event.target.closest('[data-more]');
		if (!more) return;
		event.preventDefault();
		more.setAttribute('aria-busy', 'true');
		try {
			const answer = await fetch(more.href);
			if (!answer.ok) throw new Error();
			const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
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
