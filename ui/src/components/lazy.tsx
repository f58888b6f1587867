import { signal } from '@preact/signals';
import type { ComponentType, VNode } from 'preact';
import { useEffect } from 'preact/hooks';

/**
 * A component in a chunk of its own, which comes when it is shown first. Until
 * then, and where the chunk does not come, `placeholder` stands in for it; the
 * next one that is shown tries again.
 */
export function lazy<P extends object>(
  load: () => Promise<ComponentType<P>>,
  placeholder: VNode | null = null,
): ComponentType<P> {
  const loaded = signal<{ component: ComponentType<P> } | null>(null);
  return function Lazy(props: P) {
    useEffect(() => {
      if (loaded.peek()) return;
      load().then(
        (component) => {
          loaded.value = { component };
        },
        () => undefined,
      );
    }, []);
    if (!loaded.value) return placeholder;
    const { component: Loaded } = loaded.value;
    return <Loaded {...props} />;
  };
}
