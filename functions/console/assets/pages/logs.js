// @ts-check
/** The activity log, in sentences. */
import { html, nothing } from '../lib/lit-html.js';
import { call, list } from '../api.js';
import { Form, outcome, summary } from '../parts/form.js';
import { filter, filtered, filters, none, pager, reading, search, table } from '../parts/list.js';
import { groups, organizations } from '../names.js';
import { counted, when } from '../words.js';

const CHANGES = 'create,update,delete,set-restrictions';
const VERBS = /** @type {Record<string, string>} */ ({ create: 'added', read: 'looked at', update: 'changed', delete: 'removed', 'set-restrictions': 'set restrictions of' });
const THINGS = /** @type {Record<string, string>} */ ({ users: 'the user', groups: 'the group', organizations: 'the organization', connections: 'the connection with', 'api-keys': 'the API key',
  accounts: 'the account', invitations: 'the invitation of', sessions: 'the session of', mfa: 'the second factor of', passwords: 'the password of', logs: 'the log', 'access-checks': 'an access check of' });
/** What has a sentence of its own, by action and type. @type {Record<string, (who: string, what: string) => string>} */
const SENTENCES = {
  'create sessions': (who) => `${who} signed in`, 'delete sessions': (who) => `${who} signed out`, 'update sessions': (who, what) => (what && what !== who ? `${who} went into ${what}` : `${who} changed the account`),
  'create users': (who, what) => `${who} invited ${what}`, 'update invitations': (who, what) => (who === what ? `${who} accepted the invitation` : `${who} changed the invitation of ${what}`),
  'create invitations': (who, what) => `${who} sent the invitation of ${what} again`, 'create mfa': (who) => `${who} set up a second factor`, 'delete mfa': (who, what) => `${who} took away the second factor of ${what}`,
  'update passwords': (who, what) => `${who} changed the password of ${what}`, 'create connections': (who, what) => `${who} offered GlueConnect to ${what}`,
};
/** Notes of the schedule and the mail: nobody did them. @type {Record<string, (what: string) => string>} */
const OF_ITSELF = { 'update invitations': (what) => `The invitation of ${what} expired` };

/** @param {any} has */
export function sentence(has) {
  const who = has['user-name'] ?? (has['api-key-id'] ? 'An API key' : null);
  const what = has['resource-name'] || (has['resource-id'] ? `No. ${has['resource-id']}` : has['resource-type']);
  const kind = `${has.action} ${has['resource-type']}`;
  if (!who && OF_ITSELF[kind]) return OF_ITSELF[kind](what);
  return SENTENCES[kind]?.(who ?? 'Nobody who is known', what)
    ?? `${who ?? 'Nobody who is known'} ${VERBS[has.action] ?? has.action} ${THINGS[has['resource-type']] ?? has['resource-type']} ${what}`;
}

/** @param {import('../main.js').Page} page */
export default async function logs(page) {
  const { query } = page;
  const reads = query.get('reads') === 'yes';
  const has = (/** @type {string} */ name) => query.get(name) ?? undefined;
  const edge = (/** @type {string} */ name, /** @type {string} */ time) => (query.get(name) ? new Date(`${query.get(name)}T${time}`).toISOString() : '*');
  const wanted = { 'filter[action]': has('action') ?? (reads ? undefined : CHANGES), 'filter[user-id]': has('user'), 'filter[organization-id]': has('organization'), 'filter[resource-id]': has('resource'),
    'filter[account-id]': has('account'), 'filter[outcome]': has('outcome'), 'filter[search]': has('search'), 'filter[created-at]': query.get('from') || query.get('to') ? `${edge('from', '00:00:00')},${edge('to', '23:59:59.999')}` : undefined };
  let answer = page.kept.answer;
  /** @type {import('../names.js').Named[]} */ let known = [];
  // What changed names organizations and groups by their ids.
  const named = (/** @type {string} */ text) => text.replace(/\d{9,}/g, (id) => known.find((row) => row.id === id)?.name ?? id);
  const form = new Form(() => show());
  const download = () => form.submit(null, async () => {
    const blob = await call('GET', '/logs', { query: { ...wanted, 'page[size]': '1000' }, accept: 'text/csv' });
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: 'activity-log.csv' });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    form.done = answer.meta['total-count'] > 1000 ? 'The latest 1,000 entries of this list are in the file. Narrow it by time for others.' : 'The file has every entry of this list.';
  });
  const only = (/** @type {string} */ name, /** @type {string | null} */ id, /** @type {string} */ word) => (id ? html`<a href=${filtered(page.url, { [name]: id })} aria-label="Only ${word}">${word}</a>` : word);
  /** @param {any} entry */
  const row = ({ attributes: one }) => [html`${sentence(one)}${one.outcome === 'allowed' ? nothing : html` <span class="tone fault">refused: ${one.outcome}</span>`}
      ${one.changes.length ? html`<details class="changes" ?open=${one.changes.length < 4}><summary>${counted(one.changes.length, 'detail')}</summary><ul>${one.changes.map((/** @type {any} */ change) => html`<li>
        ${change.name}: ${change.from === null ? nothing : html`<s>${named(change.from)}</s> → `}${change.to === null ? '–' : named(change.to)}</li>`)}</ul></details>` : nothing}`,
    when(one['created-at'], 'exact'), one['user-name'] ? only('user', one['user-id'], one['user-name']) : '–', ...(answer.meta['account-column'] ? [only('account', one['account-id'], one['account-name'] ?? '–')] : []),
    one['organization-name'] ? only('organization', one['organization-id'], one['organization-name']) : '–', html`<span class="whole">${one['ip-address'] ?? '–'}</span>`];
  const only_ = [['user', 'one user'], ['organization', 'one organization'], ['resource', 'one thing'], ['account', 'one account']].filter(([name]) => query.get(name)).map(([, word]) => word);
  const narrowed = [...query.keys()].some((name) => name !== 'page' && name !== 'reads');
  const show = () => page.show('Activity Logs', html`${filters(page, html`${search(page, 'Name or id')}
      ${filter(page, 'action', 'Action', 'Every action', [['create', 'Added'], ['update', 'Changed'], ['delete', 'Removed'], ['set-restrictions', 'Restrictions set'], ['read', 'Read']])}
      <label><span>From</span><input type="date" name="from" value=${query.get('from') ?? ''}></label><label><span>To</span><input type="date" name="to" value=${query.get('to') ?? ''}></label>
      ${filter(page, 'outcome', 'Outcome', 'Every outcome', [['allowed', 'Allowed'], ['role-too-low', 'Role too low'], ['security-permission', 'Security permission'], ['wrong-password', 'Wrong password']])}
      ${['user', 'organization', 'resource', 'account'].map((name) => (query.get(name) ? html`<input type="hidden" name=${name} value=${query.get(name)}>` : nothing))}
      <label class="tick"><input type="checkbox" name="reads" value="yes" ?checked=${reads}>Show reads</label>`)}
    ${summary(form)}${outcome(form)}
    ${answer?.data.length ? html`<div class="beside"><p class="hint">${only_.length ? `Only ${only_.join(' and ')}. ` : nothing}${narrowed ? html`<a href=${page.url.pathname}>Clear the filters</a>` : nothing}</p><button class="second small" aria-busy=${form.busy} @click=${download}>Download as CSV</button></div>
      <div class="panel">${table('Activity', ['What', 'When', 'User', ...(answer.meta['account-column'] ? ['Account'] : []), 'Organization', 'IP address'], answer.data.map(row))}</div>${pager(page, answer.meta)}`
      : answer ? none(page, 'Nothing yet.', narrowed) : nothing}`);
  await reading(page, form, show, async () => { 
    answer = page.kept.answer = await list('/logs', wanted, query);
    const ids = answer.data.some((/** @type {any} */ entry) => entry.attributes.changes.some((/** @type {any} */ { name }) => ['groups', 'organizations', 'parent-id'].includes(name)));
    if (ids) known = (await Promise.all([groups(), organizations().then(({ rows }) => rows)])).flat();
  });
}
