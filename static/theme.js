// In the head, before the first paint: the theme chosen on this device. Without a choice the style sheets follow the system.
(function () {
	'use strict';
	var root = document.documentElement;
	root.classList.add('has-script');
	try {
		var chosen = localStorage.getItem('theme');
		if (chosen === 'dark' || chosen === 'light') root.setAttribute('data-bs-theme', chosen);
	} catch (error) {
		// Storage is switched off: follow the system.
	}
})();
