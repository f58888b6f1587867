import { expect, test } from 'vitest';
import { createEdits } from './edits';

test('changes are undone and done again one by one', () => {
  const first = { uid: 'u', title: 'a', panels: [] };
  const edits = createEdits(first);
  edits.change('nothing', (dashboard) => dashboard);
  expect(edits.isDirty.value).toBe(false);
  edits.change('title b', (dashboard) => ({ ...dashboard, title: 'b' }));
  edits.change('title c', (dashboard) => ({ ...dashboard, title: 'c' }));
  expect(edits.changes.value).toEqual(['title b', 'title c']);
  edits.undo();
  expect(edits.current.value.title).toBe('b');
  edits.undo();
  expect(edits.isDirty.value).toBe(false);
  expect(edits.canUndo.value).toBe(false);
  edits.redo();
  expect(edits.current.value.title).toBe('b');
  edits.change('title d', (dashboard) => ({ ...dashboard, title: 'd' }));
  expect(edits.canRedo.value).toBe(false);
  edits.adopt({ ...first, title: 'e' });
  expect([edits.isDirty.value, edits.canUndo.value, edits.current.value.title]).toEqual([false, false, 'e']);
});
