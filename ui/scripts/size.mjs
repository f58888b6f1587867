// Sums what the home page loads first, gzipped: index.html, the scripts and
// styles that it names, the home page's own chunk and the kinds of panels that
// it shows, with what those import.
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const limitBytes = 130_000;
const ui = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(ui, 'dist');
const manifest = JSON.parse(
  readFileSync(join(ui, 'node_modules', '.cache', 'monopod-manifest.json'), 'utf8'),
);

const files = new Set(['index.html', 'theme.js']);
const visit = (key) => {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`size: ${key} is not in the build's manifest; run npm run build`);
  if (files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const imported of chunk.imports ?? []) visit(imported);
};
visit('index.html');
visit('src/pages/home/page.tsx');
// What the first page draws with: curves and single numbers.
visit('src/panels/timeseries/plugin.ts');
visit('src/panels/stat/plugin.ts');

let totalBytes = 0;
for (const file of [...files].sort()) {
  const bytes = gzipSync(readFileSync(join(dist, normalize(file))), { level: 9 }).length;
  totalBytes += bytes;
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} KB  ${file}`);
}
console.log(
  `${(totalBytes / 1000).toFixed(1).padStart(7)} KB  first load, gzip (limit ${limitBytes / 1000} KB)`,
);
if (totalBytes > limitBytes) {
  console.error(`size: the first load is ${totalBytes - limitBytes} bytes over its limit`);
  process.exit(1);
}
