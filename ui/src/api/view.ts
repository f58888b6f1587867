import type { DataSourceRef, FieldConfig, Target } from '../dashboard/model';
import type { Field, Frame, FrameMeta } from '../frame/frame';
import type { ApiError, Result } from './errors';
import { fetchPath } from './fetch';
import { decodeJson } from './json';
import { serverReachable } from './request';

/** Milliseconds. */
export type ViewQuery = {
  /** Names the answer: `panel/refId`. */
  key: string;
  datasource?: DataSourceRef | null;
  /** With variables put in. */
  target: Target;
  intervalMs: number;
  maxDataPoints: number;
  /** A panel's own time, in place of the request's. */
  from?: number;
  to?: number;
  /** Expressions use the answers of their panel. Absent: what the key has before its last slash. */
  panel?: number;
};

export type ViewRequest = { from: number; to: number; timeZone: string; queries: ViewQuery[] };

/** Why a query brought nothing; `kind` is a `Reason` of `internal/datasource/errors.go`. */
export type ViewError = { message: string; kind: string };

export type ViewCost = {
  milliseconds: number;
  samples?: number;
  /** Of the message, which several answers may share. */
  bytes: number;
  /** Another panel's query, or one a moment ago, did the work. */
  shared: boolean;
};

/** Frames may be the same objects for several keys: nobody changes them in place. */
export type ViewAnswer = { key: string; frames: Frame[]; error?: ViewError; cost: ViewCost };

/**
 * Asks all queries at once. `onAnswer` is called once for each, as soon as its
 * answer is there; the promise resolves after the last.
 */
export async function runView(
  request: ViewRequest,
  onAnswer: (answer: ViewAnswer) => void,
  signal?: AbortSignal,
): Promise<Result<void>> {
  try {
    const response = await fetchPath('/api/monopod/v1/view', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
      signal,
    });
    serverReachable.value = response.status !== 502 && response.status !== 504;
    if (!response.ok || !response.body) return decodeJson(response.status, await response.text());
    const decoder = new ViewDecoder(onAnswer);
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      decoder.push(value);
    }
    if (!decoder.isBetweenMessages) return failed({ kind: 'network', message: 'the answer broke off' });
    return { ok: true, data: undefined, warnings: [], infos: [] };
  } catch (cause) {
    if (signal?.aborted) return failed({ kind: 'aborted', message: 'request aborted' });
    if (cause instanceof ViewFormatError) return failed({ kind: 'internal', message: cause.message });
    serverReachable.value = false;
    return failed({ kind: 'network', message: cause instanceof Error ? cause.message : String(cause) });
  }
}

function failed(error: ApiError): { ok: false; error: ApiError } {
  return { ok: false, error };
}

/** The bytes are not those of a view stream. */
export class ViewFormatError extends Error {}

const headBytes = 16;
const magic = 0x3156504d; // "MPV1"
const maxMessageBytes = 2 ** 31;

/**
 * Takes the stream of a view apart; `internal/frame` draws its form. Each message
 * is gathered in a buffer of its own, where its columns are then read in place.
 */
export class ViewDecoder {
  private message = new Uint8Array(headBytes);
  private filled = 0;
  private hasHead = false;

  constructor(private readonly onAnswer: (answer: ViewAnswer) => void) {}

  /** Whether the stream may end here. */
  get isBetweenMessages(): boolean {
    return this.filled === 0;
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const taken = Math.min(chunk.length - at, this.message.length - this.filled);
      this.message.set(chunk.subarray(at, at + taken), this.filled);
      this.filled += taken;
      at += taken;
      if (this.filled === this.message.length) this.complete();
    }
  }

  private complete(): void {
    const head = new DataView(this.message.buffer, 0, headBytes);
    const headerBytes = head.getUint32(4, true);
    if (!this.hasHead) {
      const total = headBytes + headerBytes + head.getUint32(8, true);
      if (head.getUint32(0, true) !== magic || headerBytes % 8 !== 0 || total > maxMessageBytes) {
        throw new ViewFormatError('the answer is not a view stream of this version; reload the page');
      }
      const message = new Uint8Array(total);
      message.set(this.message);
      this.message = message;
      this.hasHead = true;
      if (total > headBytes) return;
    }
    const { buffer } = this.message;
    this.message = new Uint8Array(headBytes);
    this.filled = 0;
    this.hasHead = false;
    for (const answer of decodeMessage(buffer, headerBytes)) this.onAnswer(answer);
  }
}

type Header = {
  answers: { key: string; refId?: string; rename?: Record<string, string>; shared?: boolean }[];
  frames: FrameHeader[];
  error?: ViewError;
  cost: { milliseconds: number; samples?: number; bytes: number };
};

type FrameHeader = { name?: string; refId?: string; length: number; meta?: FrameMeta; fields: FieldHeader[] };

type FieldHeader = {
  name: string;
  type: Field['type'];
  labels?: Record<string, string>;
  config?: FieldConfig;
  at?: number;
  start?: number;
  step?: number;
  words?: string[];
  values?: unknown[];
};

function decodeMessage(buffer: ArrayBuffer, headerBytes: number): ViewAnswer[] {
  const text = new TextDecoder().decode(new Uint8Array(buffer, headBytes, headerBytes));
  let header: Header;
  try {
    header = JSON.parse(text) as Header;
  } catch {
    throw new ViewFormatError('the header of an answer cannot be read');
  }
  const columns = new ColumnReader(buffer, headBytes + headerBytes);
  const frames = header.frames.map((frame) => columns.frame(frame));
  return header.answers.map(({ key, refId, rename, shared = false }) => ({
    key,
    frames: frames.map((frame) => named(frame, refId, rename)),
    error: header.error,
    cost: { ...header.cost, shared },
  }));
}

function named(frame: Frame, refId: string | undefined, rename: Record<string, string> | undefined): Frame {
  if (!rename) return refId === undefined || refId === frame.refId ? frame : { ...frame, refId };
  const fields = frame.fields.map((field) => ({ ...field, name: rename[field.name] ?? field.name }));
  return { ...frame, refId: refId ?? frame.refId, fields };
}

/** Reads columns where they lie. Columns that are the same are one array. */
class ColumnReader {
  private readonly known = new Map<string, Float64Array>();

  constructor(
    private readonly buffer: ArrayBuffer,
    private readonly offset: number,
  ) {}

  frame({ name, refId, length, meta, fields }: FrameHeader): Frame {
    const frame: Frame = { fields: fields.map((field) => this.field(field, length)), length };
    if (name !== undefined) frame.name = name;
    if (refId !== undefined) frame.refId = refId;
    if (meta) frame.meta = meta;
    return frame;
  }

  private field(header: FieldHeader, length: number): Field {
    const { name, type, labels, config = {} } = header;
    const base = { name, config, ...(labels && { labels }) };
    if (type === 'time' || type === 'number') return { ...base, type, values: this.numbers(header, length) };
    return { ...base, type, values: this.words(header, length) ?? header.values ?? [] };
  }

  private numbers({ at, start, step }: FieldHeader, length: number): Float64Array {
    const key = at === undefined ? `${start}+${step}*${length}` : `${at}:${length}`;
    let values = this.known.get(key);
    if (values) return values;
    if (at !== undefined) {
      this.check(at, length * 8);
      values = new Float64Array(this.buffer, this.offset + at, length);
    } else {
      values = new Float64Array(length);
      for (let i = 0; i < length; i++) values[i] = (start ?? Number.NaN) + i * (step ?? 0);
    }
    this.known.set(key, values);
    return values;
  }

  private words({ words, at }: FieldHeader, length: number): (string | null)[] | undefined {
    if (!words || at === undefined) return undefined;
    this.check(at, length * 4);
    const indexes = new Uint32Array(this.buffer, this.offset + at, length);
    return Array.from(indexes, (index) => (index === 0 ? null : (words[index - 1] ?? null)));
  }

  private check(at: number, bytes: number): void {
    if (at < 0 || at % 8 !== 0 || this.offset + at + bytes > this.buffer.byteLength) {
      throw new ViewFormatError('a column of an answer lies outside of it');
    }
  }
}
