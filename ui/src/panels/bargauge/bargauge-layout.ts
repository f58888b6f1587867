import { fontSizeFor, textWidth } from '../fit-text';

export type BarGaugeOrientation = 'horizontal' | 'vertical';

/** How the parts of every bar stand; sizes in pixels, the same for all bars. */
export type BarLayout = {
  namePlace: 'top' | 'left' | 'below' | 'hidden';
  nameSize: number;
  /** Width beside a bar, height above or below it. */
  nameRoom: number;
  valueSize: number;
  /** Width beside a bar that lies, height above one that stands. */
  valueRoom: number;
  /** Length of the whole bar, and how thick it is. */
  length: number;
  thickness: number;
};

export type BarLayoutInput = {
  width: number;
  height: number;
  orientation: BarGaugeOrientation;
  names: readonly string[];
  values: readonly string[];
  namePlacement: 'auto' | 'top' | 'left' | 'hidden';
  hidesValue: boolean;
  titleSize?: number;
  valueSize?: number;
};

function longest(texts: readonly string[]): string {
  return texts.reduce((most, text) => (textWidth(text, 100) > textWidth(most, 100) ? text : most), '');
}

export function barLayout(input: BarLayoutInput): BarLayout {
  return input.orientation === 'horizontal' ? lying(input) : standing(input);
}

function lying(input: BarLayoutInput): BarLayout {
  const { width, height, namePlacement, hidesValue } = input;
  const auto = height > 40 ? 'top' : 'left';
  const namePlace = namePlacement === 'auto' ? auto : namePlacement;
  const name = longest(input.names);
  const nameSize =
    input.titleSize ?? Math.max(9, Math.min(14, namePlace === 'top' ? height * 0.3 : height * 0.72));
  const nameRoom =
    namePlace === 'top'
      ? Math.round(nameSize * 1.4)
      : namePlace === 'left'
        ? Math.min(textWidth(name, nameSize) + 10, width * 0.4)
        : 0;
  const thickness = Math.max(4, height - (namePlace === 'top' ? nameRoom : 0));
  const value = longest(input.values);
  const valueSize =
    input.valueSize ?? fontSizeFor(value, width * 0.35, thickness, { weight: 500, max: 32, lineHeight: 1.3 });
  const valueRoom = hidesValue ? 0 : Math.ceil(textWidth(value, valueSize, 500) * 1.04) + 10;
  const length = Math.max(4, width - valueRoom - (namePlace === 'left' ? nameRoom : 0));
  return { namePlace, nameSize, nameRoom, valueSize, valueRoom, length, thickness };
}

function standing(input: BarLayoutInput): BarLayout {
  const { width, height, namePlacement, hidesValue } = input;
  const namePlace = namePlacement === 'hidden' ? 'hidden' : 'below';
  const nameSize = input.titleSize ?? Math.max(9, Math.min(13, height * 0.12));
  const nameRoom = namePlace === 'hidden' ? 0 : Math.round(nameSize * 1.5);
  const value = longest(input.values);
  const valueSize =
    input.valueSize ?? fontSizeFor(value, width, height * 0.2, { weight: 500, max: 28, lineHeight: 1.2 });
  const valueRoom = hidesValue ? 0 : Math.ceil(valueSize * 1.3);
  return {
    namePlace,
    nameSize,
    nameRoom,
    valueSize,
    valueRoom,
    length: Math.max(4, height - nameRoom - valueRoom),
    thickness: width,
  };
}

/** How many cells an LCD bar of a length has. */
export function lcdCells(length: number): number {
  return Math.max(2, Math.floor(length / 12));
}
