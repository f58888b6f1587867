import { Page } from '../../components/page';
import { DashboardGrid } from '../../dashboard/grid';
import type { DashboardSession } from '../../dashboard/session';
import { useAutoRefresh } from '../../time/control';
import { TimePicker } from '../../time/picker';
import { VariableBar } from '../../variables/variable-bar';

/** An open dashboard. */
export function DashboardView({ session }: { session: DashboardSession }) {
  useAutoRefresh(session.time);
  return (
    <Page title={session.dashboard.value.title} actions={<TimePicker control={session.time} />}>
      <VariableBar variables={session.variables} />
      <DashboardGrid session={session} />
    </Page>
  );
}
