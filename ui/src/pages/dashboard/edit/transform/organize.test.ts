import { expect, test } from 'vitest';
import { organizedFields, organizeOptions } from './organize';

const options = {
  excludeByName: { Time: true, gone: true },
  indexByName: { b: 0, a: 1 },
  renameByName: { a: 'Alpha' },
};

test('fields stand in their order, new ones last', () => {
  expect(organizedFields(options, ['Time', 'a', 'b', 'a'])).toEqual([
    { name: 'b', isHidden: false, newName: '' },
    { name: 'a', isHidden: false, newName: 'Alpha' },
    { name: 'Time', isHidden: true, newName: '' },
  ]);
});

test('what is said of fields that are not there is kept', () => {
  const rows = organizedFields(options, ['Time', 'a', 'b']).map((row) => ({ ...row, isHidden: false }));
  expect(organizeOptions(options, rows)).toEqual({
    excludeByName: { gone: true },
    indexByName: { b: 0, a: 1, Time: 2 },
    renameByName: { a: 'Alpha' },
  });
});
