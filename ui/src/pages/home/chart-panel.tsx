import { Chart, type ChartProps } from '../../chart/chart';
import { IconLink } from '../../components/button';
import { Panel } from '../../components/panel';
import { query, withBase } from '../../router/location';
import { href } from '../../routes';
import { text } from './text';

export type ChartPanelProps = Omit<ChartProps, 'title'> & {
  title: string;
  note?: string;
  /** What Explore opens with. */
  expression: string;
};

/** A chart of the home page in its panel. All of them share one crosshair. */
export function ChartPanel({ title, note, expression, ...chart }: ChartPanelProps) {
  const search: Record<string, string> = { expr: expression };
  for (const name of ['from', 'to']) {
    const value = query.value.get(name);
    if (value) search[name] = value;
  }
  return (
    <Panel
      title={title}
      note={note}
      actions={
        <IconLink icon="explore" label={text.value.explore} href={withBase(href('explore', {}, search))} />
      }
    >
      <Chart height={176} crosshairGroup="home" {...chart} title={title} />
    </Panel>
  );
}
