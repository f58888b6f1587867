import { defineText } from '../../i18n/language';

export const text = defineText({ title: 'Dashboards' }, { title: '대시보드' });
