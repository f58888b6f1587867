import './promql-editor.css';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TimeWindow } from '../time/range';
import type { CodeEditor } from './code-editor';

/** A mistake in `text`, from offset `from` to `to`. */
export type LocatedText = { text: string; from: number; to: number; message: string };

/** What the page may do with an editor beside changing its value. */
export type PromQLEditorHandle = {
  focus(): void;
  /** Puts text in place of the selection. */
  insert(text: string): void;
};

export type PromQLEditorProps = {
  value: string;
  /** Accessible name. */
  label: string;
  placeholder: string;
  /** What the server refused. */
  error?: LocatedText | null;
  /** The time that completion looks at. */
  window(): TimeWindow;
  onChange(text: string): void;
  /** Enter. */
  onRun(): void;
  onReady?(handle: PromQLEditorHandle): void;
};

/**
 * A PromQL editor. CodeMirror is large and comes later; a text area of the same
 * size takes its place until then, and stays where it cannot be loaded.
 */
export function PromQLEditor(props: PromQLEditorProps) {
  const { value, label, placeholder, error } = props;
  const host = useRef<HTMLDivElement>(null);
  const area = useRef<HTMLTextAreaElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [editor, setEditor] = useState<CodeEditor | null>(null);
  const editorRef = useRef<CodeEditor | null>(null);

  useEffect(() => {
    let gone = false;
    import('./code-editor').then(
      ({ createCodeEditor }) => {
        if (gone || !host.current) return;
        const textArea = area.current;
        const hadFocus = document.activeElement === textArea;
        const selection =
          hadFocus && textArea ? { anchor: textArea.selectionStart, head: textArea.selectionEnd } : undefined;
        const created = createCodeEditor({
          parent: host.current,
          text: latest.current.value,
          selection,
          label: latest.current.label,
          placeholder: latest.current.placeholder,
          window: () => latest.current.window(),
          onChange: (text) => latest.current.onChange(text),
          onRun: () => latest.current.onRun(),
        });
        editorRef.current = created;
        if (hadFocus) created.focus();
        setEditor(created);
      },
      () => {
        // The text area does the work where the chunk cannot be had.
      },
    );
    latest.current.onReady?.({
      focus: () => (editorRef.current ?? area.current)?.focus(),
      insert: (text) => {
        if (editorRef.current) editorRef.current.insert(text);
        else latest.current.onChange(latest.current.value + text);
      },
    });
    return () => {
      gone = true;
      editorRef.current?.destroy();
      editorRef.current = null;
    };
  }, []);

  useLayoutEffect(() => editor?.setText(value), [editor, value]);
  useLayoutEffect(() => editor?.setLabels(label, placeholder), [editor, label, placeholder]);
  useLayoutEffect(() => editor?.setError(error ?? null), [editor, error?.text, error?.from, error?.message]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    props.onRun();
  };
  return (
    <div class="promql-editor" ref={host}>
      {!editor && (
        <textarea
          ref={area}
          class="promql-editor-area"
          rows={value.split('\n').length}
          value={value}
          aria-label={label}
          placeholder={placeholder}
          autocapitalize="off"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => props.onChange(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      )}
    </div>
  );
}
