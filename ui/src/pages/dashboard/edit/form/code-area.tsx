import './code-area.css';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { CodeLanguage, CodeMirror } from './code-mirror';

export type CodeAreaHandle = { goTo(offset: number): void; focus(): void };

export type CodeAreaProps = {
  label: string;
  language: CodeLanguage;
  value: string;
  placeholder?: string;
  /** Fills its place and scrolls, in place of growing with the text. */
  isTall?: boolean;
  isReadOnly?: boolean;
  onChange(value: string): void;
  onRun?(): void;
  onReady?(handle: CodeAreaHandle): void;
};

/** A code editor. It comes later than the page; a text area does its work until then, and where it cannot be had. */
export function CodeArea(props: CodeAreaProps) {
  const { label, value, placeholder, isTall, isReadOnly } = props;
  const host = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [editor, setEditor] = useState<CodeMirror | null>(null);
  const current = useRef<CodeMirror | null>(null);

  useEffect(() => {
    let isGone = false;
    import('./code-mirror').then(
      ({ createCodeMirror }) => {
        if (isGone || !host.current) return;
        const hadFocus = document.activeElement === area.current;
        const created = createCodeMirror({
          parent: host.current,
          text: latest.current.value,
          label: latest.current.label,
          language: latest.current.language,
          placeholder: latest.current.placeholder,
          isReadOnly: latest.current.isReadOnly,
          onChange: (text) => latest.current.onChange(text),
          onRun: () => latest.current.onRun?.(),
        });
        current.current = created;
        if (hadFocus) created.focus();
        setEditor(created);
      },
      () => {
        // The text area goes on.
      },
    );
    latest.current.onReady?.({
      goTo: (offset) => {
        if (current.current) current.current.goTo(offset);
        else {
          area.current?.focus();
          area.current?.setSelectionRange(offset, offset);
        }
      },
      focus: () => (current.current ?? area.current)?.focus(),
    });
    return () => {
      isGone = true;
      current.current?.destroy();
      current.current = null;
    };
  }, []);
  useLayoutEffect(() => editor?.setText(value), [editor, value]);

  return (
    <div class={isTall ? 'promql-editor code-area is-tall' : 'promql-editor code-area'} ref={host}>
      {!editor && (
        <textarea
          ref={area}
          class="promql-editor-area"
          rows={isTall ? 24 : Math.max(3, value.split('\n').length)}
          value={value}
          aria-label={label}
          placeholder={placeholder}
          readOnly={isReadOnly}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => props.onChange(event.currentTarget.value)}
        />
      )}
    </div>
  );
}
