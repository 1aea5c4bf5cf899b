// @ts-check
/** The restricted assets of one organization: which groups and users may reach each, and a form that says so for one more. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, list, resource } from '../api.js';
import { byIds, groups, nameIn, searching } from '../names.js';
import { sure } from '../parts/dialog.js';
import { Form, actions, input, outcome, summary, tick } from '../parts/form.js';
import { filters, rows, search, small } from '../parts/list.js';
import { picker } from '../parts/picker.js';
import { counted, when } from '../words.js';

/** @param {Page} page */
export default async function restrictions(page) {
  const path = `/organizations/${page.id}/restrictions`;
  const managing = page.may('Manager');
  const type = page.query.get('search') ?? undefined;
  const orphaned = page.query.get('orphaned') ?? undefined;
  const read = () => list(path, { 'filter[resource-type]': type, 'filter[orphaned]': orphaned }, page.query);
  const [{ data: organization }, known, first] = await Promise.all([get(`/organizations/${page.id}`), managing ? groups() : [], read()]);
  let answer = first;
  const form = new Form(() => show());
  /** The restriction that the form is about; none for a new one. @type {any} */ let chosen = null;
  let confirmed = false;
  /** @type {Record<'groups' | 'users', Row[]>} */
  const picked = { groups: [], users: [] };

  const at = (/** @type {any} */ has) => `${path}/${encodeURIComponent(has['resource-type'])}/${encodeURIComponent(has['resource-id'])}`;
  const called = (/** @type {any} */ row) => `${row.attributes['resource-type']} ${row.attributes['resource-id']}`;
  const idsOf = (/** @type {any} */ row, /** @type {'groups' | 'users'} */ what) => row.relationships[what].data.map((/** @type {any} */ { id }) => id);
  /** Fills the form with what stands there now. @param {any} row */
  const choose = (row) => {
    [chosen, confirmed] = [row, false];
    Object.assign(form, { done: '', faults: [] });
    picked.groups = row ? byIds(idsOf(row, 'groups'), known) : [];
    picked.users = row ? byIds(idsOf(row, 'users'), []) : [];
    page.dirty = false;
    form.draw();
    document.getElementById(row ? 'groups' : 'resource-type')?.focus();
  };
  const send = (/** @type {Event} */ event) => form.submit(event, async (fields) => {
    const has = chosen?.attributes ?? { 'resource-type': fields.get('resource-type'), 'resource-id': fields.get('resource-id') };
    const data = resource('restrictions', confirmed ? { confirm: true } : {},
      { groups: picked.groups.map(({ id }) => id), users: picked.users.map(({ id }) => id) });
    await call('PUT', at(has), { data, version: chosen?.attributes.version });
    answer = await read();
    choose(null);
    /** @type {HTMLFormElement | null} */ (document.querySelector('form[data-kept]'))?.reset();
    form.done = `${has['resource-type']} ${has['resource-id']} is restricted. It applies from the next request.`;
  });
  const open = (/** @type {any} */ row) => sure(`Open ${called(row)}?`,
    `Everyone with access to ${organization.attributes.name} has access to it again.`, 'Open it', async () => {
      await call('DELETE', at(row.attributes), { version: row.attributes.version });
      answer = await read();
      form.done = 'The restriction is removed.';
      form.draw();
    });
  const name = nameIn(known);
  /** @param {any} row */
  const who = (row) => {
    const named = idsOf(row, 'groups').map(name).filter(Boolean).join(', ');
    const others = idsOf(row, 'groups').length - idsOf(row, 'groups').filter(name).length;
    const users = idsOf(row, 'users').length;
    return row.attributes.orphaned ? html`<span class="tone fault">Only Administrators: everyone named was removed</span>`
      : [named, others && counted(others, 'group'), users && `${counted(users, 'user')} by name`].filter(Boolean).join(', ');
  };
  /** @param {any} row */
  const line = (row) => [html`${row.attributes['resource-type']}<small>${row.attributes['resource-id']}</small>`, who(row),
    html`${row.attributes['set-by-name']}<br><small>${when(row.attributes['updated-at'])}</small>`,
    html`<div class="row-actions">${small('Change', `Change who has access to ${row.attributes['resource-id']}`, () => choose(row))}
      ${small('Open', `Open ${row.attributes['resource-id']}`, () => open(row))}</div>`];
  const half = (/** @type {'groups' | 'users'} */ what, /** @type {string} */ label, /** @type {any} */ find) => picker(form, what, label,
    { picked: picked[what], search: find, change: (rows) => { picked[what] = rows; page.dirty = true; form.draw(); } });
  const fields = () => html`<form class="stack" data-kept @submit=${send}><div class="panel">
    <h2>${chosen ? `Who has access to ${called(chosen)}` : 'Restrict an asset'}</h2>
    ${chosen ? nothing : html`<div class="two">${input(form, 'resource-type', 'Type',
      { required: true, hint: 'As the application names it: “documents”, for one.' })}
      ${input(form, 'resource-id', 'Asset', { required: true, hint: 'Its id or name in that application.' })}</div>`}
    ${half('groups', 'Groups with access', searching('groups'))}${half('users', 'Users with access', searching('users'))}
    <p class="hint">Administrators of this account always can. A folder’s restriction is set for what is in it by the application.</p>
    ${confirmed || form.faults.some(({ code }) => code === 'confirm-needed')
      ? tick('confirm', 'I know that I will lose access to it', confirmed, (checked) => { confirmed = checked; }) : nothing}
    ${actions(form, 'Restrict', chosen ? html`<button type="button" class="second" @click=${() => choose(null)}>Cancel</button>` : nothing)}</div></form>`;
  const show = () => page.show(`Restrictions in ${organization.attributes.name}`, html`${summary(form)}${outcome(form)}
    <div class="beside">${filters(page, search(page, 'Find a type'))}<a href=${page.url.pathname + (orphaned ? '' : '?orphaned=true')}>${orphaned
      ? 'All of them' : 'Only those whose users were all removed'}</a></div>
    ${rows(page, answer, 'Restrictions', ['Asset', 'Who has access', 'Set by', ''], line,
      'Nothing in this organization is restricted: everyone with access to it has access to all of it.', !!(type || orphaned))}
    ${managing ? fields() : nothing}
    <div class="actions"><a class="button second" href=${page.path(`organizations/${page.id}`)}>Back to ${organization.attributes.name}</a></div>`);
  show();
}
