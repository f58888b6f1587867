import './page.css';
import { useSignal } from '@preact/signals';
import { listAccounts } from '../../api/people';
import { useResult } from '../../api/use-result';
import { Button } from '../../components/button';
import { EmptyState, ErrorNotice, Skeleton } from '../../components/notice';
import { Page } from '../../components/page';
import { can, isMeKnown } from '../../shell/me';
import { AccountPanel } from './account-panel';
import { AddAccountDialog } from './dialogs';
import { text } from './text';

/** Service accounts and their tokens. */
export function TokensPage() {
  const t = text.value;
  if (!isMeKnown.value) return <Page title={t.title} />;
  if (!can('Admin')) {
    return (
      <Page title={t.title}>
        <EmptyState icon="key" title={t.refused}>
          {t.refusedHint}
        </EmptyState>
      </Page>
    );
  }
  return <AccountList />;
}

function AccountList() {
  const t = text.value;
  const round = useSignal(0);
  const isAdding = useSignal(false);
  const accounts = useResult((signal) => listAccounts({ signal }), 'accounts', round.value);
  const { data, error } = accounts.value;
  const refresh = () => {
    isAdding.value = false;
    round.value += 1;
  };
  return (
    <Page
      title={t.title}
      actions={
        <Button
          kind="primary"
          icon="plus"
          onClick={() => {
            isAdding.value = true;
          }}
        >
          {t.addAccount}
        </Button>
      }
    >
      <p class="tokens-about">{t.about}</p>
      {error && <ErrorNotice error={error} onRetry={refresh} />}
      {!data && !error && <Skeleton height="140px" />}
      {data?.length === 0 && (
        <EmptyState icon="key" title={t.empty}>
          {t.emptyHint}
        </EmptyState>
      )}
      <div class="tokens-list">
        {data?.map((account) => (
          <AccountPanel key={account.id} account={account} onChange={refresh} />
        ))}
      </div>
      {isAdding.value && (
        <AddAccountDialog
          onDone={refresh}
          onClose={() => {
            isAdding.value = false;
          }}
        />
      )}
    </Page>
  );
}
