import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  completionStatus,
  selectedCompletion,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, forceLinting, linter } from '@codemirror/lint';
import { EditorState, Prec } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap, placeholder } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import {
  LanguageType,
  newCompleteStrategy,
  PromQLExtension,
  promQLLanguage,
} from '@prometheus-io/codemirror-promql';
import type { TimeWindow } from '../time/range';
import { createCompletionClient } from './completion-client';
import { HistoryWalk, queryHistory } from './history';
import { describeWord } from './hover';
import type { LocatedText } from './promql-editor';
import { isTypedOut } from './typed-out';
import { maskVariables } from './variables';

export type CodeEditorOptions = {
  parent: HTMLElement;
  text: string;
  selection?: { anchor: number; head: number };
  label: string;
  placeholder: string;
  window(): TimeWindow;
  onChange(text: string): void;
  onRun(): void;
};

export type CodeEditor = {
  setText(text: string): void;
  setLabels(label: string, placeholder: string): void;
  /** Underlines what the server found; it goes when the text changes. */
  setError(error: LocatedText | null): void;
  insert(text: string): void;
  focus(): void;
  destroy(): void;
};

/** Colours are classes, so that the tokens of the theme decide: `promql-editor.css`. */
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], class: 'tok-keyword' },
  { tag: [tags.function(tags.variableName), tags.standard(tags.variableName)], class: 'tok-function' },
  { tag: [tags.string, tags.special(tags.string)], class: 'tok-string' },
  { tag: [tags.number, tags.bool], class: 'tok-number' },
  { tag: tags.labelName, class: 'tok-label' },
  {
    tag: [tags.operator, tags.logicOperator, tags.compareOperator, tags.arithmeticOperator],
    class: 'tok-operator',
  },
  { tag: tags.comment, class: 'tok-comment' },
]);

export function createCodeEditor(options: CodeEditorOptions): CodeEditor {
  const client = createCompletionClient(options.window);
  const promql = new PromQLExtension().activateLinter(false);
  promql.setComplete({ completeStrategy: newCompleteStrategy({ remote: client }) });
  const checkText = syntaxCheck(promql);
  let serverError: LocatedText | null = null;
  let silent = false;

  const findMistakes = (view: EditorView): Diagnostic[] => {
    const text = view.state.doc.toString();
    if (serverError && serverError.text === text) {
      const { from, to, message } = serverError;
      return [
        { from: Math.min(from, text.length), to: Math.min(to, text.length), message, severity: 'error' },
      ];
    }
    return text.trim() === '' ? [] : checkText(text);
  };

  const run = () => {
    options.onRun();
    return true;
  };
  // Accepting what already stands there would only close the list, and the key seem dead.
  const runTypedOut = ({ state }: EditorView) => {
    const option = completionStatus(state) === 'active' ? selectedCompletion(state) : null;
    const text = state.doc.toString();
    if (!option || !isTypedOut(text, state.selection.main.head, option) || checkText(text).length > 0)
      return false;
    return run();
  };
  const walk = new HistoryWalk(() => queryHistory.peek());
  const step = (direction: 'older' | 'newer') => (view: EditorView) => {
    const { main } = view.state.selection;
    const line = view.state.doc.lineAt(main.head).number;
    const edge = direction === 'older' ? 1 : view.state.doc.lines;
    if (!main.empty || line !== edge || completionStatus(view.state) === 'active') return false;
    const text = walk.step(direction, view.state.doc.toString());
    if (text === null) return false;
    replaceAll(view, text, 'history');
    return true;
  };

  const view = new EditorView({
    parent: options.parent,
    state: EditorState.create({
      doc: options.text,
      selection: options.selection,
      extensions: [
        Prec.highest(
          keymap.of([
            { key: 'Tab', run: acceptCompletion },
            { key: 'Mod-Enter', run },
            { key: 'Enter', run: runTypedOut },
          ]),
        ),
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          { key: 'Enter', run },
          { key: 'Shift-Enter', run: insertNewlineAndIndent },
          { key: 'ArrowUp', run: step('older') },
          { key: 'ArrowDown', run: step('newer') },
          ...historyKeymap,
          ...defaultKeymap,
        ]),
        history(),
        closeBrackets(),
        bracketMatching(),
        autocompletion({ icons: false, maxRenderedOptions: 100 }),
        promql.asExtension(),
        syntaxHighlighting(highlighting),
        linter(findMistakes, { delay: 600 }),
        hoverTooltip(async (hovered, position) => describeWord(hovered, position, client)),
        EditorView.lineWrapping,
        placeholder(options.placeholder),
        EditorView.contentAttributes.of({
          'aria-label': options.label,
          'aria-multiline': 'true',
          autocapitalize: 'off',
          autocorrect: 'off',
          spellcheck: 'false',
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          const isWalking = update.transactions.some((transaction) => transaction.isUserEvent('history'));
          if (!isWalking) walk.reset();
          if (!silent) options.onChange(update.state.doc.toString());
          // Completion opens by itself while typing; after these signs it is wanted as well.
          const typed = update.transactions.some((transaction) => transaction.isUserEvent('input.type'));
          const { head } = update.state.selection.main;
          if (typed && /[{,(]$|["']$/.test(update.state.sliceDoc(Math.max(0, head - 1), head))) {
            startCompletion(update.view);
          }
        }),
      ],
    }),
  });

  return {
    setText: (text) => {
      if (text === view.state.doc.toString()) return;
      silent = true;
      replaceAll(view, text, 'set');
      silent = false;
    },
    setLabels: (label) => view.contentDOM.setAttribute('aria-label', label),
    setError: (error) => {
      if (serverError === error) return;
      serverError = error;
      forceLinting(view);
    },
    insert: (text) => {
      view.dispatch(view.state.replaceSelection(text), { userEvent: 'input.paste' });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => {
      promql.destroy();
      view.destroy();
    },
  };
}

function replaceAll(view: EditorView, text: string, userEvent: string): void {
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    selection: { anchor: text.length },
    userEvent,
  });
}

/** Prometheus's own checks of grammar and types, on a text whose variables stand for durations. */
function syntaxCheck(promql: PromQLExtension): (text: string) => Diagnostic[] {
  const strategy = promql.getLinter();
  const source = strategy.promQL.call(strategy);
  const language = promQLLanguage(LanguageType.PromQL);
  return (text) => {
    const state = EditorState.create({ doc: maskVariables(text), extensions: [language] });
    // The source reads nothing of the view but its state.
    const found = source({ state } as EditorView);
    return Array.isArray(found) ? found : [];
  };
}
