// Measures pages in Chromium: reads {root, pages, runs, shots} from standard
// input, writes an object of lists of figures. See main.go.

import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { chromium } from '../../test/browser/node_modules/@playwright/test/index.mjs';

const { root, pages, runs, shots } = JSON.parse(await text(process.stdin));
const figures = {};
const note = (name, value) => {
  figures[name] ??= [];
  figures[name].push(value);
};

// Runs before the page's own code: keeps when canvases were drawn to, and which
// tasks kept the page from answering.
function watch() {
  const seen = { lastStroke: 0, canvases: new Set(), longTasks: [] };
  window.measured = seen;
  const { prototype } = CanvasRenderingContext2D;
  for (const name of ['stroke', 'fill', 'fillRect', 'fillText']) {
    const draw = prototype[name];
    prototype[name] = function (...args) {
      seen.lastStroke = performance.now();
      seen.canvases.add(this.canvas);
      return draw.apply(this, args);
    };
  }
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.longTasks.push(startTime + duration);
  }).observe({ type: 'longtask', buffered: true });
}

/** Waits until nothing was drawn for a while, and says what happened until then. */
async function settled(page) {
  return page.evaluate(async () => {
    const quietMilliseconds = 700;
    const began = performance.now();
    while (
      window.measured.lastStroke === 0
        ? performance.now() - began < 20_000
        : performance.now() - window.measured.lastStroke < quietMilliseconds
    ) {
      await new Promise((done) => setTimeout(done, 20));
    }
    const views = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/api/monopod/v1/view'));
    return {
      lastStroke: window.measured.lastStroke,
      lastTask: Math.max(0, ...window.measured.longTasks.filter((end) => end <= window.measured.lastStroke + 50)),
      lastByte: Math.max(0, ...views.map(({ responseEnd }) => responseEnd)),
      canvases: window.measured.canvases.size,
    };
  });
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});

async function open(url, viewport, then) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.addInitScript(watch);
  try {
    await page.goto(url);
    await then(page, await settled(page), context);
  } finally {
    await context.close();
  }
}

async function firstLoad() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send('Network.enable');
  const sizes = new Map();
  const code = new Set();
  client.on('Network.responseReceived', ({ requestId, type, response }) => {
    const isCode = ['Document', 'Script', 'Stylesheet', 'Font'].includes(type);
    if (isCode && response.url.startsWith(root)) code.add(requestId);
  });
  client.on('Network.dataReceived', ({ requestId, encodedDataLength }) =>
    sizes.set(requestId, (sizes.get(requestId) ?? 0) + encodedDataLength),
  );
  await page.goto(`${root}/`);
  await page.waitForLoadState('networkidle');
  note('firstLoadKB', [...code].reduce((sum, id) => sum + (sizes.get(id) ?? 0), 0) / 1000);
  await context.close();
}

async function grid({ url, panels }) {
  await open(url, { width: 1920, height: 1200 }, async (page, seen) => {
    if (seen.canvases < panels) throw new Error(`only ${seen.canvases} of ${panels} panels were drawn`);
    note('gridPaintMilliseconds', seen.lastStroke - seen.lastByte);
    note('gridTotalMilliseconds', seen.lastStroke);
    if (shots) await page.screenshot({ path: resolve(shots, 'grid.png') });
  });
}

async function full({ url }) {
  await open(url, { width: 1440, height: 900 }, async (page, seen) => {
    note('fullInteractiveMilliseconds', Math.max(seen.lastStroke, seen.lastTask));
    note('fullPanels', seen.canvases);
    if (shots) await page.screenshot({ path: resolve(shots, 'full.png') });
  });
}

async function repeated({ url }) {
  await open(url, { width: 1440, height: 900 }, async (page, _seen, context) => {
    await page.mouse.move(700, 500);
    await page.evaluate(() => {
      window.frames_ = [];
      const tick = (time) => {
        window.frames_.push(time);
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    const began = Date.now();
    while (Date.now() - began < 4000) {
      await page.mouse.wheel(0, 120);
      await page.waitForTimeout(16);
    }
    const times = await page.evaluate(() => window.frames_);
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    note('repeatFramesPerSecond', (gaps.length * 1000) / (times.at(-1) - times[0]));
    note('repeatWorstMilliseconds', Math.max(...gaps));
    const client = await context.newCDPSession(page);
    await client.send('HeapProfiler.collectGarbage');
    note('heapMB', (await page.evaluate(() => performance.memory.usedJSHeapSize)) / 1e6);
    if (shots) await page.screenshot({ path: resolve(shots, 'repeat.png') });
  });
}

const steps = { grid, full, repeat: repeated };
for (let run = 0; run < runs; run++) {
  process.stderr.write(`run ${run + 1} of ${runs}\n`);
  await firstLoad();
  for (const page of pages) await steps[page.name](page);
}
await browser.close();
process.stdout.write(JSON.stringify(figures));
