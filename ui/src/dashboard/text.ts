import { defineText } from '../i18n/language';

/** Text of panels and the grid. */
export const text = defineText(
  {
    unknownKind: (type: string) => `Monopod does not draw panels of kind “${type}”`,
    unknownKindHint: 'The panel is kept as it is when the dashboard is saved.',
    kindFailed: 'The code of this panel could not be loaded. Reload the page.',
    drawFailed: 'This panel could not be drawn',
    untitledPanel: 'Panel without a title',
    ofQuery: (refId: string) => `Query ${refId}`,
    untitledRow: 'Row',
    panelCount: (n: number) => (n === 1 ? '1 panel' : `${n} panels`),
  },
  {
    unknownKind: (type) => `“${type}” 종류의 패널은 그릴 수 없습니다`,
    unknownKindHint: '대시보드를 저장해도 이 패널은 그대로 보존됩니다.',
    kindFailed: '이 패널의 코드를 불러오지 못했습니다. 페이지를 새로 고치세요.',
    drawFailed: '이 패널을 그리지 못했습니다',
    untitledPanel: '제목 없는 패널',
    ofQuery: (refId) => `쿼리 ${refId}`,
    untitledRow: '행',
    panelCount: (n) => `패널 ${n}개`,
  },
);
