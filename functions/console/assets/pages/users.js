// @ts-check
/** The users of the account, pending ones first. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, list, resource } from '../api.js';
import { Form, outcome, summary } from '../parts/form.js';
import { filter, filters, none, pager, reading, search, table, tabs } from '../parts/list.js';
import { ROLES, state, when } from '../words.js';

const STATUSES = /** @type {const} */ ([['invited', 'Invited'], ['expired', 'Expired'], ['active', 'Active'], ['suspended', 'Suspended']]);

/** @param {import('../main.js').Page} page */
export default async function users(page) {
  const { query } = page;
  const myGlue = query.get('type') === 'my-glue';
  const wanted = { 'filter[my-glue]': String(myGlue), 'filter[search]': query.get('search') ?? undefined,
    'filter[role-name]': query.get('role') ?? undefined, 'filter[status]': query.get('status') ?? undefined, sort: 'status,name' };
  const form = new Form(() => show());
  let answer = page.kept.answer;
  const account = page.kept.account ?? (page.may('Administrator') ? get('/account') : Promise.resolve(null));
  page.kept.account = account;
  const read = async () => { answer = page.kept.answer = await list('/users', wanted, query); };

  /** @param {any} user */
  const resend = (user) => form.submit(null, async () => {
    const data = resource('invitations', {});
    const { data: sent } = await call('POST', `/users/${user.id}/invitation`, { data, key: form.key([user.id, user.attributes.version]) });
    Object.assign(user, sent);
    form.done = html`Sent again to ${sent.attributes.email}. The invitation ends ${when(sent.attributes['invitation-expires-at'])}; older links are dead.`;
  });
  /** @param {any} user */
  const row = (user) => {
    const has = user.attributes;
    const pending = has.status === 'invited' || has.status === 'expired';
    const { tone, text } = state(user);
    const name = has.name === has.email ? '' : has.name;
    return [html`<a href=${page.path(`users/${user.id}`)}>${name || has.email}</a>${pending ? html` <span class="badge">Invited User</span>` : nothing}
        ${name ? html`<small>${has.email}</small>` : nothing}`, has['role-name'], html`<span class="tone ${tone}">${text}</span>`,
      html`<div class="row-actions">${pending ? html`<button class="second small" aria-label="Resend the invitation to ${has.email}" @click=${() => resend(user)}>Resend</button>` : nothing}
        <a class="button second small" href=${page.path(`users/${user.id}`)} aria-label="Edit ${has.name}">Edit</a></div>`];
  };
  const { licensed, lite } = { licensed: 0, lite: 0, ...(await account.then((/** @type {any} */ answer) => answer && { licensed: answer.meta['licensed-users'], lite: answer.meta['lite-users'] })) };
  const narrowed = ['search', 'role', 'status'].some((name) => query.get(name));
  const show = () => page.show('Users', html`
    <div class="beside">${tabs('Type', [[page.path('users'), 'IT Glue', !myGlue, myGlue ? undefined : answer?.meta['total-count']],
      [page.path('users?type=my-glue'), 'MyGlue', myGlue, myGlue ? answer?.meta['total-count'] : undefined],
      ...(page.may('Administrator') ? [/** @type {[string, string, boolean]} */ ([page.path('glueconnect'), 'GlueConnect', false])] : [])])}
      <a class="button" href=${page.path('users/new')}>+ New</a></div>
    ${filters(page, html`${myGlue ? html`<input type="hidden" name="type" value="my-glue">` : nothing}${search(page, 'Name, address or id')}
      ${filter(page, 'role', 'Role', 'Every role', ROLES.map(([role]) => [role, role]))}${filter(page, 'status', 'Status', 'Every status', STATUSES.map(([key, word]) => [key, answer?.meta['status-counts'] ? `${word} (${answer.meta['status-counts'][key] ?? 0})` : word]))}
      ${licensed || lite ? html`<p class="hint">${licensed} licensed · ${lite} Lite</p>` : nothing}`)}
    ${summary(form)}${outcome(form)}
    ${answer?.data.length ? html`<div class="panel">${table('Users', ['Name', 'Role', 'Status', ''], answer.data.map(row))}</div>${pager(page, answer.meta)}`
      : answer ? none(page, myGlue ? 'Nobody in MyGlue yet.' : `Nobody here yet. Invite your first users.`, narrowed) : nothing}`);
  await reading(page, form, show, read);
}
