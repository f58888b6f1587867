import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { MySQL, PostgreSQL, sql } from '@codemirror/lang-sql';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Diagnostic, linter, lintGutter } from '@codemirror/lint';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, keymap, lineNumbers, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { jsonMistake } from '../settings/json-keys';

export type CodeLanguage = 'json' | 'postgres' | 'mysql' | 'plain';

export type CodeMirrorOptions = {
  parent: HTMLElement;
  text: string;
  label: string;
  language: CodeLanguage;
  placeholder?: string;
  isReadOnly?: boolean;
  onChange(text: string): void;
  /** Ctrl-Enter. */
  onRun?(): void;
};

export type CodeMirror = {
  setText(text: string): void;
  /** Puts the cursor at an offset and shows it. */
  goTo(offset: number): void;
  focus(): void;
  destroy(): void;
};

/** Colours are classes, so that the tokens of the theme decide: `code-area.css`. */
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier, tags.bool, tags.null], class: 'tok-keyword' },
  { tag: [tags.propertyName, tags.labelName], class: 'tok-label' },
  { tag: [tags.string, tags.special(tags.string)], class: 'tok-string' },
  { tag: tags.number, class: 'tok-number' },
  { tag: [tags.function(tags.variableName), tags.standard(tags.name)], class: 'tok-function' },
  { tag: tags.comment, class: 'tok-comment' },
]);

function findJsonMistake({ state }: EditorView): Diagnostic[] {
  const text = state.doc.toString();
  const mistake = text.trim() === '' ? null : jsonMistake(text);
  if (!mistake) return [];
  const { offset, message } = mistake;
  return [
    {
      from: Math.max(0, Math.min(offset, text.length - 1)),
      to: Math.min(offset + 1, text.length),
      message,
      severity: 'error',
    },
  ];
}

function languageOf(language: CodeLanguage): Extension {
  switch (language) {
    case 'json':
      return [json(), linter(findJsonMistake, { delay: 400 }), lintGutter(), lineNumbers(), foldGutter()];
    case 'postgres':
      return sql({ dialect: PostgreSQL, upperCaseKeywords: true });
    case 'mysql':
      return sql({ dialect: MySQL, upperCaseKeywords: true });
    case 'plain':
      return [];
  }
}

export function createCodeMirror(options: CodeMirrorOptions): CodeMirror {
  let isSilent = false;
  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        keymap.of([
          {
            key: 'Mod-Enter',
            run: () => {
              options.onRun?.();
              return options.onRun !== undefined;
            },
          },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...foldKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          // Escape, then Tab leaves the editor: CodeMirror's own way out for the keyboard.
          indentWithTab,
        ]),
        history(),
        closeBrackets(),
        bracketMatching(),
        indentOnInput(),
        autocompletion({ icons: false }),
        languageOf(options.language),
        syntaxHighlighting(highlighting),
        EditorView.lineWrapping,
        EditorState.readOnly.of(options.isReadOnly === true),
        placeholder(options.placeholder ?? ''),
        EditorView.contentAttributes.of({
          'aria-label': options.label,
          'aria-multiline': 'true',
          autocapitalize: 'off',
          autocorrect: 'off',
          spellcheck: 'false',
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !isSilent) options.onChange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText: (text) => {
      if (text === view.state.doc.toString()) return;
      isSilent = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      isSilent = false;
    },
    goTo: (offset) => {
      const anchor = Math.max(0, Math.min(offset, view.state.doc.length));
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
