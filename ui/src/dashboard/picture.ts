/**
 * A PNG of an element as it is seen: a copy with its styles written into it,
 * canvases as pictures, drawn by the browser through SVG. `null` where it refuses.
 */
export async function panelPicture(element: HTMLElement, title: string): Promise<Blob | null> {
  const { width, height } = element.getBoundingClientRect();
  const copy = element.cloneNode(true) as HTMLElement;
  copyStyles(element, copy);
  for (const control of copy.querySelectorAll('button, .dash-panel-loading, .popover-content'))
    control.remove();
  const page = document.createElementNS('http://www.w3.org/1999/xhtml', 'div');
  page.setAttribute('style', `background:${getComputedStyle(document.body).backgroundColor}`);
  page.append(copy);
  const scale = Math.max(2, window.devicePixelRatio);
  const content = new XMLSerializer().serializeToString(page);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width * scale}" height="${height * scale}" ` +
    `viewBox="0 0 ${width} ${height}"><foreignObject width="100%" height="100%">${content}</foreignObject></svg>`;
  const image = new Image();
  image.alt = title;
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  try {
    await image.decode();
  } catch {
    return null;
  }
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  try {
    return await new Promise((done) => canvas.toBlob(done, 'image/png'));
  } catch {
    return null;
  }
}

/** Writes the styles that hold of each element of `from` into its copy. */
function copyStyles(from: Element, to: Element): void {
  const computed = getComputedStyle(from);
  const own: string[] = [];
  for (const name of computed) {
    if (name.startsWith('transition') || name.startsWith('animation')) continue;
    own.push(`${name}:${computed.getPropertyValue(name)}`);
  }
  to.setAttribute('style', own.join(';'));
  if (from instanceof HTMLCanvasElement && to instanceof HTMLCanvasElement) {
    const picture = document.createElement('img');
    picture.setAttribute('style', own.join(';'));
    picture.src = from.toDataURL();
    to.replaceWith(picture);
    return;
  }
  const children = [...to.children];
  for (const [index, child] of [...from.children].entries()) copyStyles(child, children[index]!);
}
