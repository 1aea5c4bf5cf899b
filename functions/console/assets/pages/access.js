// @ts-check
/** Why: what a user reaches, by which way, and what stands in the way of the rest. */
import { html } from '../lib/lit-html.js';
import { Refused, call, get, list, resource } from '../api.js';
import { groups, nameIn, searching } from '../names.js';
import { Form, input, outcome, select, summary } from '../parts/form.js';
import { facts, rows } from '../parts/list.js';
import { OBSTACLES, through } from '../words.js';
import '../parts/picker.js';

const ACTIONS = /** @type {const} */ ([['read', 'read'], ['create', 'add to'], ['update', 'change'], ['delete', 'delete from'],
  ['set-restrictions', 'set restrictions in']]);

/** Why somebody reaches nothing whatever they are given. @type {Record<string, string>} */
const NONE = { invited: 'None until the invitation is accepted.', expired: 'None: the invitation has expired. Resend it.',
  suspended: 'None while the user is suspended.' };

/**
 * One answer in words, the sentence first.
 * @param {any} check @param {string} who @param {string} where @param {(id: string) => string | undefined} group
 */
export const explained = ({ attributes: has }, who, where, group) => {
  const action = ACTIONS.find(([key]) => key === has.action)?.[1];
  const roles = has['maximum-role-name'] ? ` at home → at most ${has['maximum-role-name']} → ${has['effective-role-name'] ?? 'none'} here` : '';
  return html`<p><b class="tone ${has.allowed ? 'good' : 'fault'}">${who} ${has.allowed ? 'may' : 'may not'} ${action} ${where}${has.allowed
    ? `: ${who} is ${has['effective-role-name']} and has access to ${where} ${through(has.via, group)}.` : `. ${OBSTACLES[has.reason] ?? has.reason}`}</b></p>
    ${facts([['Role', has['role-name'] && has['role-name'] + roles], ['Access', has.via.length ? through(has.via, group) : 'none'],
      ['Denied by', has['denied-by-group-ids'].map((/** @type {string} */ id) => group(id) ?? 'a group').join(', ')],
      ['Why not', has.obstacles.map((/** @type {string} */ obstacle) => OBSTACLES[obstacle] ?? obstacle).join(' ')]])}`;
};

/** @param {Page} page */
export default async function access(page) {
  // Somebody of an account that is let in is known by their visits.
  const connection = page.query.get('connection');
  const person = connection ? get(`/connections/${connection}/visitors`, { 'page[size]': '1000' }).then(({ data }) =>
    ({ data: data.find((/** @type {any} */ { id }) => id === page.id) }))
    : get(`/users/${page.id}`);
  const [{ data: user }, reached, known] = await Promise.all([person, list('/access/organizations', { 'filter[user-id]': page.id, sort: 'name' }, page.query),
    groups()]);
  const group = nameIn(known);
  if (!user) throw new Refused(404, [{ code: 'not-found', detail: 'This user does not exist, or you have no access to them.' }]);
  const who = user.attributes.name;
  const form = new Form(() => show());
  /** @type {any} */ let answer = null;
  /** @type {{id: string, name: string} | null} */ let organization = null;
  let action = 'read';
  /** @type {Record<string, string>} */ const asset = {};
  const check = () => form.submit(null, async () => {
    if (!organization) return;
    ({ data: answer } = await call('POST', '/access/check', { data: resource('access-checks', { action, 'organization-id': organization.id,
      'user-id': page.id, ...Object.fromEntries(Object.entries(asset).filter(([, name]) => name.trim())) }) }));
  });
  const show = () => page.show(`What access ${who} has`, html`${summary(form)}
    <div class="panel"><h2>May ${who} …</h2>${select(form, 'action', 'Do what', action, ACTIONS, { change: (value) => { action = value; void check(); } })}
      <label for="organization">In which organization</label><pick-one .name=${'organization'} .label=${'In which organization'}
        .search=${searching('organizations')} @pick=${(/** @type {CustomEvent} */ event) => { organization = event.detail; void check(); }}></pick-one>
      <div class="two" @change=${(/** @type {any} */ event) => { asset[event.target.name] = event.target.value; void check(); }}>
        ${input(form, 'resource-type', 'On which type of asset', { hint: 'Leave it empty for the organization as a whole.' })}
        ${input(form, 'resource-id', 'On which asset')}</div>
      <div role="status">${answer && organization ? explained(answer, who, organization.name, group) : outcome(form)}</div></div>
    <h2>Organizations that ${who} has access to</h2>
    ${rows(page, reached, 'Organizations', ['Organization', 'Role there', 'Access'], (row) =>
      [html`<a href=${page.path(`organizations/${row.id}`)}>${row.attributes.name}</a>`,
      row.attributes['role-name'], through(row.meta.via, group)], NONE[user.attributes.status] ?? 'None at the moment.')}
    <div class="actions"><a class="button second" href=${page.path(connection ? `glueconnect/${connection}/people` : `users/${page.id}`)}>Back${connection ? ''
      : ` to ${who}`}</a></div>`);
  show();
}
