// @ts-check
/** One connection, from either side: answer it, change it, suspend it, end it. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, resource } from '../api.js';
import { reached } from '../session.js';
import { sure } from '../parts/dialog.js';
import { Form, actions, input, outcome, summary } from '../parts/form.js';
import { grantFields, granted, grants } from '../parts/grants.js';
import { facts } from '../parts/list.js';
import { keep, stateOf } from '../parts/save.js';
import { endOf, when } from '../words.js';
import { STATES } from './connections.js';
import { effective } from './offer.js';

const NAMES = ['maximum-role-name', 'all-organizations', 'expires-at'];
const WORDS = { 'maximum-role-name': 'Maximum role', 'all-organizations': 'All organizations', 'expires-at': 'Ends' };
/** So long before its end a connection says in how many days it ends, and can be renewed. */
const SOON = 14 * 86_400_000;
/** The day of a moment, where the reader is. @param {string | null} time */
const day = (time) => (time ? new Date(time).toLocaleDateString('sv') : '');

/** @param {Page} page */
export default async function connection(page) {
  const path = `/connections/${page.id}`;
  let { data } = await get(path);
  const granting = data.attributes.direction === 'granted';
  /** @type {State} */ let before;
  /** @type {Grants} */ let grant;
  const begin = async () => {
    if (!granting) return;
    before = stateOf(data, NAMES, ['groups', 'organizations']);
    grant = await grants({ role: before.attributes['maximum-role-name'], all: before.attributes['all-organizations'], ...before.related });
  };
  await begin();
  const form = new Form(() => show());
  const has = () => data.attributes;
  const other = () => (granting ? has()['delegate-account-name'] : has()['host-account-name']);

  /** @param {string} method @param {string} at @param {any} body @param {string} done */
  const act = (method, at, body, done) => form.submit(null, async () => {
    const answer = await call(method, at, { data: body, ...(method === 'PATCH' ? { version: has().version } : { key: form.key([at, body, has().version]) }) });
    data = answer.data;
    await begin();
    // Whom one may enter stands in the menu; that it is not read anew must not look like a refusal.
    if (!granting) await reached().catch(() => {});
    form.done = done;
  });
  const status = (/** @type {string} */ to, /** @type {string} */ done) => act('PATCH', path, resource('connections', { status: to }, undefined, data.id),
    done);
  const answer = (/** @type {string} */ decision, /** @type {string} */ done) => act('POST', `${path}/answer`, resource('connections', { decision }), done);
  const renew = () => {
    const until = new Date(Math.max(Date.parse(has()['expires-at']), Date.now()));
    until.setFullYear(until.getFullYear() + 1);
    const to = until.toISOString();
    return act('PATCH', path, resource('connections', { 'expires-at': to }, undefined, data.id), `Renewed. It ends on ${day(to)}.`);
  };
  const end = () => sure(granting ? `End the access of ${other()}?` : `End your access to ${other()}?`,
    'Everyone who is inside loses access with their next request. It cannot be resumed, but there can be a new offer.', 'End it',
    async () => { await call('DELETE', path, { version: has().version }); page.dirty = false; page.again(); });
  const send = (/** @type {Event} */ event) => form.submit(event, async (fields) => {
    const end = String(fields.get('expires-at') ?? '');
    const was = before.attributes['expires-at'];
    const mine = { attributes: { 'maximum-role-name': grant.role, 'all-organizations': grant.all, 'expires-at': end === day(was) ? was : endOf(end) },
      related: granted(grant) };
    const saved = await keep(page, form, path, before, mine, WORDS, 'It applies from the next request of everyone who is inside.');
    if (saved) { data = saved; await begin(); }
  });

  const about = () => {
    const one = has();
    const [word, tone, host, delegate] = STATES[one.status];
    const pending = one.status === 'pending';
    const subdomain = granting ? one.subdomain : one['host-subdomain'];
    const over = ['declined', 'ended'].includes(one.status);
    const soon = one['accepted-at'] && !over && one['expires-at'] && Date.parse(one['expires-at']) - Date.now() < SOON;
    return html`<div class="panel"><p><span class="tone ${tone}">${word}</span>. ${granting ? host : delegate}</p>${facts([
      [granting ? 'Let in' : 'Lets us in', subdomain ? `${other()} (${subdomain})` : other()],
        ['Maximum role', one['maximum-role-name']],
      ['Organizations', !granting && (one['all-organizations'] ? 'all, current and future' : one['organization-names']?.join(', ')
        ?? 'those that the host has chosen')],
      ['Offered by', html`${one['inviter-name']}, ${when(one['created-at'], 'exact')}`], ['Message', one.message],
      ['Open until', pending && when(one['invitation-expires-at'], 'exact')],
      ['Accepted', one['accepted-at'] && html`${one['accepted-by'] ? `${one['accepted-by']}, ` : ''}${when(one['accepted-at'], 'exact')}`],
      ['Ends', one['expires-at'] && html`${when(one['expires-at'], 'exact')}${soon ? html`, ${when(one['expires-at'])}` : ''}`]])}
      <div class="actions">${granting && one.status !== 'pending' ? html`<a class="button second"
        href=${page.path(`glueconnect/${data.id}/people`)}>Visitors and limits</a>` : nothing}
      ${granting && !over && !one['accepted-at'] ? html`<button class="second" @click=${() => act('POST', `${path}/invitation`,
        resource('invitations', {}), 'The mail goes to each of their Administrators again; older links no longer work.')}>Resend</button>` : nothing}
      ${granting && one.status === 'active' ? html`<button class="second" @click=${() => status('suspended',
        'Suspended. Their users have no access.')}>Suspend</button>` : nothing}
      ${granting && one.status === 'suspended' ? html`<button class="second" @click=${() => status('active', 'Their users have access again.')}>Resume</button>`
        : nothing}
      ${granting && soon ? html`<button class="second" @click=${renew}>Renew for a year</button>` : nothing}
      ${over ? html`<a class="button second" href=${page.path('glueconnect/new')}>New offer</a>` : nothing}
      ${!granting && pending ? html`<button class="second" @click=${() => answer('decline', `Declined. ${other()} stays closed.`)}>Decline</button>
        <button @click=${() => answer('accept', `Accepted. Your users find ${other()} in their menu, under their name.`)}>Accept</button>`
        : over ? nothing : html`<button class="danger" @click=${end}>${pending ? 'Take it back' : 'End it'}</button>`}</div></div>
      ${granting ? nothing : html`<div class="panel">${effective(one['maximum-role-name'])}</div>`}`;
  };
  const show = () => page.show(other(), html`${summary(form)}${outcome(form)}${about()}
    ${granting && !['declined', 'ended'].includes(has().status) ? html`<form class="stack" data-kept @submit=${send}>
      ${grantFields(form, grant, { name: 'maximum-role-name', roles: 'Maximum role', least: 'Read-only' })}<div
        class="panel">${input(form, 'expires-at', 'Ends on', { value: day(has()['expires-at']), type: 'date', hint: 'Leave it empty for no end.' })}</div>
      ${actions(form, 'Save')}</form>` : nothing}`);
  show();
}
