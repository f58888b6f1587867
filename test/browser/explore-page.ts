import { expect, type Locator, type Page } from '@playwright/test';

/** Explore by its roles and names. */
export class ExplorePage {
  constructor(readonly page: Page) {}

  query(letter: string): Locator {
    return this.page.getByRole('region', { name: `Query ${letter}`, exact: true });
  }

  editor(letter: string): Locator {
    return this.query(letter).getByRole('textbox', { name: `Query ${letter}`, exact: true });
  }

  chart(letter: string): Locator {
    return this.query(letter).getByRole('application', { name: `Query ${letter}: ` });
  }

  legend(letter: string): Locator {
    return this.query(letter).getByRole('table', { name: 'Legend' });
  }

  /** Names of the series in the legend. */
  series(letter: string): Locator {
    return this.legend(letter).getByRole('button', { pressed: true });
  }

  /** The table of an instant result, its heads included. */
  rows(letter: string): Locator {
    return this.query(letter).getByRole('region', { name: 'Result rows' }).getByRole('row');
  }

  /** Puts an expression into the editor, as pasting does, and runs it. */
  async run(letter: string, expr: string): Promise<void> {
    await this.editorIsReady(letter);
    await this.editor(letter).fill(expr);
    // Enter would accept a completion that has just opened.
    await this.query(letter).getByRole('button', { name: 'Run', exact: true }).click();
  }

  /** The editor with completion comes after the page; a plain text area takes its place until then. */
  async editorIsReady(letter: string): Promise<void> {
    await expect(this.editor(letter)).toHaveAttribute('aria-multiline', 'true');
  }
}

export type TimeRange = { from: number; to: number };

/** The absolute range of the address in milliseconds, NaN where it is not absolute. */
export function rangeOf(page: Page): TimeRange {
  const { searchParams } = new URL(page.url());
  return { from: Number(searchParams.get('from') ?? 'none'), to: Number(searchParams.get('to') ?? 'none') };
}

/** Drags over a chart, between two places given as fractions of its width. */
export async function drag(chart: Locator, from: number, to: number): Promise<void> {
  const box = await boxOf(chart);
  const { mouse } = chart.page();
  const y = box.y + box.height / 2;
  await mouse.move(box.x + box.width * from, y);
  await mouse.down();
  await mouse.move(box.x + box.width * ((from + to) / 2), y);
  await mouse.move(box.x + box.width * to, y);
  await mouse.up();
}

export async function doubleClick(chart: Locator): Promise<void> {
  const box = await boxOf(chart);
  await chart.page().mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
}

async function boxOf(chart: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  await expect(chart.locator('canvas')).toBeVisible();
  const box = await chart.boundingBox();
  if (!box) throw new Error('the chart has no box');
  return box;
}

/** How many curves a person can tell apart: hues, greys aside, that cover more than a few pixels. */
export async function drawnHues(chart: Locator, pixels = 12): Promise<number> {
  const canvas = chart.locator('canvas');
  if ((await canvas.count()) === 0) return 0;
  return canvas.evaluate((element, least) => {
    const { width, height } = element as HTMLCanvasElement;
    const context = (element as HTMLCanvasElement).getContext('2d');
    if (!context || width === 0 || height === 0) return 0;
    const { data } = context.getImageData(0, 0, width, height);
    const counts = new Array<number>(12).fill(0);
    for (let i = 0; i < data.length; i += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = data.subarray(i, i + 4);
      const most = Math.max(red, green, blue);
      const spread = most - Math.min(red, green, blue);
      if (alpha < 64 || spread < 60) continue;
      const sixth =
        most === red
          ? (green - blue) / spread + 6
          : most === green
            ? (blue - red) / spread + 2
            : (red - green) / spread + 4;
      const hue = Math.floor(sixth * 2) % counts.length;
      counts[hue] = (counts[hue] ?? 0) + 1;
    }
    return counts.filter((count) => count > least).length;
  }, pixels);
}
