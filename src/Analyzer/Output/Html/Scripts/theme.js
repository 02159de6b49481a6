// Light or dark: as the reader prefers, or as the button says. What is drawn by hand is drawn anew.
const root = document.documentElement;
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const prefersStillness = matchMedia('(prefers-reduced-motion: reduce)');
const themeChanges = new EventTarget();
const isDark = () => (root.dataset.theme ?? (prefersDark.matches ? 'dark' : 'light')) === 'dark';
const colour = name => getComputedStyle(root).getPropertyValue(name).trim();
{
  const button = document.getElementById('theme');
  const show = () => {
    button.setAttribute('aria-pressed', isDark());
    themeChanges.dispatchEvent(new Event('change'));
  };
  button.hidden = false;
  button.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; show(); });
  prefersDark.addEventListener('change', show);
  show();
}
