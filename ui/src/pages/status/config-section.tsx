import './config-section.css';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { statusConfig } from '../../api/prometheus';
import { useServerEvents } from '../../api/server-events';
import { useResult } from '../../api/use-result';
import { Button, IconButton } from '../../components/button';
import { Select, TextField } from '../../components/field';
import { LazyRows } from '../../components/lazy-rows';
import { ErrorNotice, Skeleton } from '../../components/notice';
import { numberParam, stringParam, useQueryParam } from '../../router/query-param';
import { reloadError } from '../../shell/server';
import { toast } from '../../shell/toasts';
import { useMoment } from '../../time/moment';
import { copyText } from '../explore/clipboard';
import { text } from './text';
import { markMatches, matchingLines, outline, type Token, tokenizeYAML } from './yaml-lines';

const lineHeight = 20;

type Line = { number: number; tokens: Token[] };

/** The configuration as loaded, to read, search and copy. */
export function ConfigSection() {
  const moment = useMoment(15);
  useServerEvents(['config-reload'], moment.refresh);
  const { data, error } = useResult((signal) => statusConfig({ signal }), 'config', moment.value).value;
  const search = useQueryParam('search', stringParam());
  const current = useQueryParam('line', numberParam(0));
  const code = useRef<HTMLDivElement>(null);

  const yaml = data?.yaml;
  const lines = useMemo(() => (yaml === undefined ? [] : yaml.replace(/\n$/, '').split('\n')), [yaml]);
  const items = useMemo<Line[]>(
    () =>
      yaml === undefined ? [] : tokenizeYAML(yaml).map((tokens, index) => ({ number: index + 1, tokens })),
    [yaml],
  );
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
    const top = box.top + window.scrollY + (line - 1) * lineHeight;
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
        <ErrorNotice error={{ kind: 'bad_data', message: reload.message || text.value.runtime.configBad }} />
      )}
      {error && <ErrorNotice error={error} onRetry={moment.refresh} />}
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
        {sections.length > 1 && (
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
        {isLoaded && <span class="config-count">{words.lines(lines.length)}</span>}
      </search>
      <section class="config-code" ref={code}>
        {!isLoaded && !error && (
          <div class="config-loading">
            <Skeleton height="400px" />
          </div>
        )}
        <LazyRows
          items={items}
          keyOf={({ number }) => String(number)}
          rowHeight={lineHeight}
          class="config-lines"
        >
          {({ number, tokens }) => (
            <div class={number === current.value ? 'config-line is-current' : 'config-line'}>
              <button
                type="button"
                class="config-number"
                tabIndex={-1}
                aria-label={words.line(number)}
                onClick={() => current.set(number === current.value ? 0 : number)}
              >
                {number}
              </button>
              <code class="config-text">
                {markMatches(tokens, search.value).map(({ kind, text: piece, isMatch }, index) =>
                  isMatch ? (
                    <mark key={index} class={`is-${kind}`}>
                      {piece}
                    </mark>
                  ) : (
                    <span key={index} class={`is-${kind}`}>
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
