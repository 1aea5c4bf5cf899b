// @ts-check
/** One organization, or a new one: its names, what one may do there, who else reaches it. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, list, resource } from '../api.js';
import { me } from '../session.js';
import { byIds, forget, groups, nameIn, organizations, searching } from '../names.js';
import { sure } from '../parts/dialog.js';
import { Form, actions, input, outcome, summary } from '../parts/form.js';
import { none, pager, table } from '../parts/list.js';
import { picker } from '../parts/picker.js';
import { save, stateOf } from '../parts/save.js';
import { OBSTACLES, rank, through } from '../words.js';

const NAMES = ['name', 'short-name', 'description', 'parent-id'];
const ACTIONS = [['read', 'read'], ['create', 'add'], ['update', 'change'], ['delete', 'delete'], ['set-restrictions', 'set restrictions']];

/** @param {import('../main.js').Page} page */
export default async function organization(page) {
  const path = `/organizations/${page.id}`;
  const ask = ACTIONS.map(([action]) => resource('access-checks', { action, 'organization-id': page.id }));
  const managing = page.may('Manager');
  const [one, checks, reaching, { rows }, known] = await Promise.all(/** @type {const} */ ([page.id ? get(path) : null, page.id ? call('POST', '/access/check', { data: ask }) : null,
    page.id && managing ? list('/access/users', { 'filter[organization-id]': page.id, sort: 'name' }, page.query) : null, organizations(), managing ? groups() : []]));
  let data = one?.data;
  let before = data && stateOf(data, NAMES);
  let parent = data?.attributes['parent-id'] ?? page.query.get('parent');
  const form = new Form(() => show());

  const send = (/** @type {any} */ event) => {
    const fields = new FormData(event.currentTarget);
    const mine = { name: fields.get('name'), 'short-name': fields.get('short-name'), description: fields.get('description'), 'parent-id': parent };
    return form.submit(event, async () => {
      if (before) {
        const saved = await save(path, before, { attributes: mine }, { name: 'Name', 'short-name': 'Short name', description: 'Description', 'parent-id': 'Part of' });
        if (saved) { data = saved; before = stateOf(data, NAMES); parent = data.attributes['parent-id']; }
        form.done = saved ? 'Saved.' : 'There was nothing to change.';
      } else {
        const made = resource('organizations', mine);
        const answer = await call('POST', '/organizations', { data: made, key: form.key(made) });
        page.dirty = false;
        forget('organizations');
        return page.go(page.path(`organizations/${answer.data.id}`), true);
      }
      page.dirty = false;
      forget('organizations');
    });
  };
  const remove = async () => {
    const gone = await sure({ title: `Remove ${data.attributes.name}?`, yes: 'Remove', text: 'Everybody loses it at once, in groups, grants and connections. The log keeps its name.',
      work: () => call('DELETE', path, { version: data.attributes.version }) });
    if (gone) { page.dirty = false; forget('organizations'); forget('groups'); page.go(page.path('organizations')); }
  };
  const group = nameIn(known);
  const mine = () => {
    const all = checks.data.map((/** @type {any} */ { attributes }, /** @type {number} */ at) => ({ ...attributes, word: ACTIONS[at][1] }));
    const may = all.filter((/** @type {any} */ { allowed }) => allowed);
    const not = all.filter((/** @type {any} */ { allowed }) => !allowed);
    return html`<div class="panel"><p><b>Here you may ${may.map((/** @type {any} */ { word }) => word).join(', ') || 'do nothing'}.</b>
      ${not.length ? html`You may not ${not.map((/** @type {any} */ { word }) => word).join(', ')}: ${OBSTACLES[not[0].reason] ?? not[0].reason}` : nothing}</p>
      <p class="hint">You are ${all[0]['effective-role-name'] ?? me.role}${all[0].via.length ? html`; it comes ${through(all[0].via, group)}` : nothing}.</p></div>`;
  };
  const below = rows.filter((/** @type {import('../names.js').Named} */ row) => row.parent === page.id && page.id);
  const edit = data ? checks.data[2].attributes.allowed && (!me.inside || rank(me.role) >= rank('Creator')) : true;
  const fields = () => html`<form class="stack" data-kept @submit=${send}><div class="panel"><div class="two">${input(form, 'name', 'Name', { value: data?.attributes.name, required: true })}
    ${input(form, 'short-name', 'Short name', { value: data?.attributes['short-name'] })}</div>${input(form, 'description', 'Description', { value: data?.attributes.description })}
    ${picker(form, 'parent-id', 'Part of', { picked: parent ? byIds([parent], rows).map(({ id, name }) => ({ id, name })) : [], search: searching('organizations'),
      change: (picked) => { parent = picked.at(-1)?.id ?? null; page.dirty = true; form.draw(); }, count: 'A grant on the parent does not reach its sub-organizations; each is granted by itself.' })}
    ${actions(form, 'Save', html`${data && page.may('Creator') ? html`<a class="button second" href=${page.path(`organizations/${page.id}/restrictions`)}>Restrictions</a>` : nothing}${data && page.may('Administrator') ? html`<button type="button" class="danger" @click=${remove}>Remove</button>` : nothing}`)}</div></form>`;
  const reached = () => html`<h2>Who reaches it</h2>${reaching.data.length ? html`<div class="panel">${table('Who reaches it', ['Name', 'Role', 'Comes'], reaching.data.map((/** @type {any} */ row) => [
      html`<a href=${page.path(`users/${row.id}/access`)}>${row.attributes.name}</a><small>${row.attributes.email}</small>`, row.attributes['role-name'], through(row.meta.via, group)]))}</div>${pager(page, reaching.meta)}`
    : none(page, 'Nobody but the Administrators.', false)}
    ${reaching.meta.connections?.length ? html`<div class="panel"><h2>Through GlueConnect</h2><ul>${reaching.meta.connections.map((/** @type {any} */ to) => html`<li><a href=${page.path(`glueconnect/${to.id}`)}>${to['delegate-account-name']}</a>,
      at most ${to['maximum-role-name']}, ${through(to.via, group)}</li>`)}</ul></div>` : nothing}`;
  const show = () => page.show(data?.attributes.name ?? 'New organization', html`${summary(form)}${outcome(form)}${checks ? mine() : nothing}
    ${edit ? fields() : html`<div class="panel"><dl class="facts"><dt>Short name</dt><dd>${data.attributes['short-name'] || '–'}</dd><dt>Description</dt><dd>${data.attributes.description || '–'}</dd></dl></div>`}
    ${below.length ? html`<div class="panel"><h2>Sub-organizations</h2><ul>${below.map((/** @type {import('../names.js').Named} */ row) => html`<li><a href=${page.path(`organizations/${row.id}`)}>${row.name}</a></li>`)}</ul></div>` : nothing}
    ${reaching ? reached() : nothing}`);
  show();
}
