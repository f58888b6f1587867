import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { Button } from '../../../components/button';
import { EmptyState, Skeleton } from '../../../components/notice';
import { text } from '../../../i18n/text';

/** A component in a chunk of its own, and what stands there until it has come. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return function Later(props: P) {
    const loaded = useSignal<{ component: ComponentType<P> } | 'failed' | null>(null);
    const attempt = useSignal(0);
    useEffect(() => {
      let isGone = false;
      load().then(
        (component) => {
          if (!isGone) loaded.value = { component };
        },
        () => {
          if (!isGone) loaded.value = 'failed';
        },
      );
      return () => {
        isGone = true;
      };
    }, [attempt.value]);
    if (loaded.value === 'failed') {
      return (
        <EmptyState icon="warning" title={text.value.common.pageFailed}>
          <p>{text.value.common.pageFailedHint}</p>
          <Button
            onClick={() => {
              loaded.value = null;
              attempt.value++;
            }}
          >
            {text.value.common.retry}
          </Button>
        </EmptyState>
      );
    }
    if (!loaded.value) return <Skeleton height="60dvh" />;
    const { component: Loaded } = loaded.value;
    return <Loaded {...props} />;
  };
}
