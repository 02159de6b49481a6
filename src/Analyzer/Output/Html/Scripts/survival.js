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
  if (weights.every(weight => weight === weights[0])) {
    // Much faster, and what there mostly is.
    return binsInOrder(Float64Array.from(values).sort(), () => weights[0], mostExact);
  }
  const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
  return binsInOrder(order.map(place => values[place]), place => weights[order[place]], mostExact);
}

// The same of durations that are in order. weightOf: of the one at a place.
function binsInOrder(values, weightOf, mostExact) {
  const bins = [];
  let last;
  const longest = values.at(-1);
  let [bucket, end, bits, placeWidth] = [-1, -1, 0, 1];
  for (let place = 0; place < values.length; place++) {
    const value = values[place];
    let [least, most] = [value, value];
    if (values.length > mostExact) {
      if (value >= end) {
        bits = widthBitsOf(value);
        bucket = Math.floor(value / 2 ** bits) * 2 ** bits;
        end = bucket + 2 ** bits;
        placeWidth = 2 ** Math.max(0, bits - 16);
        last = undefined;
      }
      least = bucket + Math.floor((value - bucket) / placeWidth) * placeWidth;
      most = Math.min(least + placeWidth - 1, longest);
    } else if (last?.most !== value) {
      last = undefined;
    }
    if (last === undefined) {
      last = { at: least, least, most, count: 0 };
      bins.push(last);
    }
    last.most = most;
    last.count += weightOf(place);
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
