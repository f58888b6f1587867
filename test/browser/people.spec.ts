import type { Page } from '@playwright/test';
import { adminAuthorization, adminPassword, api, panel, saveDashboard } from './dashboard-page';
import { badRequests, expect, test } from './fixtures';

test.use({ expectedErrors: [badRequests] });

async function logIn(page: Page, user: string, password: string): Promise<void> {
  await page.getByLabel('Username or email').fill(user);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
}

async function addUser(url: string, login: string, role: string): Promise<string> {
  const password = `${login}-password`;
  await api.post(url, '/api/admin/users', { login, password, role });
  return password;
}

test('a login leads back to where one was, and a logout ends it', async ({ page, startDefaults }) => {
  const { url } = await startDefaults(['--no-auth.anonymous']);
  await page.goto(`${url}/status/flags?search=web`);
  await expect(page).toHaveURL(/\/login\?to=/);
  await logIn(page, 'admin', 'wrong');
  await expect(page.getByRole('alert')).toContainText('Wrong username or password');
  await logIn(page, 'admin', adminPassword);
  await expect(page).toHaveURL(`${url}/status/flags?search=web`);
  await expect(page.getByRole('heading', { level: 1, name: 'Status' })).toBeVisible();
  expect(await page.evaluate(() => document.cookie), 'scripts see the session').toBe('');

  await page.getByRole('button', { name: 'User menu: admin' }).click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await expect(page).toHaveURL(/\/login$/);
  const refused = await page.evaluate(
    (path) => fetch(path).then((response) => response.status),
    `${url}/api/org`,
  );
  expect(refused).toBe(401);
});

test('who guesses is told to wait', async ({ page, startDefaults }) => {
  const { url } = await startDefaults();
  await page.goto(`${url}/login`);
  for (let n = 0; n < 6; n++) {
    await logIn(page, 'admin', `guess ${n}`);
    await expect(page.getByRole('button', { name: 'Log in' })).toHaveText('Log in');
    await expect(page.getByRole('alert')).not.toBeEmpty();
    if (await page.getByText(/Too many failed attempts/).isVisible()) break;
  }
  await expect(page.getByRole('alert')).toContainText(/Try again in \d+ seconds/);
  await expect(page.getByRole('button', { name: 'Log in' })).toBeDisabled();
});

test('a Viewer sees, and changes nothing', async ({ page, startDefaults }) => {
  const { url } = await startDefaults();
  await saveDashboard(url, { uid: 'seen', title: 'Seen by all', panels: [panel('Up', 'up', [0, 0, 12, 8])] });
  const password = await addUser(url, 'vera', 'Viewer');
  await page.goto(`${url}/login?to=/d/seen`);
  await logIn(page, 'vera', password);
  await expect(page.getByRole('heading', { level: 1, name: 'Seen by all' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Edit/ })).toHaveCount(0);
  const codes = await page.evaluate(async () => {
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ dashboard: { uid: 'seen', title: 'Taken over' }, overwrite: true });
    const save = await fetch('api/dashboards/db', { method: 'POST', headers, body });
    const own = await fetch('api/monopod/v1/dashboards', { method: 'POST', headers, body });
    const users = await fetch('api/users');
    return [save.status, own.status, users.status];
  });
  expect(codes).toEqual([403, 403, 403]);
  for (const path of ['users', 'tokens', 'datasources']) {
    await page.goto(`${url}/${path}`);
    await expect(page.getByText(/Only an Admin/)).toBeVisible();
  }
  await page.getByRole('button', { name: 'User menu: vera' }).click();
  await expect(page.getByRole('link', { name: 'Profile' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Users' })).toHaveCount(0);
});

test('an Editor has what a Viewer has not', async ({ page, startDefaults }) => {
  const { url } = await startDefaults();
  await saveDashboard(url, { uid: 'seen', title: 'Seen by all', panels: [panel('Up', 'up', [0, 0, 12, 8])] });
  const password = await addUser(url, 'eddie', 'Editor');
  await page.goto(`${url}/login?to=/d/seen`);
  await logIn(page, 'eddie', password);
  await expect(page.getByRole('button', { name: /^Edit/ }).first()).toBeVisible();
});

test('users are added, change role and go', async ({ page, startDefaults }) => {
  const { url } = await startDefaults();
  await page.goto(`${url}/login?to=/users`);
  await logIn(page, 'admin', adminPassword);
  await page.getByRole('button', { name: 'New user' }).click();
  const dialog = page.getByRole('dialog', { name: 'New user' });
  await expect(dialog.getByLabel('Username')).toBeFocused();
  await dialog.getByLabel('Username').fill('eddie');
  await dialog.getByLabel('Password', { exact: true }).fill('short');
  await dialog.getByRole('button', { name: 'Create user' }).click();
  await expect(dialog.getByLabel('Password', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await dialog.getByLabel('Password', { exact: true }).fill('eddie-password');
  await dialog.getByRole('button', { name: 'Create user' }).click();
  const role = page.getByLabel('Role of eddie');
  await expect(role).toHaveValue('Viewer');
  await role.selectOption('Editor');
  await expect(page.getByText('eddie is now Editor')).toBeVisible();
  await page.reload();
  await expect(role).toHaveValue('Editor');
  // The last Admin stays, and the page says so.
  await page.getByLabel('Role of admin').selectOption('Viewer');
  await expect(page.getByText(/the last Admin/)).toBeVisible();
  await expect(page.getByLabel('Role of admin')).toHaveValue('Admin');
  await page.getByRole('row', { name: /eddie/ }).getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(role).toHaveCount(0);
});

test('a token is shown once, works, and stops working when it is deleted', async ({
  page,
  startDefaults,
}) => {
  const { url } = await startDefaults();
  await page.goto(`${url}/login?to=/tokens`);
  await logIn(page, 'admin', adminPassword);
  await page.getByRole('button', { name: 'New service account' }).click();
  await page.getByLabel('Name').fill('deploy');
  await page.getByRole('dialog').getByLabel('Role').selectOption('Editor');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByLabel('Name').fill('laptop');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  const token = await page
    .getByRole('dialog')
    .getByText(/^monopod_sa_/)
    .textContent();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('row', { name: /laptop/ })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('row', { name: /laptop/ })).toBeVisible();
  expect(await page.content()).not.toContain(token);

  const ask = () => fetch(`${url}/api/org/users/lookup`, { headers: { Authorization: `Bearer ${token}` } });
  expect((await ask()).status).toBe(200);
  await page
    .getByRole('button', { name: 'Delete the token laptop' })
    .or(page.getByTitle('Delete the token laptop'))
    .first()
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No tokens yet')).toBeVisible();
  expect((await ask()).status).toBe(401);
});

test('a session that ends while something is typed loses nothing', async ({
  page,
  context,
  startDefaults,
}) => {
  const { url } = await startDefaults();
  await page.goto(`${url}/login?to=/profile`);
  await logIn(page, 'admin', adminPassword);
  await page.getByLabel('Name', { exact: true }).fill('Ada');
  await context.clearCookies();
  await page.getByRole('form', { name: 'You' }).getByRole('button', { name: 'Save' }).click();
  const dialog = page.getByRole('dialog', { name: 'Log in again' });
  await expect(dialog.getByLabel('Password', { exact: true })).toBeFocused();
  await dialog.getByLabel('Password', { exact: true }).fill('wrong');
  await dialog.getByRole('button', { name: 'Log in' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Wrong');
  await dialog.getByLabel('Password', { exact: true }).fill(adminPassword);
  await dialog.getByRole('button', { name: 'Log in' }).click();
  await expect(page.getByText('Profile saved')).toBeVisible();
  await expect(page.getByRole('button', { name: 'User menu: admin' })).toHaveText('Ada');
});

test('preferences follow the person to another browser', async ({ page, browser, startDefaults }) => {
  const { url } = await startDefaults();
  await page.goto(`${url}/login?to=/profile`);
  await logIn(page, 'admin', adminPassword);
  const form = page.getByRole('form', { name: 'Preferences' });
  await form.getByLabel('Theme').selectOption('dark');
  await form.getByLabel('Language').selectOption('ko-KR');
  await form.getByLabel('Time zone').selectOption('Asia/Seoul');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '프로필' })).toBeVisible();
  const other = await browser.newContext({ extraHTTPHeaders: { Authorization: adminAuthorization } });
  const there = await other.newPage();
  await there.goto(`${url}/targets`);
  await expect(there.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(there.locator('html')).toHaveAttribute('lang', 'ko');
  await other.close();
});

test('a data source is added, tested and kept without showing its secret', async ({
  page,
  startDefaults,
}) => {
  const { url } = await startDefaults();
  await page.goto(`${url}/login?to=/datasources`);
  await logIn(page, 'admin', adminPassword);
  await page.getByRole('button', { name: 'New data source' }).click();
  await page.getByRole('button', { name: 'Test' }).click();
  await expect(page.getByText('URL is missing')).toBeVisible();
  await page.getByLabel('URL').fill('http://127.0.0.1:1');
  await page.getByRole('button', { name: 'Test' }).click();
  await expect(page.getByText('It does not work')).toBeVisible();
  await page.getByLabel('URL').fill(url);
  await page.getByLabel('Basic authentication', { exact: true }).check();
  await page.getByLabel('Username of basic authentication').fill('admin');
  await page.getByLabel('Password of basic authentication', { exact: true }).fill(adminPassword);
  await page.getByRole('button', { name: 'Test' }).click();
  await expect(page.getByText('It works')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page).not.toHaveURL(/\/new$/);
  await page.reload();
  const secret = page.getByLabel('Password of basic authentication', { exact: true });
  await expect(secret).toHaveValue('');
  await expect(secret).toHaveAttribute('placeholder', /Set/);
  await page.getByLabel('Name', { exact: true }).fill('Renamed');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Data source saved')).toBeVisible();
  await page.getByRole('button', { name: 'Test' }).click();
  await expect(page.getByText('It works')).toBeVisible();
  await page.getByRole('link', { name: 'All data sources' }).click();
  await expect(page.getByRole('link', { name: 'Renamed' })).toBeVisible();
});

test('at the width of a phone nothing stands out of the page', async ({ page, startDefaults }) => {
  const { url } = await startDefaults();
  await page.setViewportSize({ width: 375, height: 700 });
  await page.goto(`${url}/login?to=/users`);
  await logIn(page, 'admin', adminPassword);
  await expect(page.getByLabel('Role of admin')).toBeVisible();
  for (const path of ['users', 'tokens', 'datasources', 'datasources/new', 'profile']) {
    await page.goto(`${url}/${path}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBe(375);
  }
});
