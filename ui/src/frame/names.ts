import type { Field, Frame } from './frame';

/** `{a="1", b="2"}`, by label name. */
export function labelText(labels: Record<string, string> | undefined): string {
  const names = Object.keys(labels ?? {}).sort();
  if (names.length === 0) return '';
  return `{${names.map((name) => `${name}="${labels![name]}"`).join(', ')}}`;
}

/** The name of the one label that all fields share, when each has just that one. */
function onlyLabel(frames: readonly Frame[]): string | undefined {
  let only: string | undefined;
  for (const { fields } of frames) {
    for (const { labels } of fields) {
      for (const name in labels) {
        if (only === undefined) only = name;
        else if (only !== name) return undefined;
      }
    }
  }
  return only;
}

/** Names of one frame's fields where several are called the same: `Value 1`, `Value 2`. */
function numbered(name: string, field: Field, frame: Frame): string {
  const same = frame.fields.filter((other) => other.name === name && other.type === field.type);
  return same.length < 2 ? name : `${name} ${same.indexOf(field) + 1}`;
}

type Named = { name: string; isOwn: boolean };

function baseName(field: Field, frame: Frame, only: string | undefined, framesDiffer: boolean): Named {
  const { config, labels, name } = field;
  if (config.displayName) return { name: config.displayName, isOwn: true };
  if (config.displayNameFromDS) return { name: config.displayNameFromDS, isOwn: true };
  const hasLabels = labels !== undefined && Object.keys(labels).length > 0;
  if (field.type === 'time' && !hasLabels) return { name: name || 'Time', isOwn: false };
  const parts: string[] = [];
  const isValue = !name || name === 'Value';
  if (framesDiffer && frame.name) parts.push(frame.name);
  const hasFrameName = parts.length > 0;
  if (!isValue && !(hasFrameName && name === frame.name)) parts.push(name);
  const label = hasLabels ? (only === undefined ? labelText(labels) : labels[only]) : undefined;
  if (label) parts.push(label);
  else if (isValue && !hasFrameName && frame.name) parts.push(frame.name);
  return { name: parts.join(' ') || name || 'Value', isOwn: false };
}

/**
 * What each field is called where it is shown: what the config or the source
 * say, else frame, field and labels as far as they tell fields apart.
 */
export function displayNames(frames: readonly Frame[]): Map<Field, string> {
  const only = onlyLabel(frames);
  const framesDiffer = frames.some(({ name }) => name !== frames[0]!.name);
  const names = new Map<Field, string>();
  for (const frame of frames) {
    for (const field of frame.fields) {
      const { name, isOwn } = baseName(field, frame, only, framesDiffer);
      names.set(field, !isOwn && name === field.name ? numbered(name, field, frame) : name);
    }
  }
  return names;
}

/** A field's name: as `applyFieldConfig` left it, or the plain one before. */
export function displayName(field: Field): string {
  return (
    field.state?.displayName ?? (field.config.displayName || field.config.displayNameFromDS || field.name)
  );
}
