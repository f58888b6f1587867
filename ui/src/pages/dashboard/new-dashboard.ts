import type { LoadedDashboard } from '../../api/dashboards';

/** What `/dashboard/new` opens: nothing yet, in the folder that the URL names. */
export function emptyDashboard(title: string, folderUid: string): LoadedDashboard {
  return {
    dashboard: {
      uid: '',
      title,
      tags: [],
      editable: true,
      graphTooltip: 0,
      schemaVersion: 42,
      time: { from: 'now-6h', to: 'now' },
      timepicker: {},
      templating: { list: [] },
      annotations: { list: [] },
      links: [],
      panels: [],
    },
    meta: {
      uid: '',
      slug: '',
      url: '',
      title,
      folderUid,
      folderTitle: '',
      version: 0,
      created: '',
      createdBy: '',
      updated: '',
      updatedBy: '',
      canSave: true,
      canEdit: true,
      canDelete: false,
      isStarred: false,
      provisioned: null,
    },
    verdicts: [],
  };
}
