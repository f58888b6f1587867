// Runs before the first paint, so that a stored theme never flashes. It is a
// file of its own because the content security policy forbids inline scripts.
(() => {
  let theme = 'system';
  try {
    theme = JSON.parse(localStorage.getItem('monopod.theme') ?? '"system"');
  } catch {
    // Storage may be disabled or hold something else: the system's theme it is.
  }
  const dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  document.querySelector('meta[name=theme-color]')?.setAttribute('content', dark ? '#0c0e11' : '#f6f7f9');
})();
