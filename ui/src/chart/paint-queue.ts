/**
 * Charts paint together: in one frame all of them are measured and then
 * painted, so that no chart's drawing makes the browser lay out the page for
 * the next one's measuring. What takes too long goes on in the next frame.
 */
export type Painter = {
  /** Reads the layout; must not change it. */
  measure(): void;
  paint(): void;
};

const frameBudgetMilliseconds = 40;

let waiting = new Set<Painter>();
let frame = 0;

export function requestPaint(painter: Painter): void {
  waiting.add(painter);
  if (frame === 0) frame = requestAnimationFrame(paintWaiting);
}

export function cancelPaint(painter: Painter): void {
  waiting.delete(painter);
}

function paintWaiting(): void {
  frame = 0;
  const batch = waiting;
  waiting = new Set();
  for (const painter of batch) painter.measure();
  const startMilliseconds = performance.now();
  for (const painter of batch) {
    if (performance.now() - startMilliseconds > frameBudgetMilliseconds) requestPaint(painter);
    else painter.paint();
  }
}
