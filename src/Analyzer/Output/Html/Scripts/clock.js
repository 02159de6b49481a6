// Time: seconds since the first recording began, and how they read by the clock.
const day = 86_400;
const humanSteps = [
  ...[-9, -8, -7, -6, -5, -4, -3, -2, -1].flatMap(power => [1, 2, 5].map(one => one * 10 ** power)),
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, day, 2 * day, 7 * day, 28 * day, 91 * day, 364 * day,
];

// The shortest step of those that people count by that makes no more than so many parts.
function humanStep(length, most) {
  const step = humanSteps.find(one => length / one <= most);
  return step ?? humanSteps.at(-1) * Math.ceil(length / most / humanSteps.at(-1));
}

class Clock {
  // wall: nanoseconds since 1970 as a text; undefined if that is not known.
  constructor(wall) {
    this.wall = wall === undefined ? undefined : BigInt(wall);
    this.isLocal = false;
  }

  get zone() {
    return this.wall === undefined ? 'since the capture begins' : this.isLocal ? 'local time' : 'UTC';
  }

  // The first multiple of a step, by the clock, that is not after a place.
  floor(place, step) {
    if (this.wall === undefined) {
      return Math.floor(place / step + 1e-9) * step;
    }
    // Whole nanoseconds, as a step of a tenth of a second has no exact number.
    const length = BigInt(Math.round(step * 1e9));
    const at = this.wall + BigInt(Math.round(place * 1e9)) + BigInt(Math.round(this.offset(place) * 1e9));
    const over = ((at % length) + length) % length;
    return place - Number(over) / 1e9;
  }

  offset(place) {
    return this.isLocal ? -60 * this.date(place, 0).getTimezoneOffset() : 0;
  }

  date(place, offset = this.offset(place)) {
    return new Date(Number(this.wall / 1_000_000n) + Math.floor((Number(this.wall % 1_000_000n) / 1e6 + place * 1e3) + 1e-6) + offset * 1e3);
  }

  dayOf(place) {
    return this.date(place).toISOString().slice(0, 10);
  }

  // The time of day, as exactly as a step needs.
  time(place, step) {
    const decimals = step >= 1 ? 0 : Math.min(9, Math.ceil(-Math.log10(step) - 1e-9));
    if (this.wall === undefined) {
      return `${place.toFixed(decimals)} s`;
    }
    const iso = this.date(place).toISOString();
    if (step >= day) {
      return iso.slice(5, 10);
    }
    if (step >= 60) {
      return iso.slice(11, 16);
    }
    if (decimals === 0) {
      return iso.slice(11, 19);
    }
    const nanoseconds = (this.wall + BigInt(Math.round(place * 1e9))) % 1_000_000_000n;
    return `${iso.slice(11, 19)}.${String((nanoseconds + 1_000_000_000n) % 1_000_000_000n).padStart(9, '0').slice(0, decimals)}`;
  }

  // Date and time, to the millisecond, or finer where that says nothing.
  full(place, step = 1e-3) {
    return this.wall === undefined ? this.time(place, Math.min(step, 1e-3)) : `${this.dayOf(place)} ${this.time(place, Math.min(step, 1e-3))}`;
  }

  // From one time to another, the date only once if it is one.
  range(from, to, step) {
    return this.wall === undefined || step >= day ? `${this.time(from, step)} to ${this.time(to, step)}`
      : this.dayOf(from) === this.dayOf(to) ? `${this.time(from, step)} to ${this.time(to, step)}`
      : `${this.dayOf(from)} ${this.time(from, step)} to ${this.dayOf(to)} ${this.time(to, step)}`;
  }

  // As conditions of the command line read it.
  literal(nanoseconds) {
    const at = this.wall + BigInt(Math.round(nanoseconds));
    const second = new Date(Number(at / 1_000_000n)).toISOString().slice(0, 19);
    return `${second}.${String(at % 1_000_000_000n).padStart(9, '0')}Z`;
  }

  ticks(from, to, most) {
    const step = humanStep(to - from, most);
    const ticks = [];
    for (let at = this.floor(from, step); at <= to + step * 1e-6; at += step) {
      if (at >= from - step * 1e-6) {
        ticks.push(at);
      }
    }
    return { step, ticks };
  }
}
