// What is looked at: a time, groups, an ending, a finding, words. It is in the address of the page, so that it can be sent and gone back to.
class Selection extends EventTarget {
  constructor(held) {
    super();
    this.held = held;
    this.clear();
    addEventListener('hashchange', () => this.#read());
    this.#read();
  }

  clear() {
    Object.assign(this, { from: undefined, to: undefined, groups: {}, ending: undefined, finding: undefined, words: '' });
  }

  get isAll() {
    return this.from === undefined && Object.keys(this.groups).length === 0 && this.ending === undefined && this.finding === undefined && this.words === '';
  }

  // The time in view, in seconds.
  get range() {
    return this.from === undefined ? [0, this.held.seconds] : [this.from / 1e9, this.to / 1e9];
  }

  // Seconds; nothing is the whole time.
  setTime(from, to) {
    if (from === undefined || (Math.min(from, to) <= 0 && Math.max(from, to) >= this.held.seconds)) {
      this.set({ from: undefined, to: undefined });
      return;
    }
    const [first, last] = [Math.max(0, Math.min(from, to)), Math.min(this.held.seconds, Math.max(from, to))];
    if (last > first) {
      this.set({ from: Math.floor(first * 1e9), to: Math.ceil(last * 1e9) + (last === this.held.seconds ? 1 : 0) });
    }
  }

  toggleGroup(word, group) {
    const groups = { ...this.groups };
    if (groups[word] === group) {
      delete groups[word];
    } else {
      groups[word] = group;
    }
    this.set({ groups });
  }

  set(changes) {
    Object.assign(this, changes);
    const hash = this.#write();
    if (hash !== location.hash.slice(1)) {
      // The event of it shows the change.
      location.hash = hash;
      this.#isWritten = hash;
      this.#show();
    }
  }

  #isWritten = undefined;

  #show() {
    this.dispatchEvent(new Event('change'));
  }

  #write() {
    const parts = new URLSearchParams();
    if (this.from !== undefined) {
      parts.set('from', this.from);
      parts.set('to', this.to);
    }
    for (const [word, group] of Object.entries(this.groups)) {
      parts.set(word, this.groupingOf(word).names[group - 1]);
    }
    for (const [name, value] of [['ending', this.ending], ['finding', this.finding], ['words', this.words || undefined]]) {
      if (value !== undefined) {
        parts.set(name, value);
      }
    }
    return parts.toString();
  }

  #read() {
    const hash = location.hash.slice(1);
    if (hash === this.#isWritten) {
      return;
    }
    this.#isWritten = hash;
    const parts = new URLSearchParams(hash);
    this.clear();
    const [from, to] = [Number(parts.get('from') ?? NaN), Number(parts.get('to') ?? NaN)];
    if (from >= 0 && to > from) {
      Object.assign(this, { from, to });
    }
    for (const by of this.held.groupings) {
      const group = by.names.indexOf(parts.get(by.word)) + 1;
      if (group > 0) {
        this.groups[by.word] = group;
      }
    }
    this.ending = this.held.endings.includes(parts.get('ending')) ? parts.get('ending') : undefined;
    this.finding = parts.has('finding') && `finding ${Number(parts.get('finding'))}` in this.held.columns ? Number(parts.get('finding')) : undefined;
    this.words = parts.get('words') ?? '';
    this.#show();
  }

  groupingOf(word) {
    return this.held.groupings.find(by => by.word === word);
  }

  // The rows that are meant, in the order of their opening. The time may be left out: charts of it show who was there before.
  rows({ atAnyTime = false } = {}) {
    const { columns, count } = this.held;
    const tests = [];
    for (const [word, group] of Object.entries(this.groups)) {
      const column = this.groupingOf(word).column;
      tests.push(row => column[row] === group);
    }
    if (this.ending !== undefined) {
      const ending = this.held.endings.indexOf(this.ending);
      tests.push(row => columns.ending[row] === ending);
    }
    if (this.finding !== undefined) {
      const column = columns[`finding ${this.finding}`];
      tests.push(row => column[row] === 1);
    }
    if (this.words !== '') {
      tests.push(wordTest(this.held, this.words));
    }
    if (this.from !== undefined && !atAnyTime) {
      tests.push(row => columns.opened[row] >= this.from && columns.opened[row] < this.to);
    }
    const rows = [];
    for (let row = 0; row < count; row++) {
      if (tests.every(test => test(row))) {
        rows.push(row);
      }
    }
    return rows;
  }

  // The command line that shows the same connections; nothing where none does.
  get command() {
    if (this.finding !== undefined || this.words !== '' || (this.from !== undefined && this.held.clock.wall === undefined)) {
      return undefined;
    }
    const terms = [];
    if (this.from !== undefined) {
      terms.push(`opened >= ${this.held.clock.literal(this.from)}`, `opened < ${this.held.clock.literal(this.to)}`);
    }
    for (const [word, group] of Object.entries(this.groups)) {
      terms.push(this.groupingOf(word).terms[group - 1]);
    }
    if (this.ending !== undefined) {
      terms.push(`ending == ${this.ending}`);
    }
    const { command } = document.getElementById('selection').dataset;
    return terms.length === 0 ? command : `${command} --where '${terms.join(' and ').replaceAll("'", "'\\''")}'`;
  }
}

// Whether a row has all of some words: in one of its texts, or as a port or a process id.
function wordTest(held, words) {
  const names = ['process', 'host', 'local', 'peer', 'peerProcess', 'words', 'error'];
  const each = words.toLowerCase().split(/\s+/).filter(word => word !== '').map(word => {
    const found = names.map(name => ({ column: held.columns[name], has: held.texts[name].map(text => text.toLowerCase().includes(word)) }));
    const grouped = held.groupings.map(by => ({ column: by.column, has: [false, ...by.names.map(text => text.toLowerCase().includes(word))] }));
    const some = [...found, ...grouped].filter(one => one.has.includes(true));
    const port = /^:?\d+$/.test(word) ? Number(word.replace(':', '')) : undefined;
    const { localPort, peerPort, pid } = held.columns;
    return row => some.some(one => one.has[one.column[row]])
      || (port !== undefined && (localPort[row] === port || peerPort[row] === port || pid[row] === port))
      || (word.includes(':') && (held.local(row).includes(word) || held.peer(row).includes(word)));
  });
  return row => each.every(test => test(row));
}
