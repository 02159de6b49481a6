// How long durations are of which some are censored: the estimate of Kaplan and Meier (1958), with Greenwood's variance on the scale of
// log(-log S), and durations told apart as the program does it, so that both give one figure. docs/analysis.md says how.
const mostEndedExact = 512;
const mostCensoredExact = 65_536;
const normalQuantile = 1.959963984540054;
const bucketsOfPage = 64;
const placesOfBucket = 32;

function log2Floor(value) {
  const high = Math.floor(value / 2 ** 32);
  return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(value >>> 0);
}

// The bits below those that choose the bucket of a duration: 64 buckets to each power of two.
const widthBitsOf = value => (value < bucketsOfPage ? 0 : Math.max(0, log2Floor(value) - 6));

// Durations that are together, the shortest first: { at, least, most, count }.
function binsOf(values, weights, mostExact) {
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  const bins = [];
  if (values.length <= mostExact) {
    for (const place of order) {
      const value = values[place];
      if (bins.length > 0 && bins.at(-1).at === value) {
        bins.at(-1).count += weights[place];
      } else {
        bins.push({ at: value, least: value, most: value, count: weights[place] });
      }
    }
    return bins;
  }
  const longest = values[order.at(-1)];
  let bucket;
  for (const place of order) {
    const value = values[place];
    const bits = widthBitsOf(value);
    const start = Math.floor(value / 2 ** bits) * 2 ** bits;
    const placeBits = Math.max(0, bits - 16);
    const least = start + Math.floor((value - start) / 2 ** placeBits) * 2 ** placeBits;
    const most = Math.min(least + 2 ** placeBits - 1, longest);
    if (bins.length > 0 && bucket === start) {
      bins.at(-1).most = most;
      bins.at(-1).count += weights[place];
    } else {
      bucket = start;
      bins.push({ at: least, least, most, count: weights[place] });
    }
  }
  return bins;
}

// Spreads evenly what has some of the other kind in between.
function spread(bins, others, areWhole) {
  const result = [];
  let next = 0;
  for (const bin of bins) {
    while (next < others.length && others[next].most < bin.least) {
      next++;
    }
    const places = next < others.length && others[next].least <= bin.most ? Math.min(Math.ceil(bin.count), placesOfBucket) : 1;
    if (places === 1 || bin.least === bin.most) {
      result.push(bin);
      continue;
    }
    for (let place = 0; place < places; place++) {
      const at = bin.least + Math.floor((bin.most - bin.least) * (place / (places - 1)));
      const count = areWhole ? Math.floor(bin.count / places) + (place < bin.count % places ? 1 : 0) : bin.count / places;
      result.push({ ...bin, at: Math.min(at, bin.most), count });
    }
  }
  return result;
}

function confidenceOf(survival, variance) {
  const width = Math.exp(normalQuantile * Math.sqrt(variance) / -Math.log(survival));
  return [survival ** width, survival ** (1 / width)];
}

class Durations {
  // ended, censored: durations in nanoseconds; weights: for how many each stands.
  constructor(ended, endedWeights, censored, censoredWeights) {
    const endedBins = binsOf(ended, endedWeights, mostEndedExact);
    const censoredBins = binsOf(censored, censoredWeights, mostCensoredExact);
    const areWhole = endedWeights.every(Number.isInteger) && censoredWeights.every(Number.isInteger);
    const sum = bins => bins.reduce((all, bin) => all + bin.count, 0);
    this.ended = sum(endedBins);
    this.censored = sum(censoredBins);
    this.count = this.ended + this.censored;
    const last = endedBins.at(-1)?.most ?? 0;
    const open = censoredBins.at(-1)?.most ?? 0;
    this.max = { value: Math.max(last, open), isAtLeast: endedBins.length === 0 || open > last };
    this.steps = this.#estimate(spread(endedBins, censoredBins, areWhole), spread(censoredBins, endedBins, areWhole));
  }

  #estimate(ended, censored) {
    const steps = [];
    let survival = 1, variance = 0, low = 1, high = 1, atRisk = this.count;
    for (let i = 0, k = 0; i < ended.length || k < censored.length;) {
      if (k === censored.length || (i < ended.length && ended[i].at <= censored[k].at)) {
        const bin = ended[i++];
        // What rounding leaves of a weight is nothing.
        const left = atRisk - bin.count < 1e-6 ? 0 : atRisk - bin.count;
        survival *= left / atRisk;
        variance += bin.count / atRisk / left;
        if (left === 0) {
          low = 0;
        } else {
          [low, high] = confidenceOf(survival, variance);
        }
        const before = steps.at(-1);
        if (before?.ended > 0 && before.least === bin.least && before.most === bin.most) {
          Object.assign(before, { ended: before.ended + bin.count, survival, low, high });
        } else {
          steps.push({ least: bin.least, most: bin.most, ended: bin.count, atRisk, survival, low, high });
        }
        atRisk = left;
      } else {
        atRisk -= censored[k++].count;
        // A step of the ended ones that follows is another one, even in the same bucket.
        steps.push({ least: NaN, most: NaN, ended: 0, atRisk, survival, low, high });
      }
    }
    return steps.filter(step => step.ended > 0);
  }

  // The shortest time by which a share has ended, or the longest if less has: { value, isAtLeast }; undefined without durations.
  at(share) {
    if (this.count === 0) {
      return undefined;
    }
    const step = this.steps.find(one => one.survival <= 1 - share + 1e-9);
    return step ? { value: Durations.middle(step), isAtLeast: false } : { value: this.max.value, isAtLeast: true };
  }

  static middle(step) {
    return step.least + Math.floor((step.most - step.least) / 2);
  }
}
