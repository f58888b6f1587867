import { fontSizeFor, textWidth } from '../fit-text';

/** How one value stands in its box; sizes in pixels. */
export type StatLayout = {
  /** Title and value beside each other. */
  isWide: boolean;
  titleSize: number;
  valueSize: number;
  /** Of prefix and suffix. */
  unitSize: number;
  changeSize: number;
  padding: number;
  /** Of the curve, at the bottom; 0 for none. */
  chartHeight: number;
};

export type StatContent = {
  title: string;
  prefix: string;
  text: string;
  suffix: string;
  change: string;
  hasChart: boolean;
  wideLayout: boolean;
  titleSize?: number;
  valueSize?: number;
};

const unitShare = 0.6;
const valueWeight = 500;

/** Sizes at which everything keeps to the box, the value as large as it can be. */
export function statLayout(content: StatContent, width: number, height: number): StatLayout {
  const padding = Math.max(2, Math.min(12, Math.floor(Math.min(width, height) / 12)));
  const innerWidth = width - 2 * padding;
  const innerHeight = height - 2 * padding;
  const { title, prefix, text, suffix, change } = content;
  const isWide = content.wideLayout && width / height > 2.5 && title !== '' && text !== '';
  // A curve is only worth its place where there is some.
  const showsChart = content.hasChart && height > 50;
  const chartHeight = showsChart ? Math.round(height * (isWide ? 0.5 : title !== '' ? 0.36 : 0.42)) : 0;

  const spaceHeight = showsChart && !isWide ? innerHeight * 0.78 : innerHeight;
  let titleSize = 0;
  if (title !== '') {
    const titleWidth = isWide ? innerWidth * 0.6 : innerWidth;
    const titleHeight = text === '' ? innerHeight : isWide ? innerHeight : spaceHeight * 0.28;
    titleSize =
      content.titleSize ??
      fontSizeFor(title, titleWidth, titleHeight, { max: text === '' ? 64 : 22, min: 10 });
  }
  const changeHeight = change === '' ? 0 : Math.min(18, Math.max(9, spaceHeight * 0.14));
  const titleWidth = Math.min(textWidth(title, titleSize), innerWidth * 0.6);
  const valueWidth = isWide ? innerWidth - titleWidth - padding : innerWidth;
  const taken = isWide || titleSize === 0 ? 0 : titleSize * 1.3;
  const valueHeight = Math.max(10, (isWide ? innerHeight : spaceHeight - taken) - changeHeight * 1.2);

  // Units are smaller: their width counts as that share of the value's.
  const units = prefix + suffix;
  const fullWidth = textWidth(text, 100, valueWeight) + textWidth(units, 100 * unitShare, valueWeight);
  const byWidth = (valueWidth / (fullWidth * 1.03 || 1)) * 100;
  const fitted = Math.max(8, Math.min(byWidth, valueHeight / 1.15, 160));
  const valueSize = content.valueSize ?? Math.floor(fitted * 10) / 10;
  return {
    isWide,
    titleSize,
    valueSize,
    unitSize: Math.max(8, valueSize * unitShare),
    changeSize: Math.max(9, Math.min(changeHeight, valueSize * 0.6)),
    padding,
    chartHeight,
  };
}

/** A value is shown in numbers of one scale: the same size for all, the least that fits each. */
export function commonLayouts(layouts: readonly StatLayout[]): StatLayout[] {
  const least = (key: 'titleSize' | 'valueSize' | 'unitSize' | 'changeSize') =>
    Math.min(...layouts.map((layout) => layout[key]));
  const shared = {
    titleSize: least('titleSize'),
    valueSize: least('valueSize'),
    unitSize: least('unitSize'),
    changeSize: least('changeSize'),
  };
  return layouts.map((layout) => ({ ...layout, ...shared }));
}
