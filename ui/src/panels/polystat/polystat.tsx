import './polystat.css';
import { useMemo } from 'preact/hooks';
import { mixColors, textOn } from '../../frame/colors';
import { theme } from '../../shell/theme';
import { fontSizeFor, textWidth } from '../fit-text';
import { NoData } from '../no-data';
import type { PanelProps } from '../plugin';
import { linkProps } from '../value-links';
import { honeycomb, outline, type Shape, textRoom } from './honeycomb';
import { type Polygon, type PolystatOptions, polygonsOf } from './polystat-model';

export function PolystatPanel({ panel, frames, width, height, timeZone, context }: PanelProps) {
  const options = (panel.options ?? {}) as PolystatOptions;
  const mode = theme.value;
  const polygons = useMemo(
    () => polygonsOf(frames, options, { interpolate: context.interpolate, timeZone, theme: mode }),
    [frames, options, context, timeZone, mode],
  );
  if (polygons.length === 0) return <NoData>{panel.fieldConfig?.defaults?.noValue}</NoData>;
  const shape = shapeOf(options.globalShape);
  const { radius, centers } = honeycomb({
    count: polygons.length,
    width,
    height,
    shape,
    size: options.autoSizePolygons === false ? options.globalPolygonSize : undefined,
    columns: options.autoSizeColumns === false ? (options.layoutNumColumns ?? options.columns) : undefined,
  });
  const room = textRoom(shape, radius);
  const sizes = polygons.map(({ name, text }) =>
    Math.min(
      fontSizeFor(name, room, radius * 0.5, { max: 28, min: 6 }),
      fontSizeFor(text, room, radius * 0.5, { max: 28, min: 6, weight: 600 }),
    ),
  );
  // One size for all; long names are shortened rather than all made tiny.
  const sorted = [...sizes].sort((a, b) => a - b);
  const fontSize = Math.max(sorted[Math.floor(sorted.length * 0.25)]!, Math.min(9, radius * 0.3));
  return (
    <svg class="polystat" width={width} height={height} role="list" aria-label={panel.title}>
      {polygons.map((polygon, index) => (
        <Cell
          key={`${polygon.name} ${index}`}
          polygon={polygon}
          shape={shape}
          radius={radius}
          room={room}
          fontSize={fontSize}
          hasGradient={options.globalGradientsEnabled === true}
          center={centers[index]!}
        />
      ))}
    </svg>
  );
}

function shapeOf(shape: string | undefined): Shape {
  if (shape === 'circle') return 'circle';
  return shape === 'square' ? 'square' : 'hexagon';
}

type CellProps = {
  polygon: Polygon;
  shape: Shape;
  radius: number;
  room: number;
  fontSize: number;
  hasGradient: boolean;
  center: { x: number; y: number };
};

function Cell({ polygon, shape, radius, room, fontSize, hasGradient, center: { x, y } }: CellProps) {
  const { name, text, color, href, opensNewTab, members } = polygon;
  const showsName = !polygon.hidesName && fontSize >= 6;
  const showsValue = !polygon.hidesValue && fontSize >= 6;
  const ink = textOn(color);
  const content = (
    <>
      <title>
        {[`${name}: ${text}`, ...(members ?? []).map((member) => `${member.name}: ${member.text}`)].join(
          '\n',
        )}
      </title>
      <path
        d={outline(shape, x, y, radius)}
        fill={color}
        stroke={hasGradient ? mixColors(color, '#000000', 0.25) : undefined}
      />
      {showsName && (
        <text x={x} y={showsValue ? y - fontSize * 0.6 : y} fill={ink} font-size={fontSize}>
          {shortened(name, room, fontSize)}
        </text>
      )}
      {showsValue && (
        <text
          class="polystat-value"
          x={x}
          y={showsName ? y + fontSize * 0.7 : y}
          fill={ink}
          font-size={fontSize}
        >
          {shortened(text, room, fontSize)}
        </text>
      )}
    </>
  );
  return (
    // biome-ignore lint/a11y/noInteractiveElementToNoninteractiveRole: a group of shapes is not operated
    <g role="listitem" aria-label={`${name}: ${text}`}>
      {href ? <a {...linkProps({ title: name, href, opensNewTab })}>{content}</a> : content}
    </g>
  );
}

function shortened(text: string, room: number, fontSize: number): string {
  const width = textWidth(text, fontSize, 600);
  if (width <= room) return text;
  return `${text.slice(0, Math.max(1, Math.floor((text.length * room) / width) - 1))}…`;
}
