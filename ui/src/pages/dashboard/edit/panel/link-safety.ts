/** Links lead to pages and mail; a variable in front is judged where it is put in. */
export function isSafeLink(url: string): boolean {
  // Browsers read over control characters and spaces inside of a scheme.
  const plain = [...url].filter((sign) => sign > ' ').join('');
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(plain)?.[1]?.toLowerCase();
  return scheme === undefined || scheme === 'http' || scheme === 'https' || scheme === 'mailto';
}
