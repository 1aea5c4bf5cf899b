// @ts-check
/** The activity log, in sentences. */
import { html, nothing } from '../lib/lit-html.js';
import { call, list } from '../api.js';
import { outcome, summary } from '../parts/form.js';
import { filter, filtered, filters, listing, rows, search } from '../parts/list.js';
import { groups, organizations } from '../names.js';
import { counted, when } from '../words.js';
import { me } from '../session.js';

const CHANGES = 'create,update,delete,set-restrictions';
const VERBS = /** @type {Record<string, string>} */ ({ create: 'added', read: 'looked at', update: 'changed', delete: 'removed',
  'set-restrictions': 'set restrictions of' });
const THINGS = /** @type {Record<string, string>} */ ({ users: 'the user', groups: 'the group', organizations: 'the organization',
  connections: 'the connection with', 'api-keys': 'the API key',
  accounts: 'the account', invitations: 'the invitation of', sessions: 'the session of', mfa: 'the second factor of', passwords: 'the password of',
    logs: 'the log', 'access-checks': 'an access check of' });
/** What has a sentence of its own, by action and type. @type {Record<string, (who: string, what: string) => string>} */
const SENTENCES = {
  'create sessions': (who) => `${who} signed in`, 'delete sessions': (who) => `${who} signed out`,
    'update sessions': (who, what) => (what && what !== who ? `${who} went into ${what}` : `${who} changed the account`),
  'create users': (who, what) => `${who} invited ${what}`, 'update invitations': (who, what) => (who === what ? `${who} accepted the invitation`
    : `${who} changed the invitation of ${what}`),
  'create invitations': (who, what) => `${who} sent the invitation of ${what} again`, 'create mfa': (who) => `${who} set up a second factor`,
    'delete mfa': (who, what) => `${who} removed the second factor of ${what}`,
  'update passwords': (who, what) => `${who} changed the password of ${what}`, 'create connections': (who, what) => `${who} offered GlueConnect to ${what}`,
};
/** What a change of the status is called, by type, from and to. @type {Record<string, (who: string, what: string) => string>} */
const TURNS = {
  'users active suspended': (who, what) => `${who} suspended ${what}`, 'users suspended active': (who, what) => `${who} gave ${what} access again`,
  'connections pending active': (who, what) => `${who} accepted the GlueConnect offer ${what}`, 'connections pending declined': (who, what) =>
    `${who} declined the GlueConnect offer ${what}`, 'connections active suspended': (who, what) => `${who} suspended the connection ${what}`,
  'connections suspended active': (who, what) => `${who} resumed the connection ${what}`,
};
/** Notes of the schedule and the mail: nobody did them. @type {Record<string, (what: string, has: any) => string>} */
const OF_ITSELF = { 'update invitations': (what, has) => (has.changes.some((/** @type {any} */ { to }) => to === 'expired')
  ? `The invitation of ${what} has expired` : `The invitation of ${what} did not arrive`) };

/** @param {any} has */
export function sentence(has) {
  const who = has['user-name'] ?? (has['api-key-id'] ? 'An API key' : null);
  const type = has['resource-type'];
  const name = has['resource-name'] || (has['resource-id'] ? `No. ${has['resource-id']}` : '');
  const kind = `${has.action} ${type}`;
  if (!who && OF_ITSELF[kind]) return OF_ITSELF[kind](name, has);
  const somebody = who ?? 'Someone unknown';
  if (kind === 'create sessions' && has.outcome !== 'allowed') return `${somebody} tried to sign in`;
  // Who comes from an account that is let in has signed in at home.
  if (kind === 'create sessions' && who && has['account-id'] && has['account-id'] !== me.account.id) return `${who} of ${has['account-name']} came in`;
  /** @param {string} of */
  const change = (of) => has.changes.find((/** @type {any} */ one) => one.name === of);
  const turned = has.action === 'update' && change('status');
  const turn = turned && TURNS[`${type} ${turned.from} ${turned.to}`];
  if (turn) return turn(somebody, name);
  if (kind === 'update invitations' && who !== name && change('invitation-expires-at')) return `${somebody} sent the invitation of ${name} again`;
  if (type === 'restrictions' && has.action !== 'read') {
    const verb = /** @type {Record<string, string>} */ ({ create: 'restricted', delete: 'opened' })[has.action] ?? 'changed who has access to';
    return `${somebody} ${verb} ${[name, has['resource-id']].filter(Boolean).join(' ')}`;
  }
  // A list has no name.
  const what = name ? `${THINGS[type] ?? type} ${name}` : type;
  return SENTENCES[kind]?.(somebody, name || type) ?? `${somebody} ${VERBS[has.action] ?? has.action} ${what}`;
}

/** Filters that come with a link, each with its word. @type {[string, string][]} */
const ONLY = [['user', 'one user'], ['organization', 'one organization'], ['resource', 'one thing'], ['account', 'one account']];
/** What changes name by ids. */
const BY_IDS = ['groups', 'organizations', 'parent-id'];

/** @param {Page} page */
export default async function logs(page) {
  const { query } = page;
  const has = (/** @type {string} */ name) => query.get(name) ?? undefined;
  const edge = (/** @type {string} */ name, /** @type {string} */ time) => (query.get(name) ? new Date(`${query.get(name)}T${time}`).toISOString() : '*');
  const reads = query.get('reads') === 'yes';
  const only = ONLY.filter(([name]) => query.get(name));
  const narrowed = [...query.keys()].some((name) => name !== 'page' && name !== 'reads');
  const wanted = { 'filter[action]': has('action') ?? (reads ? undefined : CHANGES), 'filter[outcome]': has('outcome'), 'filter[search]': has('search'),
    'filter[user-id]': has('user'), 'filter[organization-id]': has('organization'), 'filter[resource-id]': has('resource'),
      'filter[account-id]': has('account'),
    'filter[created-at]': query.get('from') || query.get('to') ? `${edge('from', '00:00:00')},${edge('to', '23:59:59.999')}` : undefined };
  /** @type {Named[]} */ let known = [];
  const read = async () => {
    const answer = await list('/logs', wanted, query);
    const changes = answer.data.flatMap((/** @type {any} */ entry) => entry.attributes.changes);
    if (changes.some((/** @type {any} */ { name }) => BY_IDS.includes(name))) known = (await
      Promise.all([groups(), organizations().then(({ rows }) => rows)])).flat();
    return answer;
  };
  /** @param {Form} form @param {number} total */
  const download = (form, total) => form.submit(null, async () => {
    const blob = await call('GET', '/logs', { query: { ...wanted, 'page[size]': '1000' }, accept: 'text/csv' });
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(blob), download: 'activity-log.csv' });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    form.done = total > 1000 ? 'The latest 1,000 entries of this list are in the file. Narrow it by time for others.'
      : 'The file has every entry of this list.';
  });
  /** @param {string} name @param {string | null} id @param {string | null} word */
  const link = (name, id, word) => (id && word ? html`<a href=${filtered(page.url, { [name]: id })} aria-label="Only ${word}">${word}</a>` : word ?? '–');
  /** @param {string} text */
  const named = (text) => text.replace(/\d{9,}/g, (id) => known.find((row) => row.id === id)?.name ?? id);
  /** @param {any} change */
  const change = ({ name, from, to }) => html`<li>${name}: ${from === null ? nothing : html`<s>${named(from)}</s> → `}${to === null ? '–' : named(to)}</li>`;
  /** @param {boolean} accounts @param {any} entry */
  const cells = (accounts, { attributes: one }) => [html`${sentence(one)}${one.outcome === 'allowed' ? nothing
    : html` <span class="tone fault">refused: ${one.outcome}</span>`}
      ${one.changes.length ? html`<details class="changes" ?open=${one.changes.length < 4}><summary>${counted(one.changes.length, 'detail')}</summary>
        <ul>${one.changes.map(change)}</ul></details>` : nothing}`, when(one['created-at'], 'exact'), link('user', one['user-id'], one['user-name']),
    ...(accounts ? [link('account', one['account-id'], one['account-name'])] : []), link('organization', one['organization-id'], one['organization-name']),
    html`<span class="whole">${one['ip-address'] ?? '–'}</span>`];
  await listing(page, 'Activity Logs', read, (answer, form) => {
    const accounts = answer.meta['account-column'];
    return html`${filters(page, html`${search(page, 'Name or id')}
      ${filter(page, 'action', 'Action', 'Every action', [['create', 'Added'], ['update', 'Changed'], ['delete', 'Removed'],
        ['set-restrictions', 'Restrictions set'], ['read', 'Read']])}
      <label><span>From</span><input type="date" name="from" value=${query.get('from') ?? ''}></label><label><span>To</span><input type="date" name="to"
        value=${query.get('to') ?? ''}></label>
      ${filter(page, 'outcome', 'Outcome', 'Every outcome', [['allowed', 'Allowed'], ['role-too-low', 'Role too low'],
        ['security-permission', 'Security permission'], ['wrong-password', 'Wrong password']])}
      ${only.map(([name]) => html`<input type="hidden" name=${name} value=${query.get(name)}>`)}
      <label class="tick"><input type="checkbox" name="reads" value="yes" ?checked=${reads}>Show reads</label>`)}
    ${summary(form)}${outcome(form)}<div class="beside"><p class="hint">${only.length ? `Only ${only.map(([, word]) => word).join(' and ')}. `
      : nothing}${narrowed
      ? html`<a href=${page.url.pathname}>Clear the filters</a>` : nothing}</p>${answer.data.length ? html`<button class="second small" aria-busy=${form.busy}
        @click=${() => download(form, answer.meta['total-count'])}>Download as CSV</button>` : nothing}</div>
    ${rows(page, answer, 'Activity', ['What', 'When', 'User', ...(accounts ? ['Account'] : []), 'Organization', 'IP address'],
      (entry) => cells(accounts, entry), 'Nothing yet.', narrowed)}`;
  });
}
