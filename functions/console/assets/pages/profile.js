// @ts-check
/** My name, my password, my second factor, my browsers. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, resource } from '../api.js';
import { adopt, me, signOut } from '../session.js';
import { ask, asks, sure } from '../parts/dialog.js';
import { Form, actions, input, outcome, summary } from '../parts/form.js';
import { facts, rows, small } from '../parts/list.js';
import { recovery } from '../parts/mfa.js';
import { when } from '../words.js';

/** The browser's and the system's name, as far as the browser tells. @param {string | null} agent */
const browser = (agent) => {
  const name = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((word) => agent?.includes(word + '/'));
  const system = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS', 'Linux'].find((word) => agent?.includes(word));
  return [name === 'Edg' ? 'Edge' : name === 'OPR' ? 'Opera' : name, system].filter(Boolean).join(' on ') || agent || 'Unknown';
};

/** @param {Page} page */
export default async function profile(page) {
  const mine = `/users/${me.id}`;
  const browsers = () => get('/sessions', { sort: '-created-at' });
  let [{ data: factor }, sessions] = await Promise.all([get(`${mine}/mfa`), browsers()]);
  const form = new Form(() => show());
  const password = new Form(() => show());
  let setting = false;

  const change = (/** @type {any} */ event) => {
    const target = event.currentTarget;
    return password.submit(event, async (fields) => {
      const data = resource('passwords', { 'old-password': fields.get('old-password'), password: fields.get('password') });
      adopt((await call('POST', `${mine}/password`, { data, key: password.key(data) })).data.attributes);
      target.reset();
      page.dirty = false;
      password.done = 'The password is changed. All your other sessions have ended.';
      sessions = await browsers();
    });
  };
  /** Asks for a code and does something with it. @param {string} title @param {string} text @param {string} yes @param {(otp: string) => Promise<any>} work */
  const withCode = (title, text, yes, work) => asks(title, { yes, work: (fields) => work(String(fields.get('otp'))),
    body: (form) => html`<p>${text}</p>${input(form, 'otp', 'Code of your authenticator app, or a recovery code', { required: true,
      autocomplete: 'one-time-code' })}` });
  const again = async () => { ({ data: factor } = await get(`${mine}/mfa`)); me.mfa = factor.attributes.mfa; setting = false; form.draw(); };
  const takeAway = async () => {
    if (await withCode('Remove your second factor?', 'You will sign in with the password alone.', 'Remove it',
      (otp) => call('DELETE', `${mine}/mfa`, { data: resource('mfa', { otp }) }))) await again();
  };
  const renew = async () => {
    const codes = await withCode('New recovery codes', 'The old ones stop working.', 'Make new ones', async (otp) =>
      (await call('POST', `${mine}/mfa/recovery-codes`, { data: resource('mfa', { otp }) })).data.attributes['recovery-codes']);
    if (Array.isArray(codes)) { await ask('Recovery codes', (close) => recovery(codes, close), { stay: true }); await again(); }
  };
  const end = (/** @type {any} */ session) => form.submit(null, async () => {
    await call('DELETE', `/sessions/${session.id}`);
    sessions = await browsers();
    form.done = 'That browser is signed out.';
  });
  const everywhere = () => sure('Sign out everywhere?', 'This browser and every other one is signed out at once.', 'Sign out everywhere', () => signOut(true));

  const secondFactor = () => html`<div class="panel"><h2>Second factor</h2>${setting ? html`<mfa-setup @done=${again}></mfa-setup>`
    : factor.attributes.mfa ? html`<p>Set up${factor.attributes.since ? html` since ${when(factor.attributes.since, 'exact')}`
      : nothing}. ${factor.attributes['recovery-codes-left']} recovery codes are left.</p>
      <div class="actions"><button class="danger" @click=${takeAway}>Remove it</button><button class="second"
        @click=${renew}>New recovery codes</button></div>`
    : html`<p>None yet. With a second factor, a stolen password is not enough to sign in.</p><div class="actions"><button
      @click=${() => { setting = true; form.draw(); }}>Set it up</button></div>`}</div>`;
  const show = () => page.show('My profile', html`${summary(form)}${outcome(form)}
    <div class="panel">${facts([['Name', me.name], ['E-mail address', me.email], ['Account', me.home.name], ['Role', me.role]])}
      ${page.may('Manager') ? html`<div class="actions"><a class="button second" href=${page.path(`users/${me.id}`)}>Change my name</a></div>` : nothing}</div>
    <form class="panel" data-kept @submit=${change}><h2>Password</h2>${summary(password)}${outcome(password)}<input hidden name="username"
      autocomplete="username" value=${me.email}>
      ${input(password, 'old-password', 'Old password', { type: 'password', required: true, autocomplete: 'current-password' })}
      ${input(password, 'password', 'New password', { type: 'password', required: true, autocomplete: 'new-password',
        hint: 'At least 12 characters; a few words are good.' })}${actions(password, 'Change the password')}</form>
    ${secondFactor()}
    ${rows(page, { data: sessions.data }, 'My browsers', ['Browser', 'Address', 'Since', ''], (one) => {
      const { current, 'user-agent': agent, 'ip-address': address, 'created-at': since } = one.attributes;
      return [html`${browser(agent)}${current ? html` <span class="badge">this one</span>` : nothing}`, address ?? '–', when(since),
        current ? nothing : html`<div class="row-actions">${small('Sign out', `Sign out ${browser(agent)}`, () => end(one))}</div>`];
    }, '')}
    <div class="actions"><button class="second" @click=${everywhere}>Sign out everywhere</button></div>`);
  show();
}
