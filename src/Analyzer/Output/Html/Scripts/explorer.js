// The page as one: what is selected, and all that shows it.
class Explorer {
  constructor(held) {
    this.held = held;
    this.selection = new Selection(held);
    this.doubts = held.losses.length > 0 ? ' Events were lost: counts are too low.' : '';
    const charts = document.getElementById('charts');
    for (const still of document.querySelectorAll('.still')) {
      still.remove();
    }
    charts.hidden = false;
    this.charts = [BegunChart, OpenChart, LifetimesChart, ConnectsChart, BytesChart].map(kind => new kind(charts, this));
    this.charts.push(new DistributionChart(charts, this));
    this.groups = held.groupings.map(by => new GroupTable(by, this));
    this.list = new ConnectionList(this);
    this.bar = new SelectionBar(this);
    this.cards = [...document.querySelectorAll('.figures > div')].map(card => ({ card, name: card.dataset.metric, whole: [...card.children].slice(1) }));
    this.#addFindings();
    this.selection.addEventListener('change', () => this.show());
    themeChanges.addEventListener('change', () => this.charts.forEach(chart => chart.show()));
    new ResizeObserver(() => this.charts.forEach(chart => chart.resize())).observe(charts);
    this.show();
  }

  // As many as can be told apart.
  get intervals() {
    return Math.min(120, Math.max(24, Math.floor(this.charts[0].width / 8)));
  }

  show() {
    const rows = this.selection.rows();
    this.rows = rows;
    this.rowsAtAnyTime = this.selection.from === undefined ? rows : this.selection.rows({ atAnyTime: true });
    this.tally = new Tally(this.held);
    rows.forEach(row => this.tally.add(row));
    this.bar.show();
    this.#showCards();
    this.charts.forEach(chart => chart.show());
    this.groups.forEach(table => table.show());
    this.list.show();
    for (const link of document.querySelectorAll('a.rows')) {
      const isShown = Number(link.dataset.finding) === this.selection.finding;
      link.toggleAttribute('aria-current', isShown);
    }
  }

  // Figures of all connections are the program's; those of some are counted here.
  #showCards() {
    for (const { card, name, whole } of this.cards) {
      const isOfRecording = name === 'lost';
      card.hidden = !this.selection.isAll && !isOfRecording && !(name in metrics);
      if (this.selection.isAll || isOfRecording || card.hidden) {
        card.replaceChildren(card.firstElementChild, ...whole);
        continue;
      }
      const text = figureOf(name, this.tally).text || '-';
      const blank = text.lastIndexOf(' ');
      const value = element('dd', {}, blank < 2 ? text : text.slice(0, blank));
      if (blank >= 2) {
        value.append(element('span', { className: 'unit', textContent: text.slice(blank) }));
      }
      card.replaceChildren(card.firstElementChild, value);
      if (this.held.doubts) {
        card.append(element('dd', { className: 'note', textContent: 'as recorded: what is missing may change it' }));
      }
    }
  }

  // A finding is a link to its rows.
  #addFindings() {
    for (const link of document.querySelectorAll('a.rows')) {
      const place = Number(link.dataset.finding);
      const column = this.held.columns[`finding ${place}`];
      let count = 0;
      column.forEach((is, row) => { count += is * this.held.weights[row]; });
      link.textContent = `Show ${count === 1 ? 'the connection' : `the ${countText(count)} connections`}`;
      link.hidden = false;
      link.addEventListener('click', event => {
        event.preventDefault();
        this.selection.clear();
        this.selection.set({ finding: place });
        this.bar.box.scrollIntoView({ behavior: prefersStillness.matches ? 'auto' : 'smooth' });
        this.bar.focus();
      });
    }
  }
}

// What is selected, in words, and the ways out of it.
class SelectionBar {
  constructor(explorer) {
    this.explorer = explorer;
    this.box = document.getElementById('selection');
    this.box.setAttribute('role', 'region');
    this.box.setAttribute('aria-label', 'Selection');
    this.words = element('p', { tabIndex: -1, role: 'status' });
    this.chips = element('div', { className: 'chips' });
    this.command = element('code');
    this.endings = element('div', { className: 'endings', role: 'group', 'aria-label': 'Endings' });
    const { selection, held } = explorer;
    for (const ending of ['failed', 'reset', 'closed', 'open', 'unseen']) {
      const swatch = element('span', { className: 'swatch' });
      swatch.style.setProperty('--swatch', `var(--${ending})`);
      const button = element('button', { type: 'button' }, swatch, endingWords[ending]);
      button.dataset.ending = ending;
      button.addEventListener('click', () => selection.set({ ending: selection.ending === ending ? undefined : ending }));
      this.endings.append(button);
    }
    this.zone = element('button', { type: 'button', textContent: 'Local time', 'aria-pressed': 'false', hidden: held.clock.wall === undefined });
    this.zone.addEventListener('click', () => {
      held.clock.isLocal = !held.clock.isLocal;
      this.zone.setAttribute('aria-pressed', held.clock.isLocal);
      explorer.show();
    });
    this.box.append(element('div', { className: 'line' }, this.words, this.chips), element('div', { className: 'line' }, this.endings, this.zone), this.command);
    this.box.hidden = false;
  }

  focus() {
    this.words.focus({ preventScroll: true });
  }

  show() {
    const { selection, held, tally } = this.explorer;
    const [from, to] = selection.range;
    const step = Math.min(1, humanStep(to - from, 1000));
    const many = `${tally.isEstimate ? '\u2248 ' : ''}${countText(tally.sockets)}`;
    this.words.textContent = selection.isAll ? `All ${many} ends of connections, ${held.clock.range(0, held.seconds, step)} (${held.clock.zone}). Drag in a chart to select a time, or choose a group, an ending or a finding.`
      : `${many} ends of connections${tally.isEstimate ? `, told from ${countText(tally.rows.length)} that the page holds` : ''}:`;
    const chips = [];
    const chip = (text, undo) => {
      const button = element('button', { type: 'button', className: 'chip', 'aria-label': `${text}: show others again` }, text, element('span', { 'aria-hidden': 'true' }, ' \u2715'));
      button.addEventListener('click', undo);
      chips.push(button);
    };
    if (selection.from !== undefined) {
      chip(`opened ${held.clock.range(from, to, step)}`, () => selection.setTime());
    }
    for (const [word, group] of Object.entries(selection.groups)) {
      chip(`${word} ${selection.groupingOf(word).names[group - 1]}`, () => selection.toggleGroup(word, group));
    }
    if (selection.ending !== undefined) {
      chip(endingWords[selection.ending], () => selection.set({ ending: undefined }));
    }
    if (selection.finding !== undefined) {
      const title = document.querySelector(`a.rows[data-finding="${selection.finding}"]`)?.parentElement.querySelector('strong').textContent ?? 'a finding';
      chip(title, () => selection.set({ finding: undefined }));
    }
    if (selection.words !== '') {
      chip(`\u201c${selection.words}\u201d`, () => selection.set({ words: '' }));
    }
    if (chips.length > 1) {
      const all = element('button', { type: 'button', textContent: 'Show all' });
      all.addEventListener('click', () => { selection.clear(); selection.set({}); });
      chips.push(all);
    }
    this.chips.replaceChildren(...chips);
    for (const button of this.endings.children) {
      button.setAttribute('aria-pressed', button.dataset.ending === selection.ending);
    }
    const command = selection.isAll ? undefined : selection.command;
    this.command.hidden = command === undefined;
    this.command.textContent = command ?? '';
  }
}

readHeld().then(held => new Explorer(held)).catch(error => {
  // What is there without a script is better than nothing.
  root.classList.add('unexplored');
  throw error;
});
