import { Notice } from '../../../../components/notice';
import type { DashboardSession } from '../../../../dashboard/session';
import { text } from './text';

/** Roles alone decide what people may do with dashboards. */
export function PermissionSettings({ session }: { session: DashboardSession }) {
  const { canSave } = session.meta.value;
  return (
    <div class="settings-list">
      <Notice level="info">{text.value.permissionsHint}</Notice>
      <div class="settings-table">
        <table>
          <tbody>
            {(['Viewer', 'Editor', 'Admin'] as const).map((role) => (
              <tr key={role}>
                <th scope="row">{role}</th>
                <td>{text.value.roleMay[role]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p>{canSave ? text.value.youMaySave : text.value.youMayNotSave}</p>
    </div>
  );
}
