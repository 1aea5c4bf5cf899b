// @ts-check
/** The users of the account, pending ones first. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, list, resource } from '../api.js';
import { outcome, summary } from '../parts/form.js';
import { filter, filters, listing, rows, search, small, tabs } from '../parts/list.js';
import { ROLES, state, when } from '../words.js';

const STATUSES = /** @type {const} */ ([['invited', 'Invited'], ['expired', 'Expired'], ['active', 'Active'], ['suspended', 'Suspended']]);
/** Mails that did not arrive, in whichever way. */
const CAME_BACK = 'bounced,suppressed,complained,failed';

/** @param {Page} page */
export default async function users(page) {
  const { query } = page;
  const myGlue = query.get('type') === 'my-glue';
  const given = (/** @type {string} */ name) => query.get(name) ?? undefined;
  // Licences are counted once, however often the filters change.
  page.kept.account ??= page.may('Administrator') ? get('/account') : null;
  const narrowed = ['search', 'role', 'status', 'mail'].some((name) => query.get(name));
  const read = async () => {
    const [answer, account] = await Promise.all([list('/users', { 'filter[my-glue]': String(myGlue), 'filter[search]': given('search'),
      'filter[role-name]': given('role'),
    'filter[status]': given('status'), 'filter[invitation-delivery]': given('mail'), sort: 'status,name' }, query), page.kept.account]);
    return { ...answer, account };
  };

  /** @param {Form} form @param {any} user */
  const resend = (form, user) => form.submit(null, async () => {
    const { data: sent } = await call('POST', `/users/${user.id}/invitation`, { data: resource('invitations', {}),
      key: form.key([user.id, user.attributes.version]) });
    Object.assign(user, sent);
    form.done = html`Sent again to ${sent.attributes.email}. It ends ${when(sent.attributes['invitation-expires-at'])}; older links no longer work.`;
  });
  /** @param {Form} form @param {any} user */
  const cells = (form, user) => {
    const has = user.attributes;
    const pending = has.status === 'invited' || has.status === 'expired';
    const { tone, text } = state(user);
    const name = has.name === has.email ? '' : has.name;
    const edit = page.path(`users/${user.id}`);
    return [html`<a href=${edit}>${name || has.email}</a>${pending ? html` <span class="badge">Invited User</span>` : nothing}
        ${name ? html`<small>${has.email}</small>` : nothing}`, has['role-name'], html`<span class="tone ${tone}">${text}</span>`,
      html`<div class="row-actions">${pending ? small('Resend', `Resend the invitation to ${has.email}`, () => resend(form, user))
        : nothing}<a class="button second small" href=${edit} aria-label="Edit ${has.name}">Edit</a></div>`];
  };
  await listing(page, 'Users', read, ({ account, ...answer }, form) => {
    const counts = answer.meta['status-counts'];
    const total = (/** @type {boolean} */ shown) => (shown ? answer.meta['total-count'] : undefined);
    return html`<div class="beside">${tabs('Type', [[page.path('users'), 'IT Glue', !myGlue, total(!myGlue)],
      [page.path('users?type=my-glue'), 'MyGlue', myGlue, total(myGlue)],
        ...(account ? [/** @type {[string, string, boolean]} */ ([page.path('glueconnect'), 'GlueConnect', false])] : [])])}
        <a class="button" href=${page.path('users/new')}>+ New</a></div>
      ${filters(page, html`${myGlue ? html`<input type="hidden" name="type" value="my-glue">` : nothing}${search(page, 'Name, address or id')}
        ${filter(page, 'role', 'Role', 'Every role', ROLES.map(([role]) => [role, role]))}
        ${filter(page, 'status', 'Status', 'Every status', STATUSES.map(([key, word]) => [key, counts ? `${word} (${counts[key] ?? 0})` : word]))}
        ${filter(page, 'mail', 'Mail', 'Every mail', [[CAME_BACK, 'Did not arrive'], ['queued,sent', 'On its way'], ['delivered', 'Arrived']])}
        ${account ? html`<p class="hint">${account.meta['licensed-users']} licensed · ${account.meta['lite-users']} Lite</p>` : nothing}`)}
      ${summary(form)}${rows(page, /** @type {any} */ (answer), 'Users', ['Name', 'Role', 'Status', ''], (user) => cells(form, user),
        myGlue ? 'No users in MyGlue yet.' : 'No users yet. Invite your first users.', narrowed)}<div class="below">${outcome(form)}</div>`;
  });
}
