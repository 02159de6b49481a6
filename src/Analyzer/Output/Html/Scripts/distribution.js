// The share of connections that lived at most so long, with where it lies at a confidence of 95 %, and how many are still at risk.
class DistributionChart extends Chart {
  constructor(parent, explorer) {
    super(parent, {
      name: 'distribution',
      title: 'How long connections lived',
      note: 'The estimate of Kaplan and Meier, with its 95 % confidence band. A line that ends below 100 % ends where nothing more is known of those still open.',
      keys: 'Arrow keys move the cursor.',
    });
    this.explorer = explorer;
    this.box.addEventListener('keydown', event => this.#press(event));
  }

  show() {
    const { lifetimes } = this.explorer.tally;
    const steps = lifetimes.steps;
    this.figure.hidden = steps.length === 0;
    if (steps.length === 0) {
      return;
    }
    const [low, high] = decadesAround(Math.max(1, Durations.middle(steps[0])), Math.max(lifetimes.max.value, 1));
    const xs = [low, ...steps.map(step => Math.max(low, Durations.middle(step))), Math.max(lifetimes.max.value, low)];
    const share = [0, ...steps.map(step => 1 - step.survival)];
    const least = [0, ...steps.map(step => 1 - step.high)];
    const most = [0, ...steps.map(step => 1 - step.low)];
    const last = values => [...values, values.at(-1)];
    const paths = uPlot.paths.stepped({ align: 1 });
    const stroke = colour('--closed');
    this.steps = steps;
    this.draw({
      height: 260,
      scales: { x: { time: false, distr: 3, range: [low, high] }, y: { range: [0, 1] } },
      axes: [durationAxis(2), { ...axisStyle(), size: 56, values: (_, splits) => splits.map(value => `${Math.round(value * 100)} %`) }],
      series: [{}, { paths, stroke, width: 2, points: { show: false } }, { paths, stroke: 'transparent', points: { show: false } }, { paths, stroke: 'transparent', points: { show: false } }],
      bands: [{ series: [3, 2], fill: `${stroke}40` }],
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      hooks: {
        setCursor: [plot => {
          const { left } = plot.cursor;
          const at = left >= 0 ? plot.posToVal(left, 'x') : NaN;
          this.readout.textContent = Number.isFinite(at) ? this.#wordsAt(at) : '';
        }],
      },
    }, [xs, last(share), last(least), last(most)]);
    this.explain([['--closed', 'share that lived at most so long, and its 95 % confidence band']]);
    const percentiles = [['half', 'lifetime.p50'], ['90 %', 'lifetime.p90'], ['99 %', 'lifetime.p99']]
      .map(([words, name]) => `${words} lived no longer than ${figureOf(name, this.explorer.tally).text}`);
    this.say(`Of ${countText(lifetimes.count)} connections whose opening was seen, ${percentiles.join(', ')}; the longest ${figureOf('lifetime.max', this.explorer.tally).text}. ${countText(lifetimes.censored)} were still open.`);
    this.setNumbers(() => ({
      columns: ['Lived at most', 'Share', '95 % from', '95 % to', 'At risk', 'Ended'],
      rows: thin(steps, 100).map(step => [
        durationText(Durations.middle(step)), shareText(1 - step.survival), shareText(1 - step.high), shareText(1 - step.low), countText(step.atRisk), countText(step.ended),
      ]),
    }));
  }

  #wordsAt(nanoseconds) {
    let step;
    for (const one of this.steps) {
      if (Durations.middle(one) > nanoseconds) {
        break;
      }
      step = one;
    }
    return step === undefined ? `None lived less than ${durationText(Durations.middle(this.steps[0]))}.`
      : `${shareText(1 - step.survival)} lived at most ${durationText(nanoseconds)} (95 %: ${shareText(1 - step.high)} to ${shareText(1 - step.low)}); ${countText(step.atRisk)} were seen as long.`;
  }

  #press(event) {
    const moves = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
    if (this.plot && event.key in moves && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      const parts = 60;
      this.at = Math.min(parts, Math.max(0, (this.at ?? 0) + moves[event.key]));
      this.plot.setCursor({ left: this.plot.over.clientWidth * this.at / parts, top: 10 });
    }
  }
}

// Not more than so many of a list, the first and the last among them.
function thin(list, most) {
  return list.length <= most ? list : Array.from({ length: most }, (_, place) => list[Math.round(place * (list.length - 1) / (most - 1))]);
}
