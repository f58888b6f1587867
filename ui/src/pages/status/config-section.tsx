import './config-section.css';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { statusConfig } from '../../api/prometheus';
import { useServerEvents } from '../../api/server-events';
import { useResult } from '../../api/use-result';
import { copyText } from '../../clipboard';
import { Button, IconButton } from '../../components/button';
import { Select, TextField } from '../../components/field';
import { LazyRows } from '../../components/lazy-rows';
import { ErrorNotice, Notice, Skeleton } from '../../components/notice';
import { numberParam, stringParam, useQueryParam } from '../../router/query-param';
import { reloadError } from '../../shell/server';
import { toast } from '../../shell/toasts';
import { useMoment } from '../../time/moment';
import { type DiffLine, diffLines } from './line-diff';
import { text } from './text';
import { markMatches, matchingLines, outline, type Token, tokenizeYAML } from './yaml-lines';

const lineHeight = 20;

type Line = DiffLine & { key: string; tokens: Token[] };

function splitLines(yaml: string): string[] {
  return yaml.replace(/\n$/, '').split('\n');
}

/** The configuration with the lines that its last change took away in their old places. */
function shownLines(yaml: string, previous: string | null): Line[] {
  const tokens = tokenizeYAML(yaml);
  const after = splitLines(yaml);
  const lines = previous === null ? diffLines(after, after) : diffLines(splitLines(previous), after);
  return lines.map((line, index) => ({
    ...line,
    key: line.number === null ? `removed ${index}` : String(line.number),
    tokens: line.number === null ? [{ kind: 'plain', text: line.text }] : tokens[line.number - 1]!,
  }));
}

/** The text before the last change that was seen here, until it is dismissed. */
function usePrevious(yaml: string | undefined): { previous: string | null; dismiss(): void } {
  const previous = useSignal<string | null>(null);
  const last = useRef(yaml);
  useEffect(() => {
    if (last.current !== undefined && yaml !== undefined && last.current !== yaml)
      previous.value = last.current;
    if (yaml !== undefined) last.current = yaml;
  }, [yaml]);
  return {
    previous: previous.value,
    dismiss: () => {
      previous.value = null;
    },
  };
}

/** The configuration as loaded, to read, search and copy. */
export function ConfigSection() {
  const moment = useMoment(15);
  useServerEvents(['config-reload'], moment.refresh);
  const { data, error } = useResult((signal) => statusConfig({ signal }), 'config', moment.value).value;
  const search = useQueryParam('search', stringParam());
  const current = useQueryParam('line', numberParam(0));
  const code = useRef<HTMLDivElement>(null);

  const yaml = data?.yaml;
  const { previous, dismiss } = usePrevious(yaml);
  const lines = useMemo(() => (yaml === undefined ? [] : splitLines(yaml)), [yaml]);
  const items = useMemo(() => (yaml === undefined ? [] : shownLines(yaml, previous)), [yaml, previous]);
  const countOf = (kind: DiffLine['kind']) => items.filter((item) => item.kind === kind).length;
  const sections = useMemo(() => outline(lines), [lines]);
  const matches = useMemo(() => matchingLines(lines, search.value), [lines, search.value]);
  const at = matches.indexOf(current.value);

  const goTo = (line: number) => {
    current.set(line);
    showLine(line);
  };
  const showLine = (line: number) => {
    const box = code.current?.getBoundingClientRect();
    if (!box) return;
    const top =
      box.top +
      window.scrollY +
      Math.max(
        0,
        items.findIndex(({ number }) => number === line),
      ) *
        lineHeight;
    window.scrollTo({ top: Math.max(0, top - window.innerHeight / 3) });
  };
  const isLoaded = yaml !== undefined;
  useEffect(() => {
    if (isLoaded && current.value > 0) showLine(current.value);
  }, [isLoaded]);
  const step = (direction: 1 | -1) => {
    if (matches.length === 0) return;
    const next =
      at >= 0
        ? (at + direction + matches.length) % matches.length
        : Math.max(
            0,
            matches.findIndex((line) => line >= current.value),
          );
    goTo(matches[next]!);
  };
  const words = text.value.config;
  const copy = async () => {
    const isCopied = await copyText(yaml ?? '');
    toast({ level: isCopied ? 'ok' : 'bad', message: isCopied ? words.copied : words.copyFailed });
  };
  const reload = reloadError.value;
  return (
    <>
      {reload && (
        <Notice level="bad" title={text.value.runtime.configBad}>
          {reload.message && <p class="notice-detail">{reload.message}</p>}
          <p>{text.value.runtime.configOld}</p>
        </Notice>
      )}
      {error && error.kind !== 'unavailable' && <ErrorNotice error={error} onRetry={moment.refresh} />}
      {previous !== null && (
        <Notice level="info" title={words.changed(countOf('added'), countOf('removed'))}>
          <Button kind="quiet" onClick={dismiss}>
            {words.hideChanges}
          </Button>
        </Notice>
      )}
      <search class="config-tools">
        {/* biome-ignore lint/a11y/noStaticElementInteractions: only listens to the keys of what it holds */}
        <div
          class="config-search"
          onKeyDown={(event) => {
            if (event.key === 'Enter') step(event.shiftKey ? -1 : 1);
          }}
        >
          <TextField
            type="search"
            label={words.search}
            hideLabel
            icon="search"
            placeholder={words.search}
            value={search.value}
            onInput={(value) => search.set(value)}
          />
        </div>
        {search.value && (
          <>
            <IconButton
              icon="up"
              label={words.previous}
              onClick={() => step(-1)}
              disabled={matches.length === 0}
            />
            <IconButton
              icon="down"
              label={words.next}
              onClick={() => step(1)}
              disabled={matches.length === 0}
            />
            <span class="config-position" role="status">
              {at >= 0 ? words.position(at + 1, matches.length) : words.matches(matches.length)}
            </span>
          </>
        )}
        {(sections.length > 1 || !isLoaded) && (
          <Select
            label={words.jump}
            hideLabel
            value=""
            choices={[
              { value: '', label: words.jump },
              ...sections.map(({ label, line, depth }) => ({
                value: String(line),
                label: depth === 0 ? label : `\u2003${label}`,
              })),
            ]}
            onChange={(value) => value && goTo(Number(value))}
          />
        )}
        <Button icon="copy" onClick={copy} disabled={!isLoaded}>
          {words.copy}
        </Button>
        <span class="config-count">{isLoaded ? words.lines(lines.length) : <Skeleton width="220px" />}</span>
      </search>
      <section class="config-code" ref={code}>
        {!isLoaded && (
          <div class="config-loading">
            <Skeleton height="400px" />
          </div>
        )}
        <LazyRows items={items} keyOf={({ key }) => key} rowHeight={lineHeight} class="config-lines">
          {({ kind, number, tokens }) => (
            <div class={`config-line is-${kind}${number === current.value ? ' is-current' : ''}`}>
              <button
                type="button"
                class="config-number"
                tabIndex={-1}
                disabled={number === null}
                aria-label={number === null ? words.removed : words.line(number)}
                onClick={() => current.set(number === current.value ? 0 : (number ?? 0))}
              >
                {number ?? '−'}
              </button>
              <code class="config-text">
                {markMatches(tokens, search.value).map(({ kind: token, text: piece, isMatch }, index) =>
                  isMatch ? (
                    <mark key={index} class={`is-${token}`}>
                      {piece}
                    </mark>
                  ) : (
                    <span key={index} class={`is-${token}`}>
                      {piece}
                    </span>
                  ),
                )}
              </code>
            </div>
          )}
        </LazyRows>
      </section>
    </>
  );
}
