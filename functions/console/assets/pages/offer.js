// @ts-check
/** Letting another account in, in steps. Back keeps everything. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, resource } from '../api.js';
import { fieldOf, Form, choice, input, summary } from '../parts/form.js';
import { amount, grantFields, granted, grants } from '../parts/grants.js';
import { ROLES, endOf, lower, rank } from '../words.js';
import { facts, table } from '../parts/list.js';

const STEPS = ['Whom', 'Maximum role', 'Access', 'Message', 'Review'];
const FIELDS = [['subdomain', 'provider'], ['maximum-role-name'], ['groups', 'organizations', 'all-organizations'], ['message', 'expires-at'], []];

/** What each role at home becomes below a maximum. @param {string} most */
export const effective = (most) => table('Role at home, and here', ['Role at home', 'Role here'],
  [...ROLES].reverse().map(([role]) => [role, role === 'Lite' ? 'no access' : lower(role, most)]));

/** @param {Page} page */
export default async function offer(page) {
  const [grant, { data: providers }] = await Promise.all([grants({ role: 'Read-only' }), get('/providers')]);
  const has = { subdomain: '', provider: '', message: '', end: '' };
  let step = 0;
  const form = new Form(() => show());
  const body = () => resource('connections', { ...(has.provider ? { provider: has.provider } : { subdomain: has.subdomain.trim() }),
    'maximum-role-name': grant.role,
    'all-organizations': grant.all, ...(has.message.trim() && { message: has.message }), ...(has.end && { 'expires-at': endOf(has.end) }) }, granted(grant));
  const go = (/** @type {number} */ to) => {
    step = to;
    form.faults = [];
    form.draw();
    document.querySelector('h1')?.focus();
  };
  const send = (/** @type {any} */ event) => {
    const fields = /** @type {any} */ (Object.fromEntries(new FormData(event.currentTarget)));
    for (const name of /** @type {('subdomain' | 'provider' | 'message' | 'end')[]} */ (Object.keys(has))) if (name in fields) has[name] = fields[name];
    if (fields['expires-at'] !== undefined) has.end = fields['expires-at'];
    if (step < STEPS.length - 2) { event.preventDefault(); return go(step + 1); }
    const data = body();
    return form.submit(event, async () => {
      try {
        if (step < STEPS.length - 1) { await call('POST', '/connections', { data, query: { preview: 'true' } }); go(step + 1); } else {
          const { data: made } = await call('POST', '/connections', { data, key: form.key(data) });
          page.dirty = false;
          page.go(page.path(`glueconnect/${made.id}`), true);
        }
      } catch (refused) {
        // To the step whose field it is about.
        const at = FIELDS.findIndex((names) => names.includes(fieldOf(/** @type {any} */ (refused).faults?.[0] ?? {})));
        if (at >= 0) step = at; else if (/** @type {any} */ (refused).code === 'no-organization-chosen') step = 2;
        throw refused;
      }
    });
  };
  const bodies = [
    () => html`<div class="panel">${choice(form, 'provider', 'Which account do you let in?', [has.provider], [['', 'Another account', 'by its subdomain'],
      ...providers.map((/** @type {any} */ { id, attributes }) => [id, attributes.name, attributes.available ? 'Certified Provider'
        : 'Certified Provider; does not have an account yet', !attributes.available])],
      { change: ([value]) => { has.provider = value; form.draw(); } })}
      ${has.provider ? nothing : html`${input(form, 'subdomain', 'Subdomain', { value: has.subdomain, required: true,
        hint: 'The subdomain of the account to let in, such as insight-tech.' })}`}</div>`,
    () => html`<div class="panel">${choice(form, 'maximum-role-name', 'Maximum role', [grant.role],
      ROLES.filter(([role]) => rank(role) > 0).map(([role, hint]) => [role, role, hint]),
      { change: ([role]) => { grant.role = role; form.draw(); } })}<p class="hint">Their users have at most this role here,
        and never more than in their own account. They cannot change permissions here.</p></div>
      <div class="panel">${effective(grant.role)}</div>`,
    () => grantFields(form, grant, { role: false }),
    () => html`<div class="panel">${input(form, 'message', 'Message to their Administrators', { value: has.message, rows: 5, hint: 'Shown in the mail.' })}
      ${input(form, 'expires-at', 'Ends on', { value: has.end, type: 'date', hint: 'Leave it empty for a connection without an end.' })}</div>`,
    () => html`<div class="panel">${facts([['Account', has.provider || has.subdomain], ['Maximum role', grant.role],
      ['Groups', grant.known.filter(({ id }) => grant.groups.includes(id)).map(({ name }) => name).join(', ') || '–'],
      ['Organizations', html`${amount(grant)}${grant.picked.length ? html`: ${grant.picked.map(({ name }) => name).join(', ')}` : nothing}`],
      ['Ends', has.end || 'when one of you ends it'], ['Message', has.message || '–']])}
      <p class="hint">Each of their Administrators gets a mail. Their users get in once one of them accepts.</p></div>`,
  ];
  const show = () => page.show('Let another account in', html`<ol class="steps">${STEPS.map((word,
    at) => html`<li aria-current=${at === step ? 'step' : nothing}>${word}</li>`)}</ol>
    ${summary(form)}<form class="stack" data-kept @submit=${send}>${bodies[step]()}<div class="actions">${step
      ? html`<button type="button" class="second" @click=${() => go(step - 1)}>Back</button>`
      : html`<a class="button second" href=${page.path('glueconnect')}>Cancel</a>`}<button aria-busy=${form.busy}>${step === STEPS.length - 1 ? 'Send'
        : 'Next'}</button></div></form>`);
  show();
}
