import type { Result } from '../api/errors';
import { text } from '../i18n/text';
import { toast } from './toasts';

/** Tells how a change ended: a word where it worked, the reason where it did not. */
export async function act<T>(change: Promise<Result<T>>, done?: string): Promise<T | null> {
  const result = await change;
  if (result.ok) {
    if (done) toast({ level: 'ok', message: done });
    return result.data;
  }
  const { error } = result;
  if (error.kind !== 'aborted')
    toast({ level: 'bad', message: text.peek().error[error.kind], detail: error.message });
  return null;
}
