// @ts-check
/** One organization, or a new one: its names, what one may do there, who else reaches it. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, list, resource } from '../api.js';
import { me } from '../session.js';
import { byIds, groups, nameIn, organizations, searching } from '../names.js';
import { Form, actions, input, outcome, summary } from '../parts/form.js';
import { facts, rows } from '../parts/list.js';
import { picker } from '../parts/picker.js';
import { keep, make, remove, stateOf } from '../parts/save.js';
import { OBSTACLES, rank, through } from '../words.js';

const NAMES = ['name', 'short-name', 'description', 'parent-id'];
const WORDS = { name: 'Name', 'short-name': 'Short name', description: 'Description', 'parent-id': 'Part of' };
const ACTIONS = [['read', 'read'], ['create', 'add'], ['update', 'change'], ['delete', 'delete'], ['set-restrictions', 'set restrictions']];

/** @param {Page} page */
export default async function organization(page) {
  const path = `/organizations/${page.id}`;
  const ask = ACTIONS.map(([action]) => resource('access-checks', { action, 'organization-id': page.id }));
  const managing = page.may('Manager');
  const [one, checks, reaching, { rows: all }, known] = await Promise.all(/** @type {const} */
    ([page.id ? get(path) : null, page.id ? call('POST', '/access/check', { data: ask }) : null,
    page.id && managing ? list('/access/users', { 'filter[organization-id]': page.id, sort: 'name' }, page.query) : null, organizations(),
      managing ? groups() : []]));
  let data = one?.data;
  let before = data && stateOf(data, NAMES);
  let parent = data?.attributes['parent-id'] ?? page.query.get('parent');
  const form = new Form(() => show());

  const send = (/** @type {Event} */ event) => form.submit(event, async (fields) => {
    const mine = { attributes: { name: fields.get('name'), 'short-name': fields.get('short-name'), description: fields.get('description'),
      'parent-id': parent } };
    if (!before) return make(page, form, 'organizations', mine);
    const saved = await keep(page, form, path, before, mine, WORDS);
    if (saved) { data = saved; before = stateOf(data, NAMES); parent = data.attributes['parent-id']; }
  });
  const gone = () => remove(page, data, 'Everyone loses access to it at once: in groups, grants and connections. The log keeps its name.');
  const group = nameIn(known);
  const mine = () => {
    const all = checks.data.map((/** @type {any} */ { attributes }, /** @type {number} */ at) => ({ ...attributes, word: ACTIONS[at][1] }));
    const words = (/** @type {boolean} */ may) => all.filter((/** @type {any} */ { allowed }) => allowed
      === may).map((/** @type {any} */ { word }) => word).join(', ');
    const reason = all.find((/** @type {any} */ { allowed }) => !allowed)?.reason;
    return html`<div class="panel"><p><b>Here you may ${words(true) || 'do nothing'}.</b> ${reason
      ? html`You may not ${words(false)}: ${OBSTACLES[reason] ?? reason}` : nothing}</p>
      <p class="hint">You are ${all[0]['effective-role-name'] ?? me.role}${all[0].via.length ? html`, with access ${through(all[0].via, group)}`
        : nothing}.</p></div>`;
  };
  const below = all.filter((/** @type {Named} */ row) => page.id && row.parent === page.id);
  const edit = data ? checks.data[2].attributes.allowed && (!me.inside || rank(me.role) >= rank('Creator')) : true;
  const fields = () => html`<form class="stack" data-kept @submit=${send}><div class="panel"><div
    class="two">${input(form, 'name', 'Name', { value: data?.attributes.name, required: true })}
    ${input(form, 'short-name', 'Short name', { value: data?.attributes['short-name'] })}</div>${input(form, 'description',
      'Description', { value: data?.attributes.description })}
    ${picker(form, 'parent-id', 'Part of', { picked: parent ? byIds([parent], all).map(({ id, name }) => ({ id, name })) : [],
      search: searching('organizations'),
      change: (picked) => { parent = picked.at(-1)?.id ?? null; page.dirty = true; form.draw(); },
        count: 'A grant on the parent does not reach its sub-organizations; grant each one separately.' })}
    ${actions(form, 'Save', html`${data && page.may('Creator') ? html`<a class="button second"
      href=${page.path(`organizations/${page.id}/restrictions`)}>Restrictions</a>` : nothing}${data && page.may('Administrator')
      ? html`<button type="button" class="danger" @click=${gone}>Remove</button>` : nothing}`)}</div></form>`;
  const about = () => html`<div class="panel">${facts([['Short name', data.attributes['short-name'] || '–'],
    ['Description', data.attributes.description || '–']])}</div>`;
  const reached = () => html`<h2>Who has access</h2>${rows(page, reaching, 'Who has access', ['Name', 'Role', 'Access'], ({ id, attributes: has, meta }) => [
      html`<a href=${page.path(`users/${id}/access`)}>${has.name}</a><small>${has.email}</small>`, has['role-name'], through(meta.via, group)],
        'Only the Administrators.')}
    ${reaching.meta.connections?.length ? html`<div class="panel"><h2>Through GlueConnect</h2><ul>${reaching.meta.connections.map((/** @type {any} */
      to) => html`<li>
      <a href=${page.path(`glueconnect/${to.id}`)}>${to['delegate-account-name']}</a>, at most ${to['maximum-role-name']},
        ${through(to.via, group)}</li>`)}</ul></div>` : nothing}`;
  const show = () => page.show(data?.attributes.name ?? 'New organization', html`${summary(form)}${outcome(form)}${checks ? mine() : nothing}${edit ? fields()
    : about()}
    ${below.length ? html`<div class="panel"><h2>Sub-organizations</h2><ul>${below.map((/** @type {Named} */
      row) => html`<li><a href=${page.path(`organizations/${row.id}`)}>${row.name}</a></li>`)}</ul></div>` : nothing}
    ${reaching ? reached() : nothing}`);
  show();
}
