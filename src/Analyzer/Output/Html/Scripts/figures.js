// Figures of some connections, by the names and the rules of the program (docs/analysis.md).
class Tally {
  constructor(held) {
    this.held = held;
    Object.assign(this, { sockets: 0, opened: 0, accepted: 0, preexisting: 0, failed: 0, closed: 0, reset: 0, open: 0, sent: 0, received: 0, segments: 0, retransmits: 0 });
    this.rows = [];
    this.isEstimate = false;
  }

  add(row) {
    const { columns, weights } = this.held;
    const weight = weights[row];
    this.rows.push(row);
    this.isEstimate ||= columns.sampled[row] === 1 && !this.held.isWhole;
    this.sockets += weight;
    const ending = this.held.endings[columns.ending[row]];
    if (ending === 'failed') {
      this.failed += weight;
      return;
    }
    if (this.held.has(row, marks.preexisting)) {
      this.preexisting += weight;
    } else if (columns.role[row] === 2) {
      this.accepted += weight;
    } else {
      this.opened += weight;
    }
    if (ending !== 'unseen') {
      this[ending] += weight;
    }
    this.sent += weight * columns.sent[row];
    this.received += weight * columns.received[row];
    this.segments += weight * columns.segments[row];
    this.retransmits += weight * columns.retransmits[row];
  }

  get lifetimes() {
    return this.lifetimesOnce ??= this.#durations((columns, row, ending) =>
      (this.held.has(row, marks.preexisting) || ending === this.held.unseen ? 0 : ending === this.held.open ? 2 : 1), 'lifetime');
  }

  get connects() {
    return this.connectsOnce ??= this.#durations((columns, row) =>
      (!this.held.has(row, marks.preexisting) && columns.role[row] !== 2 && columns.connect[row] > 0 ? 1 : 0), 'connect');
  }

  get accepts() {
    return this.acceptsOnce ??= this.#durations((columns, row) =>
      (!this.held.has(row, marks.preexisting) && columns.role[row] === 2 && columns.accept[row] > 0 ? 1 : 0), 'accept');
  }

  // kind: 1 of those that ended, 2 of censored ones, 0 of those that do not count; what failed never does.
  #durations(kindOf, name) {
    const { columns, weights, failed } = this.held;
    const kinds = [undefined, { values: [], weights: [] }, { values: [], weights: [] }];
    for (const row of this.rows) {
      const ending = columns.ending[row];
      const kind = ending === failed ? 0 : kindOf(columns, row, ending);
      if (kind > 0) {
        kinds[kind].values.push(columns[name][row]);
        kinds[kind].weights.push(weights[row]);
      }
    }
    return new Durations(kinds[1].values, kinds[1].weights, kinds[2].values, kinds[2].weights);
  }
}

const atShare = (durations, share) => durations.at(share);
const longest = durations => (durations.count === 0 ? undefined : durations.max);

// What a figure is, how it reads, and of what.
const metrics = {
  sockets: { text: countText, of: tally => tally.sockets },
  opened: { text: countText, of: tally => tally.opened },
  accepted: { text: countText, of: tally => tally.accepted },
  preexisting: { text: countText, of: tally => tally.preexisting },
  failed: { text: countText, of: tally => tally.failed },
  'failed.share': { text: shareText, of: tally => (tally.failed + tally.opened > 0 ? tally.failed / (tally.failed + tally.opened) : undefined) },
  closed: { text: countText, of: tally => tally.closed },
  reset: { text: countText, of: tally => tally.reset },
  open: { text: countText, of: tally => tally.open },
  'lifetime.p50': { text: durationText, of: tally => atShare(tally.lifetimes, 0.5) },
  'lifetime.p90': { text: durationText, of: tally => atShare(tally.lifetimes, 0.9) },
  'lifetime.p99': { text: durationText, of: tally => atShare(tally.lifetimes, 0.99) },
  'lifetime.max': { text: durationText, of: tally => longest(tally.lifetimes) },
  'connect.p50': { text: durationText, of: tally => atShare(tally.connects, 0.5) },
  'connect.p99': { text: durationText, of: tally => atShare(tally.connects, 0.99) },
  'accept.p99': { text: durationText, of: tally => atShare(tally.accepts, 0.99) },
  'bytes.sent': { text: byteText, of: tally => tally.sent },
  'bytes.received': { text: byteText, of: tally => tally.received },
  retransmits: { text: countText, of: tally => tally.retransmits },
  'retransmits.share': { text: shareText, of: tally => (tally.segments > 0 ? tally.retransmits / tally.segments : undefined) },
};

// The text of a figure, and the number that it is sorted by; no text where there is none.
function figureOf(name, tally) {
  const metric = metrics[name];
  const value = metric.of(tally);
  if (value === undefined) {
    return { text: '', number: NaN };
  }
  const { value: number, isAtLeast } = typeof value === 'object' ? value : { value, isAtLeast: false };
  // What chance has chosen tells but about how much there is.
  const about = tally.isEstimate ? '\u2248 ' : '';
  return { text: `${about}${isAtLeast ? '>' : ''}${metric.text(number)}`, number };
}
