import './text.css';
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { PanelProps } from '../plugin';

export type TextOptions = {
  mode?: 'markdown' | 'html' | 'code';
  content?: string;
  code?: { language?: string; showLineNumbers?: boolean };
};

export function TextPanel({ panel, context, height }: PanelProps) {
  const { mode = 'markdown', content = '', code } = (panel.options ?? {}) as TextOptions;
  const format = mode === 'html' ? 'html' : 'text';
  const filled = context.interpolate(content, undefined, format);
  if (mode === 'code')
    return <Code content={filled} hasNumbers={code?.showLineNumbers === true} height={height} />;
  return <Rendered content={filled} mode={mode} height={height} />;
}

function Rendered({ content, mode, height }: { content: string; mode: string; height: number }) {
  const box = useRef<HTMLDivElement>(null);
  const failed = useSignal(false);
  useEffect(() => {
    let isCurrent = true;
    import('./render').then(
      ({ renderText }) => {
        if (isCurrent) box.current?.replaceChildren(renderText(content, mode));
      },
      () => {
        failed.value = true;
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [content, mode]);
  // Without the code that makes it safe, the text is shown as it is written.
  if (failed.value) return <Code content={content} hasNumbers={false} height={height} />;
  return <div class="text-panel" ref={box} style={{ height: `${height}px` }} />;
}

function Code({ content, hasNumbers, height }: { content: string; hasNumbers: boolean; height: number }) {
  return (
    <pre
      class={hasNumbers ? 'text-panel-code has-numbers' : 'text-panel-code'}
      style={{ height: `${height}px` }}
    >
      <code>
        {content.split('\n').map((line, index) => (
          <span key={index}>{`${line}\n`}</span>
        ))}
      </code>
    </pre>
  );
}
