// Before the first paint: the theme that was chosen here, else the system's.
(function () {
	var chosen = null;
	try {
		chosen = localStorage.getItem('theme');
	} catch (error) {
		chosen = null;
	}
	var dark = chosen ? chosen === 'dark' : window.matchMedia('(prefers-color-scheme: dark)').matches;
	document.documentElement.setAttribute('data-bs-theme', dark ? 'dark' : 'light');
	document.documentElement.classList.add('has-script');
})();
