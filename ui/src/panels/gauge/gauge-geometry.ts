/** An open ring, its gap at the bottom. Angles in degrees clockwise from the top. */
export const sweepDegrees = 232;

export type GaugeLayout = {
  centerX: number;
  centerY: number;
  /** Of the middle of the value's ring. */
  radius: number;
  thickness: number;
  /** The thin ring of thresholds outside of it; 0 for none. */
  bandThickness: number;
  bandRadius: number;
  titleSize: number;
  titleY: number;
};

const lowest = -Math.cos(((sweepDegrees / 2) * Math.PI) / 180);

export function gaugeLayout(
  width: number,
  height: number,
  options: { hasTitle: boolean; hasBands: boolean; hasLabels: boolean; titleSize?: number },
): GaugeLayout {
  const titleSize = options.hasTitle ? (options.titleSize ?? Math.max(10, Math.min(16, height * 0.1))) : 0;
  const labels = options.hasLabels ? 14 : 0;
  const room = height - titleSize * 1.5 - labels;
  const outer = Math.max(6, Math.min(width / 2 - labels * 1.6, room / (1 + lowest)) - 1);
  const thickness = Math.max(3, outer * 0.22);
  const bandThickness = options.hasBands ? Math.max(2, outer * 0.05) : 0;
  const gap = bandThickness === 0 ? 0 : Math.max(1, outer * 0.025);
  const used = outer * (1 + lowest);
  return {
    centerX: width / 2,
    centerY: labels + Math.max(0, (room - used) / 2) + outer,
    radius: outer - bandThickness - gap - thickness / 2,
    thickness,
    bandThickness,
    bandRadius: outer - bandThickness / 2,
    titleSize,
    titleY: height - titleSize * 0.45,
  };
}

/** The point at a share of the sweep, 0 to 1. */
export function pointAt(
  share: number,
  radius: number,
  centerX: number,
  centerY: number,
): [x: number, y: number] {
  const angle = ((share - 0.5) * sweepDegrees * Math.PI) / 180;
  return [centerX + radius * Math.sin(angle), centerY - radius * Math.cos(angle)];
}

const round = (value: number) => Math.round(value * 100) / 100;

/** The arc from one share of the sweep to another, for a stroke. */
export function arcPath(from: number, to: number, radius: number, centerX: number, centerY: number): string {
  const [x1, y1] = pointAt(from, radius, centerX, centerY);
  const [x2, y2] = pointAt(to, radius, centerX, centerY);
  const isLarge = (to - from) * sweepDegrees > 180 ? 1 : 0;
  const size = round(radius);
  return `M${round(x1)},${round(y1)}A${size},${size} 0 ${isLarge} 1 ${round(x2)},${round(y2)}`;
}
