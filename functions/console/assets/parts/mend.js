// @ts-check
/** What a person can mend without leaving the page: a session that ended, a proof that it is still them, a second factor to set up. */
import { html } from '../lib/lit-html.js';
import { Refused, mending } from '../api.js';
import { bearer, me, prove, renew, signIn } from '../session.js';
import { shut } from '../frame.js';
import { ask, asks } from './dialog.js';
import { input } from './form.js';

/**
 * A dialog that asks for a password, and for a code where one is wanted.
 * @param {string} title @param {unknown} text @param {string} yes @param {(form: FormData) => Promise<void>} work
 */
function password(title, text, yes, work) {
  let code = false;
  return asks(title, { yes,
    body: (form) => html`<p>${text}</p><p class="hint">Signed in as ${me.email}, ${me.home.name}</p><input hidden name="username" autocomplete="username"
      value=${me.email}>
      ${input(form, 'your-password', 'Password', { type: 'password', required: true, autocomplete: 'current-password' })}
      ${code || me.mfa ? input(form, 'your-code', 'Code of your authenticator app, or a recovery code', { autocomplete: 'one-time-code', required: code })
        : ''}`,
    work: (fields) => work(fields).catch((error) => {
      code ||= error instanceof Refused && /mfa-required|code/.test(error.code);
      throw error;
    }) });
}

/** The second one who asks gets the first one's answer. @type {Map<string, Promise<boolean>>} */
const open = new Map();
/** @param {string} what @param {() => Promise<any>} work */
function once(what, work) {
  const now = open.get(what) ?? work().then(Boolean).finally(() => open.delete(what));
  open.set(what, now);
  return now;
}

const dialogs = {
  session: () => password('Your session has ended', `What you typed is still here. Sign in again to continue.
    If you cannot sign in, ask an Administrator of ${me.home.name} whether you still have access.`, 'Sign in',
    (form) => signIn(me.email, form)),
  proof: () => password('Is it still you?', 'Enter your password again to continue.', 'Continue', prove),
  enrolment: () => ask('A second factor is needed', (close, draw) => html`<p>${me.home.name} requires a second factor. Set yours up,
    and go on where you were.</p>
    <mfa-setup @done=${() => close(true)}></mfa-setup>`),
};

/** Ties these to the API's refusals. */
export function mendable() {
  mending.token = bearer;
  mending.mend = async (refused, attempt) => {
    if (attempt > 3 || !me) return false;
    if (refused.status === 401) {
      // The token may only have grown old; else the person is asked.
      if (!attempt) return renew().then(() => true, (error) => (error.status === 401 ? once('session', dialogs.session) : Promise.reject(error)));
      return once('session', dialogs.session);
    }
    if (refused.code === 'proof-needed') return once('proof', dialogs.proof);
    if (refused.code === 'mfa-enrolment-required') {
      await import('./mfa.js');
      return once('enrolment', dialogs.enrolment);
    }
    if (refused.code.startsWith('connection-') && me.inside) shut(refused.code);
    return false;
  };
}
