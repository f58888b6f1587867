import './notice.css';
import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api/errors';
import { text } from '../i18n/text';
import { Button } from './button';
import { Icon, type IconName } from './icon';

/** A request that failed, where its result would have been. Shows nothing for an aborted one. */
export function ErrorNotice({ error, onRetry }: { error: ApiError; onRetry?: () => void }) {
  if (error.kind === 'aborted') return null;
  return (
    <div class="notice is-bad" role="alert">
      <Icon name="error" />
      <div class="notice-body">
        <strong>{text.value.error[error.kind]}</strong>
        <p class="notice-detail">{error.message}</p>
      </div>
      {onRetry && <Button onClick={onRetry}>{text.value.common.retry}</Button>}
    </div>
  );
}

export type NoticeProps = {
  level: 'info' | 'ok' | 'warn' | 'bad';
  title?: string;
  children?: ComponentChildren;
};

const noticeIcons: Record<NoticeProps['level'], IconName> = {
  info: 'info',
  ok: 'check',
  warn: 'warning',
  bad: 'error',
};

export function Notice({ level, title, children }: NoticeProps) {
  return (
    <div class={`notice is-${level}`}>
      <Icon name={noticeIcons[level]} />
      <div class="notice-body">
        {title && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}

export type EmptyStateProps = { icon?: IconName; title: string; children?: ComponentChildren };

/** Where a list or a page has nothing to show: what that means and what to do. */
export function EmptyState({ icon = 'info', title, children }: EmptyStateProps) {
  return (
    <div class="empty-state">
      <Icon name={icon} size={20} />
      <h2>{title}</h2>
      {children && <div class="empty-state-body">{children}</div>}
    </div>
  );
}

/** Holds the place of what is loading. Sizes are CSS lengths. */
export function Skeleton({ width = '100%', height = '16px' }: { width?: string; height?: string }) {
  return <span class="skeleton" style={{ width, height }} aria-hidden="true" />;
}
