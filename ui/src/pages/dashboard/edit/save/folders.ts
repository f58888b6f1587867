import { requestJson } from '../../../../api/json';
import type { Option } from '../form/combobox';

type FolderHit = { uid: string; title: string; folderTitle?: string };

/** All folders, the general one (no uid) first. */
export async function folderOptions(general: string): Promise<Option[]> {
  const result = await requestJson<FolderHit[]>('GET', '/api/search', {
    params: { type: 'dash-folder', limit: 1000 },
  });
  const folders = result.ok ? result.data : [];
  return [
    { value: '', label: general },
    ...folders.map(({ uid, title, folderTitle }) => ({ value: uid, label: title, note: folderTitle })),
  ];
}
