// @ts-check
/** The persons of an account that is let in: who came in, and what single ones are kept to. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, list, resource } from '../api.js';
import { ask } from '../parts/dialog.js';
import { Form, actions, choice, input, outcome, summary } from '../parts/form.js';
import { grantFields, granted, grants } from '../parts/grants.js';
import { none, pager, table } from '../parts/list.js';
import { OBSTACLES, when } from '../words.js';

/** @param {import('../main.js').Page} page */
export default async function people(page) {
  const path = `/connections/${page.id}`;
  const read = () => Promise.all([get(path), list(`${path}/visitors`, {}, page.query), get(`${path}/users`, { 'page[size]': '1000' })]);
  let [{ data: connection }, visitors, limits] = await read();
  const form = new Form(() => show());
  const most = connection.attributes['maximum-role-name'];

  /** A dialog for what one person is kept to. @param {string} who id or address @param {string} name @param {any} [limit] */
  async function limited(who, name, limit) {
    const has = limit?.attributes ?? {};
    const ids = (/** @type {string} */ what) => limit?.relationships?.[what]?.data.map((/** @type {any} */ to) => to.id);
    let kept = !limit ? 'lower' : has.access ? 'lower' : 'out';
    let narrow = !!(ids('groups') || ids('organizations'));
    const grant = await grants({ role: has['maximum-role-name'] ?? most, all: !!has['all-organizations'], groups: ids('groups'), organizations: ids('organizations') });
    /** @type {Form} */ let inner;
    const done = await ask(name ? `Limit ${name}` : 'Limit a person', (close, draw) => {
      inner ??= new Form(draw);
      return html`${summary(inner)}<form class="stack" @submit=${(/** @type {any} */ event) => {
        const address = who || String(new FormData(event.currentTarget).get('user')).trim();
        return inner.submit(event, async () => {
          const attributes = kept === 'out' ? { access: false } : { access: true, 'maximum-role-name': grant.role, ...(narrow && { 'all-organizations': grant.all }) };
          await call('PUT', `${path}/users/${encodeURIComponent(address)}`, { data: resource('users', attributes, narrow && kept !== 'out' ? granted(grant) : undefined) });
          close(true);
        });
      }}>${who ? nothing : input(inner, 'user', 'E-mail address', { type: 'email', required: true, hint: 'Also before the first visit.' })}
        ${choice(inner, 'access', 'Access', [kept], [['lower', 'At most this much'], ['out', 'None', 'this person does not get in']], { change: ([value]) => { kept = value; draw(); } })}
        ${kept === 'out' ? nothing : html`${choice(inner, 'narrow', 'Organizations', [String(narrow)], [['false', 'Those of the connection'], ['true', 'Fewer']], { change: ([value]) => { narrow = value === 'true'; draw(); } })}
          ${grantFields(inner, grant, { name: 'maximum-role-name', roles: 'Maximum role of this person', most, least: 'Read-only', access: narrow })}`}
        ${actions(inner, 'Save', html`<button type="button" class="second" @click=${() => close()}>Cancel</button>`)}</form>`;
    });
    if (done) await form.submit(null, async () => { [{ data: connection }, visitors, limits] = await read(); form.done = 'Saved. It binds the next request.'; });
  }
  const unlimited = (/** @type {any} */ limit) => form.submit(null, async () => {
    await call('DELETE', `${path}/users/${encodeURIComponent(limit.id)}`);
    [{ data: connection }, visitors, limits] = await read();
    form.done = `${limit.attributes.name} has what the connection gives again.`;
  });
  const words = (/** @type {any} */ { attributes: has, relationships }) => (!has.access ? 'no access' : [has['maximum-role-name'] && `at most ${has['maximum-role-name']}`,
    relationships?.organizations || relationships?.groups ? 'fewer organizations' : ''].filter(Boolean).join(', ') || 'nothing of their own');
  const limitOf = (/** @type {string} */ id, /** @type {string} */ email) => limits.data.find((/** @type {any} */ { id: known, attributes }) => [known, attributes['user-id'], attributes.email].some((one) => one === id || one === email));
  const show = () => page.show(`People of ${connection.attributes['delegate-account-name']}`, html`${summary(form)}${outcome(form)}
    <div class="beside"><a href=${page.path(`glueconnect/${page.id}`)}>To the connection</a><button @click=${() => limited('', '')}>Limit a person</button></div>
    <h2>Who came in</h2>${visitors.data.length ? html`<div class="panel">${table('Who came in', ['Name', 'Role at home', 'Role here', 'Last seen', ''], visitors.data.map((/** @type {any} */ { id, attributes: has }) => [
      html`<a href=${page.path(`users/${id}/access?connection=${page.id}`)}>${has.name}</a><small>${has.email}</small>`, has['role-name'] ?? '–', has.access ? has['effective-role-name'] : html`no access<small>${OBSTACLES[has.reason] ?? ''}</small>`, has['last-visit-at'] ? when(has['last-visit-at']) : '–',
      html`<div class="row-actions"><button class="second small" aria-label="Limit ${has.name}" @click=${() => limited(id, has.name, limitOf(id, has.email))}>Limit</button></div>`]))}</div>${pager(page, visitors.meta)}`
      : none(page, 'Nobody yet.', false)}
    <h2>Limits of single persons</h2>${limits.data.length ? html`<div class="panel">${table('Limits', ['Name', 'Limit', ''], limits.data.map((/** @type {any} */ limit) => [
      html`${limit.attributes.name}<small>${limit.attributes.email ?? ''}</small>`, words(limit), html`<div class="row-actions"><button class="second small" aria-label="Change the limit of ${limit.attributes.name}"
        @click=${() => limited(limit.id, limit.attributes.name, limit)}>Change</button><button class="second small" aria-label="Lift the limit of ${limit.attributes.name}" @click=${() => unlimited(limit)}>Lift</button></div>`]))}</div>`
      : none(page, 'None. Everybody of theirs has what the connection gives.', false)}`);
  show();
}
