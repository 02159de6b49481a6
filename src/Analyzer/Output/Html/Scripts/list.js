// The table of connections: all that the page holds, as many at once as can be read.
class ConnectionList {
  static step = 100;

  constructor(explorer) {
    this.explorer = explorer;
    this.table = document.getElementById('connections');
    this.body = this.table.tBodies[0];
    const { columns } = explorer.held;
    const { held } = explorer;
    const known = (row, name) => (held.has(row, marks.counters) ? columns[name][row] : undefined);
    // Text and the number to sort by, or the text alone.
    this.cells = [
      row => [(columns.opened[row] / 1e9).toFixed(6), columns.opened[row]],
      row => [held.text('process', row)],
      row => [String(columns.pid[row]), columns.pid[row]],
      row => [held.text('host', row)],
      row => [['', 'client', 'server'][columns.role[row]]],
      row => [held.local(row)],
      row => [held.peer(row)],
      row => [held.has(row, marks.joined) ? `${held.text('peerProcess', row)} (${columns.peerPid[row]})` : ''],
      row => [held.text('words', row)],
      row => [durationText(columns.lifetime[row]), columns.lifetime[row]],
      row => (columns.connect[row] > 0 ? [durationText(columns.connect[row]), columns.connect[row]] : ['', undefined]),
      ...[['sent', byteText], ['received', byteText], ['retransmits', countText], ['rtt', value => durationText(value * 1000)]].map(([name, text]) => row => {
        const value = known(row, name);
        return value === undefined ? ['', undefined] : [text(value), value];
      }),
    ];
    this.input = element('input', { type: 'search', name: 'words', 'aria-label': 'Search connections', 'aria-controls': 'connections', placeholder: 'name, address, :port, ending', value: explorer.selection.words });
    this.count = element('output');
    this.more = element('button', { type: 'button', textContent: `Show ${ConnectionList.step} more` });
    this.table.parentElement.before(element('div', { className: 'filter' }, element('label', {}, 'Search ', this.input), this.count));
    this.table.parentElement.after(this.more);
    this.input.addEventListener('input', () => explorer.selection.set({ words: this.input.value.trim() }));
    this.more.addEventListener('click', () => { this.shown += ConnectionList.step; this.#fill(); });
    addSortButtons(this.table, (column, isDescending) => {
      this.sorted = { column, isDescending };
      this.#order();
    });
  }

  show() {
    if (document.activeElement !== this.input) {
      this.input.value = this.explorer.selection.words;
    }
    this.#order();
  }

  #order() {
    const { held, tally } = this.explorer;
    const { columns, endings } = held;
    const rankOf = endings.map(word => ({ failed: 0, reset: 1 })[word] ?? 2);
    const usual = (a, b) => rankOf[columns.ending[a]] - rankOf[columns.ending[b]] || columns.lifetime[b] - columns.lifetime[a] || a - b;
    this.rows = [...tally.rows];
    if (this.sorted) {
      const { column, isDescending } = this.sorted;
      const cell = this.cells[column];
      const isNumber = this.table.tHead.rows[0].cells[column].classList.contains('n');
      const keys = new Map(this.rows.map(row => { const [text, number] = cell(row); return [row, isNumber ? number : text || undefined]; }));
      const sign = isDescending ? -1 : 1;
      // What is not known comes last in either order; of equal ones those that failed come first.
      this.rows.sort((a, b) => {
        const [one, other] = [keys.get(a), keys.get(b)];
        return (one === undefined) - (other === undefined)
          || (one === undefined ? 0 : sign * (isNumber ? one - other : collator.compare(one, other)))
          || usual(a, b);
      });
    } else {
      this.rows.sort(usual);
    }
    this.shown = ConnectionList.step;
    this.#fill();
  }

  #fill() {
    const { held } = this.explorer;
    this.body.replaceChildren(...this.rows.slice(0, this.shown).map(row => {
      const made = element('tr', { className: held.endings[held.columns.ending[row]] });
      this.cells.forEach((cell, place) => {
        const [text, number] = cell(row);
        made.append(element(place === 0 ? 'th' : 'td', { textContent: text, ...(place === 0 ? { scope: 'row' } : {}), className: number !== undefined || this.isNumber(place) ? 'n' : '' }));
      });
      return made;
    }));
    this.more.hidden = this.rows.length <= this.shown;
    const shown = Math.min(this.shown, this.rows.length);
    this.count.textContent = `${countText(shown)} of ${countText(this.rows.length)} found; the page holds ${countText(held.count)}${held.isWhole ? ', all that there are' : ` of ${countText(held.total)}`}`;
  }

  isNumber(place) {
    return this.table.tHead.rows[0].cells[place].classList.contains('n');
  }
}
