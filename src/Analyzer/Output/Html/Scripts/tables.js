// Tables whose rows are in the page: sorted by their headers, filtered by words.
const collator = new Intl.Collator('en', { numeric: true });

function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made && !key.startsWith('aria-')) {
      made[key] = value;
    } else {
      made.setAttribute(key, value);
    }
  }
  made.append(...children);
  return made;
}

// Gives each header a button. `sort` is told the column and whether the greatest comes first.
function addSortButtons(table, sort) {
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => {
    const isNumber = header.classList.contains('n');
    const button = element('button', { type: 'button', textContent: header.textContent });
    header.replaceChildren(button);
    button.addEventListener('click', () => {
      const first = isNumber ? 'descending' : 'ascending';
      const other = isNumber ? 'ascending' : 'descending';
      const order = header.getAttribute('aria-sort') === first ? other : first;
      headers.forEach(one => one.removeAttribute('aria-sort'));
      header.setAttribute('aria-sort', order);
      sort(column, order === 'descending');
    });
  });
}

function sortRows(table, column, isDescending) {
  const body = table.tBodies[0];
  const isNumber = table.tHead.rows[0].cells[column].classList.contains('n');
  const sign = isDescending ? -1 : 1;
  const rows = [...body.rows].map(row => {
    const cell = row.cells[column];
    const text = cell.textContent;
    return { row, text, isKnown: text !== '', number: isNumber ? Number(cell.dataset.v ?? text) : 0 };
  });
  // What is not known comes last in either order.
  rows.sort((a, b) => b.isKnown - a.isKnown
    || sign * (isNumber ? a.number - b.number : collator.compare(a.text, b.text)));
  body.replaceChildren(...rows.map(one => one.row));
}

// Puts a field for words above a table. `filter` is told them, and gives how many rows of how many are shown.
function addWordFilter(table, filter) {
  const title = table.closest('section').querySelector('h2').textContent;
  const input = element('input', { type: 'search', name: `filter-${table.id}`, 'aria-label': `Filter ${title}`, 'aria-controls': table.id });
  const count = element('output');
  const show = () => {
    const { shown, all } = filter(input.value.toLowerCase().split(/\s+/).filter(word => word !== ''));
    count.textContent = `${shown.toLocaleString('en')} of ${all.toLocaleString('en')} rows`;
  };
  table.parentElement.before(element('div', { className: 'filter' }, element('label', {}, 'Filter ', input), count));
  input.addEventListener('input', show);
  return { input, show };
}

function filterRows(table, words) {
  const rows = [...table.tBodies[0].rows];
  let shown = 0;
  for (const row of rows) {
    const text = [...row.cells].map(cell => cell.textContent).join(' ').toLowerCase();
    row.hidden = !words.every(word => text.includes(word));
    shown += row.hidden ? 0 : 1;
  }
  return { shown, all: rows.length };
}

// All of that for a table as it stands.
function enliven(table) {
  const filter = table.tBodies[0].rows.length > 5 ? addWordFilter(table, words => filterRows(table, words)) : undefined;
  filter?.show();
  addSortButtons(table, (column, isDescending) => sortRows(table, column, isDescending));
  return filter;
}

for (const table of document.querySelectorAll('section > .scroll > table')) {
  if (!table.id.startsWith('by-') && table.id !== 'connections') {
    enliven(table);
  }
}
