// @ts-check
/** One user: who it is, what access it has, and what can be done about it. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, resource } from '../api.js';
import { me } from '../session.js';
import { sure } from '../parts/dialog.js';
import { Form, actions, choice, input, outcome, summary, tick } from '../parts/form.js';
import { grantFields, granted, grants } from '../parts/grants.js';
import { facts } from '../parts/list.js';
import { keep, stateOf } from '../parts/save.js';
import { counted, rank, state, when } from '../words.js';

const NAMES = ['first-name', 'last-name', 'role-name', 'all-organizations', 'my-glue'];
const WORDS = { 'first-name': 'First name', 'last-name': 'Last name', 'role-name': 'Role', 'all-organizations': 'All organizations', 'my-glue': 'MyGlue' };

/** @param {Page} page */
export default async function user(page) {
  const path = `/users/${page.id}`;
  let { data } = await get(path, { include: 'groups,organizations' });
  const begin = async () => {
    before = stateOf(data, NAMES, ['groups', 'organizations']);
    grant = await grants({ role: before.attributes['role-name'], all: before.attributes['all-organizations'], ...before.related });
    myGlue = before.attributes['my-glue'];
  };
  /** @type {State} */ let before;
  /** @type {Grants} */ let grant;
  let myGlue = false;
  await begin();
  const form = new Form(() => show());
  const has = () => data.attributes;
  const who = () => has().name || has().email;
  const mine = data.id === me.id;

  const send = (/** @type {Event} */ event) => form.submit(event, async (fields) => {
    const mine = { attributes: { 'first-name': fields.get('first-name'), 'last-name': fields.get('last-name'), 'role-name': grant.role,
      'all-organizations': grant.all, 'my-glue': myGlue }, related: granted(grant) };
    const saved = await keep(page, form, path, before, mine, WORDS, `It binds ${who()}’s next request.`);
    if (saved) { data = saved; await begin(); }
  });
  const status = (/** @type {string} */ to) => form.submit(null, async () => {
    ({ data } = await call('PATCH', path, { data: resource('users', { status: to }, undefined, data.id), version: has().version }));
    await begin();
    form.done = to === 'active' ? `${who()} has access again.` : `${who()} is suspended and has no access.`;
  });
  const resend = () => form.submit(null, async () => {
    ({ data } = await call('POST', `${path}/invitation`, { data: resource('invitations', {}), key: form.key(has().version) }));
    form.done = html`Sent again to ${has().email}. It ends ${when(has()['invitation-expires-at'])}; older links no longer work.`;
  });
  const resetFactor = () => sure(`Take ${who()}’s second factor away?`, 'They sign in with the password alone until they set up a new one.', 'Take it away',
    async () => { await call('DELETE', `${path}/mfa`); has().mfa = false; form.done = 'The second factor is taken away.'; show(); });
  const remove = async () => {
    let keys = false;
    const left = await sure(`Remove ${who()}?`, html`${who()} loses access at once. The log keeps the name.
      ${has()['role-name'] === 'Administrator' ? tick('with-keys', 'Also remove the API keys that they made', false, (checked) => { keys = checked; })
        : nothing}`,
    'Remove', () => call('DELETE', path, { version: has().version, query: keys ? { 'with-keys': 'true' } : {} }));
    if (!left) return;
    page.dirty = false;
    const { 'api-keys': made = [], 'invitations-count': invitations = 0, connections = [] } = left.meta ?? {};
    const name = who();
    page.show('Removed', html`<div class="panel"><p>${name} has no access any more.</p>
      ${made.length ? html`<p>API keys that ${name} made:</p><ul>${made.map((/** @type {any} */
        key) => html`<li>${key.name} ${key.removed ? '(removed)' : html`still works. <a href=${page.path('api-keys')}>See the keys</a>`}</li>`)}</ul>`
          : nothing}
      ${invitations ? html`<p>${counted(invitations, 'invitation')} of theirs can no longer be accepted, unless somebody resends them.</p>` : nothing}
      ${connections.length ? html`<p>GlueConnect offers that can no longer be accepted: ${connections.map((/** @type {any} */
        one) => one['account-name']).join(', ')}.</p>` : nothing}
      <div class="actions"><a class="button" href=${page.path('users')}>To the users</a></div></div>`);
  };

  const about = () => {
    const one = has();
    const pending = one.status === 'invited' || one.status === 'expired';
    const { tone, text } = state(data);
    const sent = one['invitation-sent-at'] && html`, ${when(one['invitation-sent-at'], 'exact')}`;
    return html`<div class="panel">${facts([['Status', html`<span class="tone ${tone}">${text}</span>`], ['E-mail address', one.email],
      ['Invited by', one['invited-by-name'] && html`${one['invited-by-name']}${sent}`], ['Message', one['invitation-message']],
      pending ? ['Open until', when(one['invitation-expires-at'], 'exact')] : ['Second factor', one.mfa ? 'set up' : 'none'], ['Id', data.id]])}
      <div class="actions"><a class="button second" href=${page.path(`users/${data.id}/access`)}>What access, and why</a>
      ${pending ? html`<button class="second" @click=${resend}>Resend the invitation</button>` : nothing}
      ${one.mfa && page.may('Administrator') && !mine ? html`<button class="second" @click=${resetFactor}>Reset the second factor</button>` : nothing}
      ${one.status === 'active' && !mine ? html`<button class="second" @click=${() => status('suspended')}>Suspend</button>` : nothing}
      ${one.status === 'suspended' ? html`<button class="second" @click=${() => status('active')}>Give access again</button>` : nothing}
      ${mine ? nothing : html`<button class="danger" @click=${remove}>Remove</button>`}</div></div>`;
  };
  const show = () => page.show(who(), html`${summary(form)}${outcome(form)}${about()}
    ${rank(has()['role-name']) > rank(me.role) ? html`<p class="warn">${who()} has a higher role than you have; you can only look.</p>` : html`
    <form class="stack" data-kept @submit=${send}><div class="panel"><div class="two">${input(form, 'first-name', 'First name', { value: has()['first-name'] })}
      ${input(form, 'last-name', 'Last name', { value: has()['last-name'] })}</div>
      ${choice(form, 'my-glue', 'Type', [String(myGlue)], [['false', 'IT Glue'], ['true', 'MyGlue']], { change: ([value]) => { myGlue = value === 'true';
        form.draw(); } })}</div>
      ${grantFields(form, grant)}${actions(form, 'Save', html`<a class="button second" href=${page.path('users')}>Cancel</a>`)}</form>`}`);
  show();
}
