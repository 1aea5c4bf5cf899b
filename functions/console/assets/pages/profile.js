// @ts-check
/** My name, my password, my second factor, my browsers. */
import { html, nothing } from '../lib/lit-html.js';
import { call, get, resource } from '../api.js';
import { adopt, me, signOut } from '../session.js';
import { ask, sure } from '../parts/dialog.js';
import { Form, actions, input, outcome, summary } from '../parts/form.js';
import { table } from '../parts/list.js';
import { recovery } from '../parts/mfa.js';
import { when } from '../words.js';

/** The browser's and the system's name, as far as the browser tells. @param {string | null} agent */
const browser = (agent) => {
  const name = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'].find((word) => agent?.includes(word + '/'));
  const system = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS', 'Linux'].find((word) => agent?.includes(word));
  return [name === 'Edg' ? 'Edge' : name === 'OPR' ? 'Opera' : name, system].filter(Boolean).join(' on ') || agent || 'Unknown';
};

/** @param {import('../main.js').Page} page */
export default async function profile(page) {
  const mine = `/users/${me.id}`;
  let [{ data: factor }, sessions] = await Promise.all([get(`${mine}/mfa`), get('/sessions', { sort: '-created-at' })]);
  const form = new Form(() => show());
  const password = new Form(() => show());
  let setting = false;

  const change = (/** @type {any} */ event) => {
    const fields = new FormData(event.currentTarget);
    const target = event.currentTarget;
    return password.submit(event, async () => {
      const data = resource('passwords', { 'old-password': fields.get('old-password'), password: fields.get('password') });
      adopt((await call('POST', `${mine}/password`, { data, key: password.key(data) })).data.attributes);
      target.reset();
      page.dirty = false;
      password.done = 'The password is changed. Every other session of yours has ended.';
      sessions = await get('/sessions', { sort: '-created-at' });
    });
  };
  /** Asks for a code and does something with it. @param {string} title @param {string} text @param {string} yes @param {(otp: string) => Promise<any>} work */
  const withCode = (title, text, yes, work) => {
    /** @type {Form} */ let inner;
    return ask(title, (close, draw) => {
      inner ??= new Form(draw);
      return html`${summary(inner)}<p>${text}</p><form @submit=${(/** @type {any} */ event) => {
        const otp = String(new FormData(event.currentTarget).get('otp'));
        return inner.submit(event, async () => close((await work(otp)) ?? true));
      }}>${input(inner, 'otp', 'Code of your authenticator app, or a recovery code', { required: true, autocomplete: 'one-time-code' })}
        ${actions(inner, yes, html`<button type="button" class="second" @click=${() => close()}>Cancel</button>`)}</form>`;
    });
  };
  const again = async () => { ({ data: factor } = await get(`${mine}/mfa`)); me.mfa = factor.attributes.mfa; setting = false; form.draw(); };
  const takeAway = async () => {
    if (await withCode('Take your second factor away?', 'You will sign in with the password alone.', 'Take it away', (otp) => call('DELETE', `${mine}/mfa`, { data: resource('mfa', { otp }) }))) await again();
  };
  const renew = async () => {
    const codes = await withCode('New recovery codes', 'The old ones stop working.', 'Make new ones', async (otp) =>
      (await call('POST', `${mine}/mfa/recovery-codes`, { data: resource('mfa', { otp }) })).data.attributes['recovery-codes']);
    if (Array.isArray(codes)) { await ask('Recovery codes', (close) => recovery(codes, close), { stay: true }); await again(); }
  };
  const end = (/** @type {any} */ session) => form.submit(null, async () => {
    await call('DELETE', `/sessions/${session.id}`);
    sessions = await get('/sessions', { sort: '-created-at' });
    form.done = 'That browser is signed out.';
  });
  const everywhere = () => sure({ title: 'Sign out everywhere?', text: 'This browser and every other one is signed out at once.', yes: 'Sign out everywhere', work: () => signOut(true) });

  const secondFactor = () => html`<div class="panel"><h2>Second factor</h2>${setting ? html`<mfa-setup @done=${again}></mfa-setup>`
    : factor.attributes.mfa ? html`<p>Set up${factor.attributes.since ? html` since ${when(factor.attributes.since, 'exact')}` : nothing}. ${factor.attributes['recovery-codes-left']} recovery codes are left.</p>
      <div class="actions"><button class="danger" @click=${takeAway}>Take it away</button><button class="second" @click=${renew}>New recovery codes</button></div>`
    : html`<p>None yet. With one, a password that somebody learned is not enough.</p><div class="actions"><button @click=${() => { setting = true; form.draw(); }}>Set it up</button></div>`}</div>`;
  const show = () => page.show('My profile', html`${summary(form)}${outcome(form)}
    <div class="panel"><dl class="facts"><dt>Name</dt><dd>${me.name}</dd><dt>E-mail address</dt><dd>${me.email}</dd><dt>Account</dt><dd>${me.home.name}</dd><dt>Role</dt><dd>${me.role}</dd></dl>
      ${page.may('Manager') ? html`<div class="actions"><a class="button second" href=${page.path(`users/${me.id}`)}>Change my name</a></div>` : nothing}</div>
    <form class="panel" data-kept @submit=${change}><h2>Password</h2>${summary(password)}${outcome(password)}<input hidden name="username" autocomplete="username" value=${me.email}>
      ${input(password, 'old-password', 'Old password', { type: 'password', required: true, autocomplete: 'current-password' })}
      ${input(password, 'password', 'New password', { type: 'password', required: true, autocomplete: 'new-password', hint: 'At least 12 characters; a few words are good.' })}${actions(password, 'Change the password')}</form>
    ${secondFactor()}
    <div class="panel">${table('My browsers', ['Browser', 'Address', 'Since', ''], sessions.data.map((/** @type {any} */ one) => [html`${browser(one.attributes['user-agent'])}${one.attributes.current ? html` <span class="badge">this one</span>` : nothing}`,
      one.attributes['ip-address'] ?? '–', when(one.attributes['created-at']), one.attributes.current ? nothing : html`<div class="row-actions"><button class="second small" @click=${() => end(one)}>Sign out</button></div>`]))}</div>
    <div class="actions"><button class="second" @click=${everywhere}>Sign out everywhere</button></div>`);
  show();
}
