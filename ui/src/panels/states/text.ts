import { defineText } from '../../i18n/language';

export const text = defineText(
  {
    summary: (title: string, rows: number, range: string) =>
      `${title}: ${rows} rows of states, ${range}. Last:`,
  },
  {
    summary: (title, rows, range) => `${title}: 상태 ${rows}줄, ${range}. 마지막:`,
  },
);
