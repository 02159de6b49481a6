// check.mjs MODELS - holds the manifests of standard input against Kubernetes' API: what must be there is, in its type, and nothing is that
// the API does not know. Prints what is wrong and ends with 1, else the kinds that it found.
import { createRequire } from "node:module";
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const models = resolve(process.argv[2]);
const require = createRequire(join(models, "package.json"));
const yaml = require("yaml");
const typescript = require("typescript");

const objects = yaml.parseAllDocuments(readFileSync(0, "utf8")).map((document) => document.toJS());
const faults = [];
for (const object of objects) {
  const module = await import(join(models, "node_modules/kubernetes-models", object.apiVersion, object.kind + ".js"));
  try {
    new module[object.kind](object).validate();
  } catch (error) {
    faults.push(`${object.kind}: ${error.message}`);
  }
}

// The compiler knows which properties there are.
const folder = mkdtempSync(join(models, "check-"));
const source = join(folder, "manifests.ts");
writeFileSync(source, objects.map(({ apiVersion, kind, ...rest }, index) =>
  `import { I${kind} as I${index} } from "kubernetes-models/${apiVersion}";\n` +
  `export const one${index}: I${index} = ${JSON.stringify({ apiVersion, kind, ...rest }, null, 1)};\n`).join(""));
const program = typescript.createProgram([source], {
  strict: true, noEmit: true, skipLibCheck: true, types: [],
  module: typescript.ModuleKind.NodeNext, moduleResolution: typescript.ModuleResolutionKind.NodeNext,
});
for (const one of typescript.getPreEmitDiagnostics(program)) {
  faults.push(typescript.flattenDiagnosticMessageText(one.messageText, "\n"));
}
rmSync(folder, { recursive: true });
console.log(faults.length > 0 ? faults.join("\n") : objects.map((object) => object.kind).join("\n"));
process.exitCode = faults.length > 0 ? 1 : 0;
