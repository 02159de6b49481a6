// The tables of groups: a row's name shows that group alone.
class GroupTable {
  static most = 200;

  constructor(by, explorer) {
    Object.assign(this, { by, explorer, table: by.table });
    this.body = this.table.tBodies[0];
    // What the program has counted is exact, whatever the page holds.
    this.whole = [...this.body.rows];
    this.metrics = [...this.table.tHead.rows[0].cells].slice(1).map(cell => cell.dataset.metric);
    this.rowsOf = new Map(this.whole.map(row => [row.cells[0].textContent, row]));
    for (const row of this.whole) {
      this.#addButton(row.cells[0]);
    }
    this.filter = this.whole.length > 5 ? addWordFilter(this.table, words => filterRows(this.table, words)) : undefined;
    addSortButtons(this.table, (column, isDescending) => {
      this.sorted = [column, isDescending];
      sortRows(this.table, column, isDescending);
    });
    this.filter?.show();
  }

  show() {
    const { selection, tally, held } = this.explorer;
    this.body.replaceChildren(...(selection.isAll ? this.whole : this.#rows(held, tally)));
    const chosen = selection.groups[this.by.word];
    for (const button of this.body.querySelectorAll('button')) {
      button.setAttribute('aria-pressed', chosen !== undefined && button.textContent === this.by.names[chosen - 1]);
    }
    if (this.sorted) {
      sortRows(this.table, ...this.sorted);
    }
    this.filter?.show();
  }

  #rows(held, tally) {
    const { column, names } = this.by;
    const groups = new Map();
    for (const row of tally.rows) {
      if (column[row] > 0) {
        const group = groups.get(column[row]) ?? new Tally(held);
        groups.set(column[row], group);
        group.add(row);
      }
    }
    return [...groups].sort(([, a], [, b]) => b.sockets - a.sockets).slice(0, GroupTable.most).map(([group, of]) => {
      const name = element('th', { scope: 'row', textContent: names[group - 1] });
      this.#addButton(name);
      return element('tr', {}, name, ...this.metrics.map(metric => {
        const { text, number } = figureOf(metric, of);
        const cell = element('td', { className: 'n', textContent: text });
        if (text !== '') {
          cell.dataset.v = number;
        }
        return cell;
      }));
    });
  }

  #addButton(cell) {
    const name = cell.textContent;
    const group = this.by.names.indexOf(name) + 1;
    if (group > 0) {
      const button = element('button', { type: 'button', className: 'group', textContent: name, title: `Show ${this.by.word} ${name} alone` });
      button.addEventListener('click', () => this.explorer.selection.toggleGroup(this.by.word, group));
      cell.replaceChildren(button);
    }
  }
}
