// Numbers as the tables and figures of the page have them.
const thousands = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const countText = number => thousands.format(number);

const durationUnits = [
  [31_557_600e9, 'y'], [86_400e9, 'd'], [3600e9, 'h'], [60e9, 'min'], [1e9, 's'], [1e6, 'ms'], [1e3, 'us'],
];

// Three digits and a unit.
function durationText(nanoseconds) {
  for (const [one, unit] of durationUnits) {
    // What rounds up to the next unit is told in it.
    if (nanoseconds >= one * 0.9995) {
      const value = nanoseconds / one;
      return `${fixed(value, value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2)} ${unit}`;
    }
  }
  return `${Math.round(nanoseconds)} ns`;
}

// Rounds halves to even, as the program does.
function fixed(value, decimals) {
  const scale = 10 ** decimals;
  const scaled = value * scale;
  const floor = Math.floor(scaled);
  const rounded = scaled - floor === 0.5 ? floor + (floor % 2) : Math.round(scaled);
  return (rounded / scale).toFixed(decimals);
}

const byteUnits = [[2 ** 40, 'TiB', 2], [2 ** 30, 'GiB', 2], [2 ** 20, 'MiB', 1], [2 ** 10, 'KiB', 1]];

function byteText(bytes) {
  for (const [one, unit, decimals] of byteUnits) {
    if (bytes >= one) {
      return `${(bytes / one).toFixed(decimals)} ${unit}`;
    }
  }
  return `${Math.round(bytes)} B`;
}

function shareText(share) {
  const value = share * 100;
  const digits = value === 0 || value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1)
    : value >= 0.01 ? value.toFixed(2) : String(Number(value.toPrecision(2)));
  return `${digits} %`;
}
