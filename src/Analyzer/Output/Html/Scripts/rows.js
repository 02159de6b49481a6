// The connections that the page holds: a typed array for each column.
async function readHeld() {
  const text = document.getElementById('held').textContent;
  const bytes = Uint8Array.fromBase64?.(text) ?? bytesOf(atob(text));
  const unpacked = await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  const length = new DataView(unpacked).getUint32(0, true);
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(unpacked, 4, length)));
  const columns = {};
  let at = 4 + length;
  for (const [name, width] of about.columns) {
    columns[name] = unpackColumn(new Uint8Array(unpacked, at, width * about.rows), width, about.rows);
    at += width * about.rows;
  }
  // The one that the rows are sorted by is told by the differences.
  columns.opened = Float64Array.from(columns.opened);
  for (let row = 1; row < about.rows; row++) {
    columns.opened[row] += columns.opened[row - 1];
  }
  return new Held(about, columns);
}

// For browsers that have no faster way.
function bytesOf(letters) {
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at++) {
    bytes[at] = letters.charCodeAt(at);
  }
  return bytes;
}

function unpackColumn(planes, width, rows) {
  const column = width <= 1 ? new Uint8Array(rows) : width <= 2 ? new Uint16Array(rows) : width <= 4 ? new Uint32Array(rows) : new Float64Array(rows);
  for (let plane = 0, factor = 1; plane < width; plane++, factor *= 256) {
    for (let row = 0, from = plane * rows; row < rows; row++) {
      column[row] += planes[from + row] * factor;
    }
  }
  return column;
}

const marks = { preexisting: 1, doubtful: 2, assumed: 4, joined: 8, held: 16, unfinished: 32, counters: 64 };

class Held {
  constructor(about, columns) {
    Object.assign(this, about, { columns });
    this.count = about.rows;
    this.clock = new Clock(about.wall_ns);
    this.seconds = Math.max(about.length / 1e9, 1e-9);
    this.failed = about.endings.indexOf('failed');
    this.open = about.endings.indexOf('open');
    this.unseen = about.endings.indexOf('unseen');
    this.isWhole = about.rows === about.total;
    this.weights = Float64Array.from(columns.sampled, sampled => (sampled ? about.sampledWeight : about.weight));
    this.groupings.forEach((by, place) => { by.column = columns[`by ${by.word}`]; by.table = document.getElementById(this.tables[place]); });
  }

  has(row, mark) {
    return (this.columns.marks[row] & mark) !== 0;
  }

  text(name, row) {
    return this.texts[name][this.columns[name][row]];
  }

  local(row) {
    return endText(this.text('local', row), this.columns.localPort[row]);
  }

  peer(row) {
    return endText(this.text('peer', row), this.columns.peerPort[row]);
  }
}

const endText = (address, port) => (port === 0 ? address : address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);
