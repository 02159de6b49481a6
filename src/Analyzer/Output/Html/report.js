'use strict';
{
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const theme = document.getElementById('theme');
  const isDark = () => (root.dataset.theme ?? (dark.matches ? 'dark' : 'light')) === 'dark';
  const showTheme = () => theme.setAttribute('aria-pressed', isDark());
  theme.hidden = false;
  theme.addEventListener('click', () => { root.dataset.theme = isDark() ? 'light' : 'dark'; showTheme(); });
  dark.addEventListener('change', showTheme);
  showTheme();

  const collator = new Intl.Collator('en', { numeric: true });

  function addSort(table) {
    const body = table.tBodies[0];
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
      const isNumber = header.classList.contains('n');
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = header.textContent;
      header.replaceChildren(button);
      button.addEventListener('click', () => {
        const first = isNumber ? 'descending' : 'ascending';
        const other = isNumber ? 'ascending' : 'descending';
        const order = header.getAttribute('aria-sort') === first ? other : first;
        headers.forEach(one => one.removeAttribute('aria-sort'));
        header.setAttribute('aria-sort', order);
        const sign = order === 'ascending' ? 1 : -1;
        const rows = [...body.rows].map(row => {
          const cell = row.cells[column];
          const text = cell.textContent;
          return { row, text, isKnown: text !== '', number: isNumber ? Number(cell.dataset.v ?? text) : 0 };
        });
        // What is not known comes last in either order.
        rows.sort((a, b) => b.isKnown - a.isKnown
          || sign * (isNumber ? a.number - b.number : collator.compare(a.text, b.text)));
        body.replaceChildren(...rows.map(one => one.row));
      });
    });
  }

  function addFilter(table) {
    const title = table.closest('section').querySelector('h2').textContent;
    const rows = [...table.tBodies[0].rows].map(row => ({ row, text: [...row.cells].map(cell => cell.textContent).join(' ').toLowerCase() }));
    const label = document.createElement('label');
    const input = document.createElement('input');
    const count = document.createElement('output');
    input.type = 'search';
    input.name = `filter-${table.id}`;
    input.setAttribute('aria-label', `Filter ${title}`);
    input.setAttribute('aria-controls', table.id);
    label.append('Filter ', input);
    const box = document.createElement('div');
    box.className = 'filter';
    box.append(label, count);
    table.parentElement.before(box);
    const show = () => {
      const words = input.value.toLowerCase().split(/\s+/);
      let shown = 0;
      for (const { row, text } of rows) {
        row.hidden = !words.every(word => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      count.textContent = `${shown} of ${rows.length} rows`;
    };
    input.addEventListener('input', show);
    show();
  }

  for (const table of document.querySelectorAll('table')) {
    if (table.tBodies[0].rows.length > 5) {
      addFilter(table);
    }
    addSort(table);
  }
}
