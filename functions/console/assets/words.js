// @ts-check
/** The words for what the API names by codes, and how times and numbers are written. */
import { html } from './lib/lit-html.js';

/** From the lowest to the highest, with what each may do. */
export const ROLES = /** @type {const} */ ([
  ['Lite', 'reads at most five organizations; takes no licence'], ['Read-only', 'reads'],
  ['Creator', 'reads, adds and changes'], ['Editor', 'reads, adds, changes and deletes'],
  ['Manager', 'also manages users and groups, up to their own role'],
  ['Administrator', 'may do everything in the account'],
]);
/** @param {string} role */
export const rank = (role) => ROLES.findIndex(([name]) => name === role);
/** @param {string} a @param {string} b */
export const lower = (a, b) => (rank(a) < rank(b) ? a : b);

const plurals = new Intl.PluralRules('en');
const numbers = new Intl.NumberFormat();
/** @param {number} count @param {string} one @param {string} [many] */
export const counted = (count, one, many = one + 's') => `${numbers.format(count)} ${plurals.select(count) === 'one' ? one : many}`;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const dates = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
/** @param {string | number} time */
export function since(time) {
  const seconds = (new Date(time).getTime() - Date.now()) / 1000;
  for (const [unit, length] of /** @type {const} */ ([['day', 86_400], ['hour', 3_600], ['minute', 60]])) {
    if (Math.abs(seconds) >= length) return relative.format(Math.round(seconds / length), unit);
  }
  return seconds > 0 ? 'in less than a minute' : 'just now';
}
/** A moment in the reader's zone; UTC when one points at it. @param {string} time @param {'relative' | 'exact'} [how] */
export const when = (time, how = 'relative') => html`<time datetime=${time} title="${time.replace('T', ' ').replace(/\.\d+Z$/, '')} UTC"
  >${how === 'relative' ? since(time) : dates.format(new Date(time))}</time>`;

/** The last moment of a day, where the reader is. @param {unknown} day @returns {string | null} */
export const endOf = (day) => (day ? new Date(`${day}T23:59:59`).toISOString() : null);

const DELIVERY = /** @type {Record<string, string>} */ ({ queued: 'the mail is about to be sent', failed: 'the mail could not be sent; we try again',
  bounced: 'the mail came back', suppressed: 'no mail is sent: an earlier one came back', complained: 'reported as spam' });
/** How a user stands, as words and a tone. @param {any} user */
export function state(user) {
  const has = user.attributes;
  const mail = DELIVERY[has['invitation-delivery']];
  if (has.status === 'suspended') return { tone: 'wrong', text: html`Suspended` };
  if (has.status === 'active') return { tone: 'good', text: html`Active${has['current-sign-in-at'] ? html` · seen ${when(has['current-sign-in-at'])}` : ''}` };
  if (has.status === 'expired') return { tone: 'fault', text: html`Expired ${when(has['invitation-expires-at'])}` };
  if (has['invitation-state'] === 'inviter-no-longer-allowed') {
    return { tone: 'fault', text: html`Invited · ${has['invited-by-name'] ?? 'the inviter'} may no longer give this access. Resend it in your name.` };
  }
  return { tone: mail && has['invitation-delivery'] !== 'queued' ? 'fault' : 'wait',
    text: html`Invited · ${mail ?? html`ends ${when(has['invitation-expires-at'])}`}` };
}

/** What becomes of an address that one invites. */
export const OUTCOMES = /** @type {Record<string, [string, string]>} */ ({
  invited: ['gets an invitation', 'is invited'], 'already-invited': ['has an invitation already', 'has an invitation already'],
  'already-active': ['is a user already', 'is a user already'], 'in-my-glue': ['is in MyGlue', 'is in MyGlue'],
  'in-it-glue': ['is in IT Glue', 'is in IT Glue'], duplicate: ['is listed twice', 'is listed twice'],
});

/** Why somebody may not. */
export const OBSTACLES = /** @type {Record<string, string>} */ ({
  'user-unknown': 'The user does not exist.', 'user-pending': 'The invitation is not accepted yet.', 'user-suspended': 'The user is suspended.',
  'role-too-low': 'The role does not allow it.', 'organization-not-granted': 'The organization is not granted, neither directly nor through a group.',
  'organization-unknown': 'The organization does not exist.', 'lite-in-host': 'Lite users have no access to other accounts.',
  'security-permission': 'Visitors cannot change permissions.', 'connection-ended': 'The connection has ended.',
  'connection-pending': 'The connection is not accepted yet.', 'connection-suspended': 'The connection is suspended.',
  'connection-expired': 'The connection has expired.', 'person-excluded': 'This user has no access to the account.',
  'delegate-mfa-required': 'The account requires visitors to have a second factor.', 'resource-type-denied': 'This type is denied to a group of the user.',
  'resource-restricted': 'This asset is restricted to certain groups and users.',
});

/** Where an organization comes from. @param {string[]} via @param {(id: string) => string | undefined} group */
export const through = (via, group) => via.map((way) => (way === 'direct' ? 'directly'
  : way === 'user' ? 'by name' : way === 'administrator' ? 'as Administrator'
  : way === 'all-organizations' ? 'with all organizations' : `through ${group(way.replace('groups/', '')) ?? 'a group'}`)).join(', ');
