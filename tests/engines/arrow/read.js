// Prints the rows of an Arrow file or stream as JSON lines: texts, with numbers, flags and nanoseconds written out; nothing where there is no value.
const { tableFromIPC, Type } = require('./package/Arrow.es2015.min.js');

const table = tableFromIPC(require('fs').readFileSync(process.argv[2]));
for (const batch of table.batches) {
  const columns = batch.schema.fields.map((field, at) => ({ name: field.name, values: batch.getChildAt(at), isTime: field.type.typeId === Type.Timestamp }));
  for (let row = 0; row < batch.numRows; row++) {
    const known = {};
    for (const { name, values, isTime } of columns) {
      const value = values.get(row);
      if (value !== null) {
        // get() makes milliseconds of it.
        known[name] = String(isTime ? values.data[0].values[row] : value);
      }
    }
    console.log(JSON.stringify(known));
  }
}
