import type { AskView } from '../../dashboard/view-request';

export const askView: AskView = async () => ({
  ok: false,
  error: { kind: 'unavailable', message: 'this build cannot ask for the data of a view' },
});
