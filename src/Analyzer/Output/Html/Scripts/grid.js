const sum = values => values.reduce((all, value) => all + value, 0);

// Intervals of time as people count them, and what happened in each.
class Grid {
  // Seconds; at most so many intervals.
  constructor(clock, from, to, most) {
    Object.assign(this, { clock, from, to });
    this.step = humanStep(to - from, most);
    this.first = clock.floor(from, this.step);
    this.count = Math.max(1, Math.ceil((to - this.first) / this.step - 1e-9));
    this.firstNs = Math.round(this.first * 1e9);
    this.stepNs = Math.max(1, Math.round(this.step * 1e9));
    this.edges = Float64Array.from({ length: this.count + 1 }, (_, number) => (this.firstNs + number * this.stepNs) / 1e9);
  }

  // The number of the interval of a time in nanoseconds; below 0 or beyond the last one outside of them.
  at(nanoseconds) {
    return Math.floor((nanoseconds - this.firstNs) / this.stepNs);
  }

  // Whether a whole interval is in view: of a part, what happened is but a part.
  isWhole(number) {
    return this.edges[number] >= this.from - 1e-9 && this.edges[number + 1] <= this.to + 1e-9;
  }

  textOf(number) {
    return this.clock.range(Math.max(this.from, this.edges[number]), Math.min(this.to, this.edges[number + 1]), Math.min(this.step, 1)) + (this.isWhole(number) ? '' : ' (a part of an interval)');
  }

  // How often something happened in each interval. time: nanoseconds of a row; undefined where it did not happen.
  tally(rows, time, amount) {
    const sums = new Float64Array(this.count);
    for (const row of rows) {
      const at = time(row);
      const number = at === undefined ? -1 : this.at(at);
      if (number >= 0 && number < this.count && at <= this.to * 1e9) {
        sums[number] += amount(row);
      }
    }
    return sums;
  }
}

// The most connections that were open at once in each interval, and at the end of each.
function openAtOnce(held, rows, grid) {
  const { columns, weights } = held;
  const begun = rows.filter(row => columns.ending[row] !== held.failed);
  const gone = begun.map(row => ({ at: columns.opened[row] + columns.lifetime[row] + (columns.ending[row] === held.open ? 1 : 0), weight: weights[row], isKnown: columns.ending[row] !== held.open }))
    .filter(end => end.isKnown || end.at <= held.length).sort((a, b) => a.at - b.at);
  const peaks = new Float64Array(grid.count);
  const ends = new Float64Array(grid.count);
  let level = 0, opening = 0, ending = 0;
  let most = { level: 0, at: 0 };
  for (let number = 0; number < grid.count; number++) {
    const limit = number === grid.count - 1 ? grid.to * 1e9 + 1 : grid.firstNs + (number + 1) * grid.stepNs;
    const from = grid.from * 1e9;
    let peak = undefined;
    for (;;) {
      const nextOpening = opening < begun.length ? columns.opened[begun[opening]] : Infinity;
      const nextEnding = ending < gone.length ? gone[ending].at : Infinity;
      const at = Math.min(nextOpening, nextEnding);
      if (at >= limit) {
        break;
      }
      // What was open before counts, unless it changed at once.
      if (at > Math.max(from, grid.firstNs + number * grid.stepNs)) {
        peak ??= level;
      }
      while (opening < begun.length && columns.opened[begun[opening]] === at) {
        level += weights[begun[opening++]];
      }
      while (ending < gone.length && gone[ending].at === at) {
        level -= gone[ending++].weight;
      }
      if (at >= from) {
        peak = Math.max(peak ?? 0, level);
        if (level > most.level) {
          most = { level, at };
        }
      }
    }
    peaks[number] = Math.max(0, peak ?? level);
    ends[number] = Math.max(0, level);
    if (peaks[number] > most.level) {
      most = { level: peaks[number], at: Math.max(from, grid.firstNs + number * grid.stepNs) };
    }
  }
  return { peaks, ends, most };
}

// Runs of intervals in which something holds: [first, last, sum]. Intervals in which nothing is known to the contrary go with those around.
function runsOf(count, holds, isSilent, amount) {
  const runs = [];
  let last = -2;
  for (let number = 0; number < count; number++) {
    if (holds(number)) {
      if (runs.length > 0 && last === number - 1) {
        runs.at(-1)[1] = number;
        runs.at(-1)[2] += amount(number);
      } else {
        runs.push([number, number, amount(number)]);
      }
      last = number;
    } else if (isSilent(number) && last === number - 1) {
      last = number;
    }
  }
  return runs;
}
