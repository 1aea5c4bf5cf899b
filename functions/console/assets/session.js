// @ts-check
/** Who is signed in, and the token with which this tab acts. The token stands in this module and in no storage. */
import { Refused, fetched, resource } from './api.js';

let token = '';
/** From when on it is renewed before it is used. A clock that goes wrong here must not renew it with each call. */
let old = 0;
/** @type {Promise<void> | null} */
let renewal = null;
/** @type {Person} */
export let me;

const channel = new BroadcastChannel('session');
channel.onmessage = ({ data }) => { if (data === 'signed out') toSignIn(); };

/** Takes over a token that an answer brought. @param {Record<string, string>} session */
export function adopt(session) {
  token = session['access-token'];
  old = Math.max(Date.parse(session['expires-at']) - 60_000, Date.now() + 60_000);
}

/** Somebody else has signed in to this browser: what stands on this page is not theirs. @param {Record<string, string>} session */
async function theSame(session) {
  if (!me || session['user-id'] === me.id) return;
  dispatchEvent(new Event('other-person'));
  location.reload();
  await new Promise(() => {});
}

/** @param {string} [account] */
async function renewFor(account) {
  const { data } = await fetched('POST', '/session/renewals', { data: resource('sessions', account ? { 'account-id': account } : {}) });
  await theSame(data.attributes);
  adopt(data.attributes);
}

/** A new token for this tab's account, once for all who ask at the same moment. */
export function renew() {
  renewal ??= renewFor(me?.inside ? me.account.id : undefined).finally(() => { renewal = null; });
  return renewal;
}

/** The token, renewed a minute before it ends. */
export async function bearer() {
  if (token && Date.now() > old) await renew();
  return token;
}

/**
 * Signs this tab in to the account that the address names. Answers null if the person has no way in there.
 * @param {string} subdomain
 */
export async function begin(subdomain) {
  await renewFor();
  const { data, meta } = await fetched('GET', '/session', { token });
  const has = data.attributes;
  const home = { id: has['home-account-id'], name: has['home-account-name'], subdomain: has['home-subdomain'] };
  me = { id: has['user-id'], name: has.name, email: has.email, role: has['role-name'], mfa: has.mfa, home, account: home,
    inside: false, closing: has['account-closing-at'], accounts: meta.accounts ?? [], message: meta['invitation-message'] ?? '' };
  if (has.scope === 'enrolment') throw new Refused(403, [{ code: 'mfa-enrolment-required', detail: '' }]);
  if (!subdomain || subdomain === home.subdomain) return me;
  const host = me.accounts.find((account) => account.subdomain === subdomain);
  if (!host) return null;
  const account = { id: host['account-id'], name: host['account-name'], subdomain };
  me = { ...me, account, inside: true, role: host['effective-role-name'] ?? me.role };
  await renewFor(account.id);
  return me;
}

/** Reads anew which accounts let this person in. */
export async function reached() {
  const { meta } = await fetched('GET', '/session', { token: await bearer() });
  me.accounts = meta.accounts ?? [];
}

/** Tries a password for the person of this tab. @param {string} email @param {FormData} form */
export async function signIn(email, form) {
  const otp = String(form.get('your-code') ?? '');
  const credentials = { subdomain: me.home.subdomain, email, password: String(form.get('your-password')), browser: true };
  const { data } = await fetched('POST', '/sessions', { data: resource('sessions', otp ? { ...credentials, otp } : credentials) });
  await theSame(data.attributes);
  await renew();
}

/** Shows that it is still them. @param {FormData} form */
export async function prove(form) {
  const otp = String(form.get('your-code') ?? '');
  const proof = { password: String(form.get('your-password')) };
  const { data } = await fetched('POST', '/session/proof', { token, data: resource('sessions', otp ? { ...proof, otp } : proof) });
  adopt(data.attributes);
}

/** Ends this browser's session, or every one of the person, and tells the other tabs. */
export async function signOut(everywhere = false) {
  await fetched('DELETE', '/session', { token: await bearer(), query: everywhere ? { everywhere: 'true' } : {} });
  channel.postMessage('signed out');
  toSignIn(false);
}

/** @param {boolean} [back] whether to come back here afterwards */
export function toSignIn(back = true) {
  token = '';
  location.assign('/console/sign-in' + (back ? '?to=' + encodeURIComponent(location.pathname + location.search) : ''));
}
