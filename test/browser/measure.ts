import type { Page, Request } from '@playwright/test';

type LayoutShift = PerformanceEntry & { value: number; hadRecentInput: boolean };
type Watched = Window & { layoutShift?: () => number };

/** Has the next pages add up how far content moves under their readers, as browsers score it. */
export async function watchLayoutShift(page: Page): Promise<void> {
  await page.addInitScript(() => {
    let score = 0;
    const add = (entries: PerformanceEntryList) => {
      for (const entry of entries as LayoutShift[]) if (!entry.hadRecentInput) score += entry.value;
    };
    const observer = new PerformanceObserver((list) => add(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    (window as Watched).layoutShift = () => {
      add(observer.takeRecords());
      return score;
    };
  });
}

/** The score of the page since it was loaded. */
export async function layoutShift(page: Page): Promise<number> {
  // What was laid out just now is reported after the next frame.
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        requestAnimationFrame(() =>
          requestAnimationFrame(() => done((window as Watched).layoutShift?.() ?? Number.NaN)),
        );
      }),
  );
}

/** What a page transferred: files of the UI apart from answers of the API. */
export class Transfers {
  private readonly requests: Request[] = [];

  constructor(page: Page) {
    page.on('requestfinished', (request) => this.requests.push(request));
  }

  get hosts(): string[] {
    return [...new Set(this.requests.map((request) => new URL(request.url()).host))];
  }

  get files(): Request[] {
    return this.requests.filter(
      (request) => !['fetch', 'xhr', 'eventsource'].includes(request.resourceType()),
    );
  }

  /** Bytes of the bodies as they went over the wire. */
  async fileBytes(): Promise<Map<string, number>> {
    const sizes = await Promise.all(
      this.files.map(async (request): Promise<[string, number]> => {
        const { responseBodySize } = await request.sizes();
        return [new URL(request.url()).pathname, responseBodySize];
      }),
    );
    return new Map(sizes);
  }
}
