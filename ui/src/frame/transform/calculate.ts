import type { Matcher } from '../../dashboard/model';
import { cellOf, fieldOf } from '../columns';
import { type Field, type Frame, isNumberField, isTimeField, type NumberField } from '../frame';
import { fieldMatcher } from '../matchers';
import { reduceField, reducerOf } from '../reduce';
import { listOf, naming, recordOf, type TransformContext, type Transformer, textOf } from './context';
import { joinFrames } from './join';

type NameOf = (field: Field) => string;
type Made = { name: string; values: Float64Array };
type Options = Record<string, unknown>;

const binaryOperators: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '**': (a, b) => a ** b,
  '%': (a, b) => a % b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
};

const unaryOperators: Record<string, (value: number) => number> = {
  abs: Math.abs,
  exp: Math.exp,
  ln: Math.log,
  floor: Math.floor,
  ceil: Math.ceil,
  round: Math.round,
  sqrt: Math.sqrt,
};

/** Adds a field worked out from the others of its frame, or leaves that alone with the time. */
export const calculateField: Transformer = (frames, options, context) => {
  const isSeries = frames.length > 1 && frames.every(({ fields }) => fields.some(isTimeField));
  // Several series are one table first.
  const tables = isSeries ? joinFrames(frames, undefined, 'outer') : frames;
  const name = naming(tables);
  return tables.map((frame) => {
    const made = calculate(frame, name, options, context);
    if (made.length === 0) return frame;
    const fields = made.map((one) => fieldOf('number', Array.from(one.values), { name: one.name }));
    if (!options.replaceFields) return { ...frame, fields: [...frame.fields, ...fields] };
    return { ...frame, fields: [...frame.fields.filter(isTimeField).slice(0, 1), ...fields] };
  });
};

function calculate(frame: Frame, name: NameOf, options: Options, context: TransformContext): Made[] {
  const alias =
    textOf(options.alias) && (context.interpolate?.(String(options.alias)) ?? String(options.alias));
  const one = (values: Float64Array | undefined, fallback: string): Made[] =>
    values ? [{ name: alias || fallback, values }] : [];
  switch (options.mode ?? 'reduceRow') {
    case 'binary':
      return binary(frame, name, recordOf(options.binary), alias, context);
    case 'unary': {
      const { operator, fieldName } = recordOf(options.unary);
      const apply = unaryOperators[String(operator)];
      const field = frame.fields.find(
        (candidate) => isNumberField(candidate) && name(candidate) === fieldName,
      );
      return one(
        apply && (field as NumberField | undefined)?.values.map(apply),
        `${operator}(${fieldName ?? ''})`,
      );
    }
    case 'index': {
      const { asPercentile } = recordOf(options.index);
      return one(
        Float64Array.from({ length: frame.length }, (_, row) => (asPercentile ? row / frame.length : row)),
        'Row',
      );
    }
    case 'cumulativeFunctions': {
      const { field: wanted, reducer = 'sum' } = recordOf(options.cumulative);
      const field = numberNamed(frame, name, wanted);
      return one(
        field && cumulative(field.values, String(reducer)),
        `cumulative ${reducer}${wanted ? `(${wanted})` : ''}`,
      );
    }
    case 'windowFunctions': {
      const inner = recordOf(options.window);
      const field = numberNamed(frame, name, inner.field);
      const kind = inner.windowAlignment === 'centered' ? 'centered ' : 'trailing ';
      const fallback = `${kind}moving ${inner.reducer}${inner.field ? `(${inner.field})` : ''}`;
      return one(field && windowed(field.values, inner), fallback);
    }
    default: {
      const inner = recordOf(options.reduce);
      const id = textOf(inner.reducer) ?? 'sum';
      return one(reduceRows(frame, name, listOf(inner.include), id), reducerOf(id)?.name[0] ?? id);
    }
  }
}

function numberNamed(frame: Frame, name: NameOf, wanted: unknown): NumberField | undefined {
  return frame.fields.filter(isNumberField).find((field) => name(field) === wanted || field.name === wanted);
}

function reduceRows(frame: Frame, name: NameOf, include: unknown[], id: string): Float64Array | undefined {
  const wanted = new Set(include.map(String));
  const fields = frame.fields
    .filter(isNumberField)
    .filter((field) => wanted.size === 0 || wanted.has(name(field)));
  if (fields.length === 0) return undefined;
  const row = new Float64Array(fields.length);
  const across: NumberField = { name: '', type: 'number', config: {}, values: row };
  return Float64Array.from({ length: frame.length }, (_, index) => {
    for (let i = 0; i < fields.length; i++) row[i] = fields[i]!.values[index]!;
    const value = reduceField(across, [id])[id];
    return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : Number.NaN;
  });
}

type Operand = { name: string; at(row: number): number };

function binary(
  frame: Frame,
  name: NameOf,
  options: Options,
  alias: string | undefined,
  context: TransformContext,
): Made[] {
  const operator = textOf(options.operator) ?? '+';
  const apply = binaryOperators[operator];
  if (!apply) return [];
  const lefts = operands(frame, name, options.left, context);
  const right = operands(frame, name, options.right, context)[0];
  if (!right) return [];
  return lefts.map((left) => ({
    name: (lefts.length === 1 && alias) || `${left.name} ${operator} ${right.name}`,
    values: Float64Array.from({ length: frame.length }, (_, row) => apply(left.at(row), right.at(row))),
  }));
}

/** A field by name, all that fit a matcher, or a number that is always the same. */
function operands(frame: Frame, name: NameOf, side: unknown, context: TransformContext): Operand[] {
  const { fixed, matcher } = recordOf(side);
  const asOperand = (field: Field): Operand => ({
    name: name(field),
    // What is not there counts as nothing.
    at: (row) => Number(cellOf(field, row) ?? 0),
  });
  if (matcher && typeof side === 'object') {
    const { id, options } = matcher as Matcher;
    const fits = fieldMatcher({ id, options });
    return frame.fields.filter((field) => isNumberField(field) && fits(field, frame, name)).map(asOperand);
  }
  const given = typeof side === 'object' ? fixed : side;
  if (given === undefined || given === null || given === '') return [];
  const text = context.interpolate?.(String(given)) ?? String(given);
  const field = frame.fields.find((candidate) => name(candidate) === text || candidate.name === text);
  if (field) return [asOperand(field)];
  const value = Number(text);
  return Number.isNaN(value) ? [] : [{ name: text, at: () => value }];
}

function cumulative(values: Float64Array, reducer: string): Float64Array {
  let total = 0;
  return values.map((value, row) => {
    if (!Number.isNaN(value)) total += value;
    return reducer === 'mean' ? total / (row + 1) : total;
  });
}

/** Over the rows around each: before it, or on both sides. */
function windowed(values: Float64Array, options: Options): Float64Array {
  const asked = Number(options.windowSize ?? 0.1);
  const share = options.windowSizeMode !== 'fixed';
  const size = Math.max(1, share ? Math.round(asked * values.length) : Math.round(asked));
  const isCentered = options.windowAlignment === 'centered';
  const before = isCentered ? Math.floor(size / 2) : size - 1;
  const after = isCentered ? Math.floor(size / 2) - (size % 2 === 0 ? 1 : 0) : 0;
  const id = String(options.reducer ?? 'mean');
  return values.map((_, row) => {
    const part = values.subarray(Math.max(0, row - before), Math.min(values.length, row + after + 1));
    const found = reduceField({ name: '', type: 'number', config: {}, values: part }, [id])[id];
    return typeof found === 'number' ? found : Number.NaN;
  });
}
