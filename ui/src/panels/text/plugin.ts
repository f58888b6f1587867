import type { PanelPlugin } from '../plugin';
import { TextPanel } from './text';

export const plugin: PanelPlugin = {
  component: TextPanel,
  options: [
    {
      path: 'mode',
      name: ['Mode', '형식'],
      input: 'radio',
      defaultValue: 'markdown',
      choices: [
        { value: 'markdown', name: ['Markdown', '마크다운'] },
        { value: 'html', name: ['HTML', 'HTML'] },
        { value: 'code', name: ['Code', '코드'] },
      ],
    },
    {
      path: 'code.showLineNumbers',
      name: ['Line numbers', '줄 번호'],
      input: 'switch',
      defaultValue: false,
      showIf: ({ mode }) => mode === 'code',
    },
    { path: 'content', name: ['Content', '내용'], input: 'markdown', defaultValue: '' },
  ],
  fieldOptions: [],
  defaults: {
    options: { mode: 'markdown', content: '# Title\n\nText in **Markdown**; `$variables` are put in.' },
    fieldConfig: {},
  },
  needsNoData: true,
};
