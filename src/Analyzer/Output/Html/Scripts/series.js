// The charts over time. All have one axis, and one cursor.
const timeKeys = 'Arrow keys move the cursor, with shift they select a time, Enter shows it alone, plus and minus zoom, Escape shows the whole time.';
const timeSync = uPlot.sync('time');
const groupColours = [0, 1, 2, 3, 4, 5].map(place => `--series${place}`);

class TimeChart extends Chart {
  constructor(parent, explorer, names) {
    super(parent, { keys: timeKeys, ...names });
    this.explorer = explorer;
    this.held = explorer.held;
    this.selection = explorer.selection;
    this.box.addEventListener('keydown', event => this.#press(event));
  }

  // Draws series over the intervals of a grid: [{ name, variable, values, fill, dash }]. More hooks draw behind and before them.
  drawIntervals(grid, series, { text, height, scaleY, axisY, cursorText }) {
    this.grid = grid;
    const xs = Array.from(grid.edges);
    const data = [xs, ...series.map(one => [...one.values, one.values.at(-1)])];
    const most = Math.max(1, ...series.flatMap(one => [...one.values].filter(Number.isFinite)));
    this.draw(this.#options({
      height,
      scaleY: scaleY ?? { range: [0, most * 1.05] },
      axisY: axisY ?? countAxis(text, most),
      series: series.map(one => ({
        label: one.name,
        stroke: colour(one.variable),
        fill: one.fill ? `${colour(one.variable)}38` : undefined,
        width: 2,
        dash: one.dash,
        paths: steps,
        points: { show: false },
        spanGaps: false,
      })),
      cursorText: cursorText ?? (number => `${grid.textOf(number)}: ${series.map(one => `${one.name} ${Number.isFinite(one.values[number]) ? text(one.values[number]) : '-'}`).join(', ')}`),
    }), data);
    this.explain(series.map(one => [one.variable, one.name]));
    this.setNumbers(() => ({
      columns: [`From (${this.held.clock.zone})`, ...series.map(one => one.name), 'Known'],
      rows: Array.from({ length: grid.count }, (_, number) => [
        this.held.clock.full(Math.max(grid.from, grid.edges[number]), Math.min(grid.step, 1)),
        ...series.map(one => (Number.isFinite(one.values[number]) ? text(one.values[number]) : '')),
        this.lacks(grid, number),
      ]),
    }));
  }

  // What an interval lacks, in a word.
  lacks(grid, number) {
    const [from, to] = [grid.edges[number] * 1e9, grid.edges[number + 1] * 1e9];
    const touches = ([begin, end]) => begin < to && end >= from;
    return this.held.pauses.some(touches) ? 'not recorded' : this.held.losses.some(touches) ? 'at least: events lost' : grid.isWhole(number) ? 'all' : 'a part';
  }

  // Draws something of its own over time: paint is told the plot.
  drawOwn({ height, scaleY, axisY, paint, cursorText }) {
    const [from, to] = this.selection.range;
    this.grid = new Grid(this.held.clock, from, to, 100);
    this.draw(this.#options({ height, scaleY, axisY, series: [{ paths: () => null, points: { show: false } }], cursorText, paint, isOwn: true }), [[from, to], [1, 1]]);
  }

  #options({ height, scaleY, axisY, series, cursorText, paint, isOwn }) {
    const [from, to] = this.selection.range;
    return {
      height,
      scales: { x: { time: false, range: () => [from, to] }, y: scaleY },
      axes: [this.#axisX(), axisY],
      series: [{}, ...series],
      cursor: {
        y: false,
        points: { show: false },
        sync: { key: timeSync.key, setSeries: false },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        bind: { dblclick: () => () => { this.selection.setTime(); return null; } },
        dataIdx: (plot, _, index, value) => {
          const xs = plot.data[0];
          while (index > 0 && xs[index] > value) {
            index--;
          }
          return index;
        },
      },
      hooks: {
        drawAxes: [plot => this.#paintGaps(plot)],
        draw: [plot => { paint?.(plot); this.#paintParts(plot, isOwn); }],
        setSelect: [plot => {
          if (plot.select.width > 3) {
            const begin = plot.posToVal(plot.select.left, 'x');
            const end = plot.posToVal(plot.select.left + plot.select.width, 'x');
            plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            this.selection.setTime(begin, end);
          }
        }],
        setCursor: [plot => {
          const { left } = plot.cursor;
          const at = left >= 0 ? plot.posToVal(left, 'x') : NaN;
          // Before anything is drawn there is no scale.
          if (!Number.isFinite(at)) {
            this.readout.textContent = '';
            return;
          }
          const number = Math.min(this.grid.count - 1, Math.max(0, this.grid.at(at * 1e9)));
          this.readout.textContent = cursorText(number, plot);
        }],
      },
    };
  }

  #axisX() {
    const { clock } = this.held;
    return {
      ...axisStyle(),
      size: 44,
      splits: (plot, _, from, to) => {
        const { step, ticks } = clock.ticks(from, to, Math.max(2, Math.floor(plot.bbox.width / devicePixelRatio / 90)));
        this.tickStep = step;
        return ticks;
      },
      values: (_, ticks) => {
        let dayBefore = '';
        return ticks.map(tick => {
          const text = clock.time(tick, this.tickStep);
          if (clock.wall === undefined || this.tickStep >= day) {
            return text;
          }
          const on = clock.dayOf(tick);
          const isNew = on !== dayBefore;
          dayBefore = on;
          return isNew ? `${text}\n${on}` : text;
        });
      },
    };
  }

  #paintGaps(plot) {
    const { ctx, bbox } = plot;
    const paint = (times, stroke) => {
      for (const [from, to] of times) {
        const left = Math.max(bbox.left, plot.valToPos(from / 1e9, 'x', true));
        const right = Math.min(bbox.left + bbox.width, plot.valToPos(to / 1e9, 'x', true));
        if (right >= bbox.left && left <= bbox.left + bbox.width) {
          ctx.fillStyle = `${stroke}30`;
          ctx.fillRect(left, bbox.top, Math.max(2, right - left), bbox.height);
          hatch(ctx, left, bbox.top, Math.max(2, right - left), bbox.height, stroke);
        }
      }
    };
    paint(this.held.pauses, colour('--muted'));
    paint(this.held.losses, colour('--failed'));
  }

  // The first interval and the last may be but parts: that is no fall.
  #paintParts(plot, isOwn) {
    if (isOwn) {
      return;
    }
    const { ctx, bbox } = plot;
    for (const number of new Set([0, this.grid.count - 1])) {
      if (!this.grid.isWhole(number)) {
        const left = Math.max(bbox.left, plot.valToPos(this.grid.edges[number], 'x', true));
        const right = Math.min(bbox.left + bbox.width, plot.valToPos(this.grid.edges[number + 1], 'x', true));
        hatch(ctx, left, bbox.top, right - left, bbox.height, colour('--muted'), 4);
      }
    }
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.plot) {
      return;
    }
    const { grid, plot, selection } = this;
    const middle = number => (Math.max(grid.from, grid.edges[number]) + Math.min(grid.to, grid.edges[number + 1])) / 2;
    const move = number => {
      const to = Math.min(grid.count - 1, Math.max(0, number));
      if (event.shiftKey) {
        this.anchor ??= this.at ?? to;
      } else {
        this.anchor = undefined;
      }
      this.at = to;
      plot.setCursor({ left: plot.valToPos(middle(to), 'x'), top: 10 });
      this.#showMarked();
    };
    const zoom = factor => {
      const [from, to] = selection.range;
      const at = middle(Math.min(grid.count - 1, this.at ?? Math.floor(grid.count / 2)));
      if ((to - from) * factor > this.held.seconds * 0.99) {
        selection.setTime();
        return;
      }
      selection.setTime(at - (at - from) * factor, at + (to - at) * factor);
    };
    const actions = {
      ArrowLeft: () => move((this.at ?? grid.count) - 1),
      ArrowRight: () => move((this.at ?? -1) + 1),
      PageUp: () => move((this.at ?? grid.count) - 10),
      PageDown: () => move((this.at ?? -1) + 10),
      Home: () => move(0),
      End: () => move(grid.count - 1),
      Enter: () => {
        if (this.at !== undefined) {
          const [first, last] = [Math.min(this.at, this.anchor ?? this.at), Math.max(this.at, this.anchor ?? this.at)];
          [this.at, this.anchor] = [undefined, undefined];
          selection.setTime(grid.edges[first], grid.edges[last + 1]);
        }
      },
      '+': () => zoom(0.5),
      '=': () => zoom(0.5),
      '-': () => zoom(2),
      Escape: () => { [this.at, this.anchor] = [undefined, undefined]; selection.setTime(); },
    };
    if (event.key in actions) {
      event.preventDefault();
      actions[event.key]();
    }
  }

  #showMarked() {
    const { grid, plot } = this;
    if (this.anchor === undefined) {
      plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
      return;
    }
    const [first, last] = [Math.min(this.at, this.anchor), Math.max(this.at, this.anchor)];
    const left = plot.valToPos(Math.max(grid.from, grid.edges[first]), 'x');
    const right = plot.valToPos(Math.min(grid.to, grid.edges[last + 1]), 'x');
    plot.setSelect({ left, width: right - left, top: 0, height: plot.over.clientHeight }, false);
  }
}

// Opened, accepted and failed in each interval; or those of the largest groups.
class BegunChart extends TimeChart {
  constructor(parent, explorer) {
    super(parent, explorer, {
      name: 'begun',
      title: 'Connections that began',
      note: 'In each interval. A high and steady line is connections that could have been kept open. Lines across mark an interval that is not whole, or a time of which not all is known.',
    });
    this.choice = element('select', { name: 'lines', 'aria-label': 'Lines of this chart' },
      element('option', { value: '', textContent: 'what happened' }),
      ...this.held.groupings.filter(by => !by.ofFailures).map(by => element('option', { value: by.word, textContent: `by ${by.word}` })));
    this.choice.addEventListener('change', () => this.show());
    this.legend.before(element('label', { className: 'choice' }, 'Lines: ', this.choice));
  }

  show() {
    const { held, selection, explorer } = this;
    const { columns, weights } = held;
    const rows = explorer.rowsAtAnyTime;
    const [from, to] = selection.range;
    const grid = new Grid(held.clock, from, to, explorer.intervals);
    const isFailed = row => columns.ending[row] === held.failed;
    const begun = row => (isFailed(row) || held.has(row, marks.preexisting) ? undefined : columns.opened[row]);
    const count = row => weights[row];
    const opened = grid.tally(rows, row => (columns.role[row] === 2 ? undefined : begun(row)), count);
    const accepted = grid.tally(rows, row => (columns.role[row] === 2 ? begun(row) : undefined), count);
    const failed = grid.tally(rows, row => (isFailed(row) ? columns.opened[row] + columns.lifetime[row] : undefined), count);
    const by = selection.groupingOf(this.choice.value);
    this.drawIntervals(grid, by ? this.#groups(grid, rows, by, begun) : [
      { name: 'opened', variable: '--closed', values: opened, fill: true },
      { name: 'accepted', variable: '--open', values: accepted, dash: [6, 3] },
      { name: 'failed', variable: '--failed', values: failed, fill: true },
    ], { text: countText, height: 220 });
    this.say(this.#words(grid, opened, accepted, failed));
  }

  #groups(grid, rows, by, begun) {
    const { weights } = this.held;
    const sums = new Float64Array(by.names.length + 1);
    for (const row of rows) {
      sums[by.column[row]] += weights[row];
    }
    const largest = Array.from(by.names.keys(), place => place + 1).sort((a, b) => sums[b] - sums[a]).slice(0, groupColours.length);
    const dashes = [undefined, [6, 3], [2, 2], [10, 3, 2, 3], [4, 6], [1, 3]];
    const series = largest.map((group, place) => ({
      name: by.names[group - 1],
      variable: groupColours[place],
      dash: dashes[place],
      values: grid.tally(rows.filter(row => by.column[row] === group), begun, row => weights[row]),
    }));
    const rest = rows.filter(row => !largest.includes(by.column[row]));
    return rest.length === 0 ? series : [...series, { name: 'all others', variable: '--other', values: grid.tally(rest, begun, row => weights[row]) }];
  }

  #words(grid, opened, accepted, failed) {
    const [openedSum, acceptedSum, failedSum] = [opened, accepted, failed].map(sum);
    const words = [`${countText(openedSum)} opened, ${countText(acceptedSum)} accepted and ${countText(failedSum)} failed from ${this.held.clock.range(grid.from, grid.to, Math.min(grid.step, 1))} (${this.held.clock.zone}).`];
    const total = Float64Array.from(opened, (value, number) => value + accepted[number]);
    const busiest = total.indexOf(Math.max(...total));
    if (total[busiest] > 0) {
      words.push(`The most that began in one interval of ${durationText(grid.step * 1e9)}: ${countText(total[busiest])}, at ${this.held.clock.full(Math.max(grid.from, grid.edges[busiest]), Math.min(grid.step, 1))}.`);
    }
    const failing = runsOf(grid.count, number => failed[number] > 0 && failed[number] >= opened[number], number => failed[number] + opened[number] === 0, number => failed[number])
      .filter(run => run[2] >= 3).sort((a, b) => b[2] - a[2]);
    for (const [first, last, count] of failing.slice(0, 3)) {
      const tried = count + sum(opened.slice(first, last + 1));
      words.push(`An outage: ${countText(count)} of ${countText(tried)} connects failed from ${this.held.clock.range(grid.edges[first], Math.min(grid.to, grid.edges[last + 1]), Math.min(grid.step, 1))}.`);
    }
    if (failing.length > 3) {
      words.push(`So it was at ${countText(failing.length - 3)} other times.`);
    }
    const known = Array.from(total).filter(value => value > 0).sort((a, b) => a - b);
    const usual = known.length === 0 ? 0 : known[Math.floor(known.length / 2)];
    if (usual >= 5) {
      const silent = runsOf(grid.count, number => total[number] + failed[number] === 0 && this.lacks(grid, number) === 'all', () => false, () => 1).filter(run => run[2] >= 3).sort((a, b) => b[2] - a[2]);
      for (const [first, last] of silent.slice(0, 2)) {
        words.push(`Nothing began from ${this.held.clock.range(grid.edges[first], grid.edges[last + 1], Math.min(grid.step, 1))}.`);
      }
    }
    return `${words.join(' ')}${this.explorer.doubts}`;
  }
}

// How many were open at once.
class OpenChart extends TimeChart {
  constructor(parent, explorer) {
    super(parent, explorer, { name: 'open', title: 'Open at once', note: 'The most in each interval, whenever they were opened. A line that only rises is a leak.' });
  }

  show() {
    const { held, explorer } = this;
    const [from, to] = this.selection.range;
    const grid = new Grid(held.clock, from, to, explorer.intervals);
    const { peaks, ends, most } = openAtOnce(held, explorer.rowsAtAnyTime, grid);
    this.drawIntervals(grid, [{ name: 'open', variable: '--open', values: peaks, fill: true }], { text: countText, height: 160 });
    const at = number => ends[Math.min(grid.count - 1, Math.floor(grid.count * number))];
    const rises = grid.count >= 8 && at(0.25) > 0 && at(0.5) > 1.2 * at(0.25) && at(0.75) > 1.1 * at(0.5) && ends.at(-1) > 1.05 * at(0.75) && ends.at(-1) >= 0.95 * most.level;
    this.say(`${countText(most.level)} at most, at ${held.clock.full(most.at / 1e9, Math.min(grid.step, 1))}; ${countText(ends.at(-1))} at the end.${rises ? ' It rises all the time: connections may be leaking.' : ''}${explorer.doubts}`);
  }
}

// Each connection: when it began, and how long it lived.
class LifetimesChart extends TimeChart {
  constructor(parent, explorer) {
    super(parent, explorer, { name: 'lifetimes', title: 'Each connection: when it began, and how long it lived', note: 'A change shows as a band that moves or splits. A failed one stands at how long it was tried; one still open lived longer than it shows.' });
  }

  show() {
    const { held, explorer } = this;
    const { columns } = held;
    const { rows, tally } = explorer;
    let [least, most] = [Infinity, 1];
    for (const row of rows) {
      const lifetime = Math.max(1, columns.lifetime[row]);
      [least, most] = [Math.min(least, lifetime), Math.max(most, lifetime)];
    }
    const [low, high] = decadesAround(Math.min(least, most), most);
    this.drawOwn({
      height: 260,
      scaleY: { distr: 3, range: [low, high] },
      axisY: durationAxis(3),
      paint: plot => this.#paint(plot, rows),
      cursorText: (_, plot) => this.#nearest(plot, rows),
    });
    const endings = ['closed', 'reset', 'failed', 'open', 'unseen'];
    this.explain(endings.map(ending => [`--${ending}`, endingWords[ending]]));
    const counts = endings.map(ending => [ending, ending === 'unseen' ? tally.sockets - tally.closed - tally.reset - tally.failed - tally.open : tally[ending]]).filter(([, count]) => count >= 0.5);
    this.say(rows.length === 0 ? 'No connection.' : `${counts.map(([ending, count]) => `${countText(count)} ${endingWords[ending]}`).join(', ')}. Of those that were opened half lived no longer than ${figureOf('lifetime.p50', tally).text || '-'}, 99 % no longer than ${figureOf('lifetime.p99', tally).text || '-'}.`);
    this.setNumbers(() => this.#numbersOf(rows, low, high));
  }

  #paint(plot, rows) {
    const { held } = this;
    const { columns } = held;
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    const size = (rows.length > 5000 ? 2 : rows.length > 500 ? 3 : 5) * ratio;
    const xOf = row => plot.valToPos(columns.opened[row] / 1e9, 'x', true);
    const yOf = row => plot.valToPos(Math.max(1, columns.lifetime[row]), 'y', true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left - size, bbox.top - size, bbox.width + 2 * size, bbox.height + 2 * size);
    ctx.clip();
    held.endings.map((word, ending) => [word, ending]).sort(([a], [b]) => (a === 'failed') - (b === 'failed')).forEach(([word, ending]) => {
      ctx.fillStyle = ctx.strokeStyle = colour(`--${word}`);
      ctx.lineWidth = 1.5 * ratio;
      const path = new Path2D();
      for (const row of rows) {
        if (columns.ending[row] !== ending) {
          continue;
        }
        const [x, y] = [xOf(row), yOf(row)];
        if (word === 'failed') {
          path.moveTo(x - size, y - size); path.lineTo(x + size, y + size);
          path.moveTo(x - size, y + size); path.lineTo(x + size, y - size);
        } else if (word === 'open') {
          path.moveTo(x + size, y); path.arc(x, y, size, 0, 2 * Math.PI);
        } else if (word === 'reset') {
          path.moveTo(x - size, y + size); path.lineTo(x, y - size); path.lineTo(x + size, y + size); path.closePath();
        } else {
          path.rect(x - size / 2, y - size / 2, size, size);
        }
      }
      if (word === 'failed' || word === 'open') {
        ctx.stroke(path);
      } else {
        ctx.fill(path);
      }
    });
    ctx.restore();
  }

  #nearest(plot, rows) {
    const { columns } = this.held;
    const { left, top } = plot.cursor;
    const time = plot.posToVal(left, 'x') * 1e9;
    const perPixel = (this.selection.range[1] - this.selection.range[0]) * 1e9 / plot.over.clientWidth;
    // Rows are in the order of their opening: only those near the pointer are looked at.
    let best, distance = 24 ** 2;
    for (let place = lowerBound(rows, row => columns.opened[row], time - 24 * perPixel); place < rows.length; place++) {
      const row = rows[place];
      const dx = (columns.opened[row] - time) / perPixel;
      if (dx > 24) {
        break;
      }
      const dy = plot.valToPos(Math.max(1, columns.lifetime[row]), 'y') - top;
      if (dx * dx + dy * dy < distance) {
        [best, distance] = [row, dx * dx + dy * dy];
      }
    }
    return best === undefined ? this.held.clock.full(time / 1e9) : describeRow(this.held, best);
  }

  // How many of each ending lived how long, by powers of ten.
  #numbersOf(rows, low, high) {
    const { columns, weights, endings } = this.held;
    const bounds = decades.filter(value => value >= low && value < high);
    const counts = bounds.map(() => endings.map(() => 0));
    for (const row of rows) {
      const place = Math.min(bounds.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, columns.lifetime[row]) / low) + 1e-12)));
      counts[place][columns.ending[row]] += weights[row];
    }
    return {
      columns: ['Lived from', ...endings.map(ending => endingWords[ending])],
      rows: bounds.map((bound, place) => [durationText(bound), ...counts[place].map(countText)]),
    };
  }
}

const endingWords = { closed: 'closed', reset: 'reset', failed: 'failed', open: 'still open', unseen: 'ended unseen' };

function lowerBound(sorted, value, least) {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value(sorted[middle]) < least) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function describeRow(held, row) {
  const { columns, clock } = held;
  const arrow = columns.role[row] === 2 ? 'accepted from' : 'to';
  return `${clock.full(columns.opened[row] / 1e9)}: ${held.text('process', row)} (${columns.pid[row]}) ${arrow} ${held.peer(row)}, ${held.text('words', row)}, ${durationText(columns.lifetime[row])}`;
}

// How long connects took, in each interval.
class ConnectsChart extends TimeChart {
  constructor(parent, explorer) {
    super(parent, explorer, { name: 'connects', title: 'Time to connect', note: 'From the SYN to established: the median and the 99th percentile of each interval. A second more is a SYN that was sent again.' });
  }

  show() {
    const { held, explorer } = this;
    const { columns } = held;
    const [from, to] = this.selection.range;
    const grid = new Grid(held.clock, from, to, Math.min(60, explorer.intervals));
    const values = Array.from({ length: grid.count }, () => []);
    for (const row of explorer.rowsAtAnyTime) {
      const number = grid.at(columns.opened[row]);
      if (columns.connect[row] > 0 && columns.ending[row] !== held.failed && !held.has(row, marks.preexisting) && number >= 0 && number < grid.count && columns.opened[row] <= to * 1e9) {
        values[number].push(columns.connect[row]);
      }
    }
    const at = share => values.map(some => {
      some.sort((a, b) => a - b);
      return some.length === 0 ? null : some[Math.min(some.length - 1, Math.ceil(share * some.length) - 1)];
    });
    const [middle, late] = [at(0.5), at(0.99)];
    const known = [...middle, ...late].filter(value => value !== null);
    this.figure.hidden = known.length === 0;
    if (known.length === 0) {
      return;
    }
    const most = Math.max(...known);
    this.drawIntervals(grid, [
      { name: 'p50', variable: '--closed', values: middle },
      { name: 'p99', variable: '--reset', values: late, dash: [6, 3] },
    ], { text: durationText, height: 180, scaleY: { distr: 3, range: decadesAround(Math.min(...known), most) }, axisY: durationAxis(3) });
    const worst = late.indexOf(most);
    this.say(`Half of all connects took no longer than ${figureOf('connect.p50', explorer.tally).text || '-'}, 99 % no longer than ${figureOf('connect.p99', explorer.tally).text || '-'}. The slowest interval began at ${held.clock.full(Math.max(from, grid.edges[worst]), Math.min(grid.step, 1))}, with a p99 of ${durationText(most)}.`);
  }
}

// What connections carried, when they ended.
class BytesChart extends TimeChart {
  constructor(parent, explorer) {
    super(parent, explorer, { name: 'bytes', title: 'Bytes of connections that ended', note: 'Payload, counted in the interval in which the connection ended: only then it is known.' });
  }

  show() {
    const { held, explorer } = this;
    const { columns, weights } = held;
    const [from, to] = this.selection.range;
    const grid = new Grid(held.clock, from, to, explorer.intervals);
    const ended = row => (held.has(row, marks.counters) ? columns.opened[row] + columns.lifetime[row] : undefined);
    const [sent, received] = ['sent', 'received'].map(name => grid.tally(explorer.rowsAtAnyTime, ended, row => weights[row] * columns[name][row]));
    this.figure.hidden = sum(sent) + sum(received) === 0;
    if (this.figure.hidden) {
      return;
    }
    this.drawIntervals(grid, [
      { name: 'sent', variable: '--closed', values: sent, fill: true },
      { name: 'received', variable: '--reset', values: received, dash: [6, 3] },
    ], { text: byteText, height: 160 });
    const total = Float64Array.from(sent, (value, number) => value + received[number]);
    const busiest = total.indexOf(Math.max(...total));
    this.say(`${byteText(sum(sent))} sent and ${byteText(sum(received))} received by connections that ended in this time; the most in one interval, ${byteText(total[busiest])}, at ${held.clock.full(Math.max(from, grid.edges[busiest]), Math.min(grid.step, 1))}.`);
  }
}
