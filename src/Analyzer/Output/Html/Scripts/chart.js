// A chart: what it says in words, the picture, the value under the pointer or the keyboard's cursor, and its numbers as a table.
class Chart {
  // parent: where it goes. name: letters only. title: what it shows. note: how to read it.
  constructor(parent, { name, title, note, keys }) {
    this.title = title;
    this.text = element('p', { id: `${name}-text`, className: 'text' });
    this.legend = element('ul', { className: 'legend' });
    this.box = element('div', { className: 'plot', tabIndex: 0, role: 'group', 'aria-label': `${title}: chart. ${keys}`, 'aria-describedby': `${name}-text` });
    this.readout = element('output', { className: 'readout' });
    this.body = element('tbody');
    this.head = element('tr');
    this.numbers = element('details', {},
      element('summary', { textContent: 'Its numbers' }),
      element('div', { className: 'scroll', role: 'region', 'aria-label': `${title}: numbers`, tabIndex: 0 }, element('table', {}, element('thead', {}, this.head), this.body)));
    this.figure = element('figure', { id: `explored-${name}`, className: 'explored' },
      element('figcaption', {}, element('h3', { textContent: title }), this.text),
      this.legend, this.box, this.readout, element('p', { className: 'note', textContent: note }), this.numbers);
    parent.append(this.figure);
    this.numbers.addEventListener('toggle', () => this.#fillNumbers());
    // Only what has the focus is read aloud.
    this.readout.setAttribute('aria-live', 'off');
    this.box.addEventListener('focus', () => this.readout.setAttribute('aria-live', 'polite'));
    this.box.addEventListener('blur', () => this.readout.setAttribute('aria-live', 'off'));
  }

  get width() {
    return Math.max(240, Math.floor(this.box.clientWidth));
  }

  say(text) {
    this.text.textContent = text;
  }

  // items: [colour variable, words].
  explain(items) {
    this.legend.replaceChildren(...items.map(([variable, words]) => {
      const swatch = element('span', { className: 'swatch' });
      swatch.style.setProperty('--swatch', `var(${variable})`);
      return element('li', {}, swatch, words);
    }));
  }

  // make: gives { columns, rows } when the table is looked at.
  setNumbers(make) {
    this.makeNumbers = make;
    this.#fillNumbers();
  }

  #fillNumbers() {
    if (!this.numbers.open || !this.makeNumbers) {
      return;
    }
    const { columns, rows } = this.makeNumbers();
    this.head.replaceChildren(...columns.map(name => element('th', { scope: 'col', textContent: name })));
    this.body.replaceChildren(...rows.map(row => element('tr', {}, ...row.map((text, place) =>
      (place === 0 ? element('th', { scope: 'row', textContent: text }) : element('td', { className: 'n', textContent: text }))))));
  }

  // Draws with uPlot; what was drawn before goes.
  draw(options, data) {
    this.plot?.destroy();
    this.plot = new uPlot({
      width: this.width,
      height: options.height ?? 200,
      legend: { show: false },
      ...options,
    }, data, this.box);
  }

  resize() {
    if (this.plot && this.plot.width !== this.width) {
      this.plot.setSize({ width: this.width, height: this.plot.height });
    }
  }
}

const drawnFont = '12px system-ui, sans-serif';

function axisStyle() {
  return { stroke: colour('--muted'), font: drawnFont, grid: { stroke: colour('--line'), width: 1 }, ticks: { stroke: colour('--line'), width: 1, size: 4 } };
}

// An axis of counts or bytes from 0.
function countAxis(text, most) {
  return { ...axisStyle(), size: 64, values: (_, splits) => splits.map(value => (Number.isInteger(value) || most > 5 ? text(value) : '')) };
}

const decades = Array.from({ length: 20 }, (_, power) => 10 ** power);

// An axis of durations in nanoseconds on a logarithmic scale, a mark at each power of ten.
function durationAxis(side) {
  return {
    ...axisStyle(),
    side,
    size: side === 3 ? 64 : 32,
    splits: (_, __, min, max) => decades.filter(value => value >= min * 0.999 && value <= max * 1.001),
    // Each of them has room, whatever the library thinks of logarithms.
    filter: (_, splits) => splits,
    values: (_, splits) => splits.map(decadeText),
  };
}

// A power of ten, in seconds or parts of them.
function decadeText(nanoseconds) {
  const [one, unit] = [[1e9, 's'], [1e6, 'ms'], [1e3, 'us'], [1, 'ns']].find(([least]) => nanoseconds >= least);
  return `${thousands.format(nanoseconds / one)} ${unit}`;
}

// A line of steps, interrupted where there is no value, and the area below it.
function steps(plot, series, from, to) {
  const [stroke, fill] = [new Path2D(), new Path2D()];
  const xs = plot.data[0];
  const ys = plot.data[series];
  const bottom = plot.bbox.top + plot.bbox.height;
  const x = place => Math.min(plot.bbox.left + plot.bbox.width, Math.max(plot.bbox.left, plot.valToPos(xs[place], 'x', true)));
  for (let place = Math.max(0, from - 1); place < Math.min(to + 1, xs.length - 1); place++) {
    if (ys[place] === null || !Number.isFinite(ys[place])) {
      continue;
    }
    const [left, right, y] = [x(place), x(place + 1), plot.valToPos(ys[place], plot.series[series].scale, true)];
    if (place > 0 && Number.isFinite(ys[place - 1]) && ys[place - 1] !== null) {
      stroke.lineTo(left, y);
    } else {
      stroke.moveTo(left, y);
    }
    stroke.lineTo(right, y);
    fill.rect(left, y, right - left, bottom - y);
  }
  return { stroke, fill };
}

// The whole powers of ten around durations.
function decadesAround(least, most) {
  return [10 ** Math.floor(Math.log10(Math.max(1, least))), 10 ** Math.max(Math.floor(Math.log10(Math.max(1, least))) + 1, Math.ceil(Math.log10(Math.max(1, most))))];
}

// Lines across a box, which say that what is there is not all.
function hatch(context, left, top, width, height, stroke, gap = 8) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.strokeStyle = stroke;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = left - height; x < left + width; x += gap) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
}
