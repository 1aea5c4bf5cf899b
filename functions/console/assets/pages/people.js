// @ts-check
/** The persons of an account that is let in: who came in, and what single ones are kept to. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, list, resource } from '../api.js';
import { asks } from '../parts/dialog.js';
import { Form, choice, input, outcome, summary } from '../parts/form.js';
import { grantFields, granted, grants } from '../parts/grants.js';
import { rows, small } from '../parts/list.js';
import { OBSTACLES, when } from '../words.js';

/** @param {Page} page */
export default async function people(page) {
  const path = `/connections/${page.id}`;
  const read = () => Promise.all([get(path), list(`${path}/visitors`, {}, page.query), get(`${path}/users`, { 'page[size]': '1000' })]);
  let [{ data: connection }, visitors, limits] = await read();
  const form = new Form(() => show());
  const most = connection.attributes['maximum-role-name'];

  const at = (/** @type {string} */ who) => `${path}/users/${encodeURIComponent(who)}`;
  /** Reads all of it anew, after something was done. @param {string} done @param {() => Promise<any>} [work] */
  const again = (done, work) => form.submit(null, async () => {
    await work?.();
    [{ data: connection }, visitors, limits] = await read();
    form.done = done;
  });

  /** A dialog for what one person is kept to. @param {string} who id or address @param {string} name @param {any} [limit] */
  async function limited(who, name, limit) {
    const has = limit?.attributes ?? {};
    const ids = (/** @type {string} */ what) => limit?.relationships?.[what]?.data.map((/** @type {any} */ to) => to.id);
    let kept = !limit ? 'lower' : has.access ? 'lower' : 'out';
    let narrow = !!(ids('groups') || ids('organizations'));
    const grant = await grants({ role: has['maximum-role-name'] ?? most, all: !!has['all-organizations'], groups: ids('groups'),
      organizations: ids('organizations') });
    const done = await asks(name ? `Limit ${name}` : 'Limit a user', { yes: 'Save',
      body: (form) => html`${who ? nothing : input(form, 'user', 'E-mail address', { type: 'email', required: true, hint: 'Also before the first visit.' })}
        ${choice(form, 'access', 'Access', [kept], [['lower', 'At most this much'], ['out', 'None',
          'this user has no access']], { change: ([value]) => { kept = value; form.draw(); } })}
        ${kept === 'out' ? nothing : html`${choice(form, 'narrow', 'Organizations', [String(narrow)], [['false', 'Those of the connection'], ['true', 'Fewer']],
          { change: ([value]) => { narrow = value === 'true'; form.draw(); } })}
          ${grantFields(form, grant, { name: 'maximum-role-name', roles: 'Maximum role of this user', most, least: 'Read-only', access: narrow })}`}`,
      work: (fields) => {
        const attributes = kept === 'out' ? { access: false } : { access: true, 'maximum-role-name': grant.role,
          ...(narrow && { 'all-organizations': grant.all }) };
        return call('PUT', at(who || String(fields.get('user')).trim()), { data: resource('users', attributes,
          narrow && kept !== 'out' ? granted(grant) : undefined) });
      } });
    if (done) await again('Saved. It applies from the next request.');
  }
  const unlimited = (/** @type {any} */ limit) => again(`${limit.attributes.name} has what the connection grants again.`, () => call('DELETE', at(limit.id)));
  const words = (/** @type {any} */ { attributes: has, relationships }) => (!has.access ? 'no access'
    : [has['maximum-role-name'] && `at most ${has['maximum-role-name']}`,
    relationships?.organizations || relationships?.groups ? 'fewer organizations' : ''].filter(Boolean).join(', ') || 'no limit');
  const limitOf = (/** @type {string} */ id, /** @type {string} */ email) => limits.data.find((/** @type {any} */ { id: known, attributes }) => [known,
    attributes['user-id'], attributes.email].some((one) => one === id || one === email));
  const show = () => page.show(`People of ${connection.attributes['delegate-account-name']}`, html`${summary(form)}${outcome(form)}
    <div class="beside"><a href=${page.path(`glueconnect/${page.id}`)}>To the connection</a><button
      @click=${() => limited('', '')}>Limit a user</button></div>
    <h2>Visitors</h2>${rows(page, visitors, 'Visitors', ['Name', 'Role at home', 'Role here', 'Last seen', ''], ({ id, attributes: has }) => [
      html`<a href=${page.path(`users/${id}/access?connection=${page.id}`)}>${has.name}</a><small>${has.email}</small>`, has['role-name'] ?? '–',
        has.access ? has['effective-role-name'] : html`no access<small>${OBSTACLES[has.reason] ?? ''}</small>`,
          has['last-visit-at'] ? when(has['last-visit-at']) : '–',
      html`<div class="row-actions">${small('Limit', `Limit ${has.name}`, () => limited(id, has.name, limitOf(id, has.email)))}</div>`], 'Nobody yet.')}
    <h2>Limits of single users</h2>${rows(page, { data: limits.data }, 'Limits', ['Name', 'Limit', ''], (limit) => [
      html`${limit.attributes.name}<small>${limit.attributes.email ?? ''}</small>`, words(limit),
        html`<div class="row-actions">${small('Change', `Change the limit of ${limit.attributes.name}`,
        () => limited(limit.id, limit.attributes.name, limit))}${small('Lift', `Lift the limit of ${limit.attributes.name}`, () => unlimited(limit))}</div>`],
          'None. All of their users have what the connection grants.')}`);
  show();
}
