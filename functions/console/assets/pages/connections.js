// @ts-check
/** GlueConnect, both directions: whom this account lets in, and who lets it in. */
import { html, nothing } from '../lib/lit-html.js';
import { get, list } from '../api.js';
import { summary } from '../parts/form.js';
import { filter, filters, listing, rows, search, tabs } from '../parts/list.js';
import { counted, when } from '../words.js';

/** Each state, its tone, and what to do about it as the host and as the one who is let in. @type {Record<string, [string, string, string, string]>} */
export const STATES = {
  pending: ['Pending', 'wait', 'Waits for one of their Administrators. You can send the mail again.', 'Waits for your answer: accept or decline it.'],
  active: ['Active', 'good', 'Their users have access.', 'Your users find it in their menu.'],
  suspended: ['Suspended', 'wrong', 'Their users have no access until you resume it.', 'The host has suspended the access. Ask its Administrator.'],
  declined: ['Declined', 'fault', 'They declined. You can make a new offer.', 'You declined. They can make a new offer.'],
  expired: ['Expired', 'fault', 'It has expired. Set a later end, or send it again.', 'It has expired. Ask the host for a new one.'],
  ended: ['Ended', 'fault', 'It has ended. You can make a new offer.', 'It has ended. The host can make a new offer.'],
};

/** Until when, or since when no more. @param {any} has */
const end = (has) => {
  const time = has.status === 'pending' ? has['invitation-expires-at'] : has['expires-at'];
  if (!time || ['declined', 'ended'].includes(has.status)) return nothing;
  return has.status === 'expired' ? html` ${when(time)}` : html` · ends ${when(time)}`;
};

/** @param {Page} page */
export default async function connections(page) {
  const { query } = page;
  const received = query.get('direction') === 'received';
  /** @param {any} one */
  const cells = ({ id, attributes: has }) => {
    const [word, tone, host, delegate] = STATES[has.status];
    const [name, subdomain] = received ? [has['host-account-name'], has['host-subdomain'] ?? ''] : [has['delegate-account-name'], has.subdomain];
    return [html`<a href=${page.path(`glueconnect/${id}`)}>${name}</a><small>${subdomain}</small>`, has['maximum-role-name'],
      html`<span class="tone ${tone}">${word}${end(has)}</span><small>${received ? delegate : host}</small>`];
  };
  // Offers wait on the other tab: said once, however often the filters change.
  page.kept.offers ??= received ? null : get('/connections', { 'filter[direction]': 'received', 'filter[status]': 'pending', 'page[size]': '1' })
    .catch(() => null);
  const offers = (await page.kept.offers)?.meta['total-count'] ?? 0;
  const read = () => list('/connections', { 'filter[direction]': received ? 'received' : 'granted', 'filter[status]': query.get('status') ?? undefined,
    'filter[search]': query.get('search') ?? undefined, sort: '-id' }, query);
  await listing(page, 'GlueConnect', read, (answer, form) => html`<div class="beside">${tabs('Direction', [[page.path('glueconnect'), 'Let in', !received],
      [page.path('glueconnect?direction=received'), 'Lets us in', received]])}<a class="button" href=${page.path('glueconnect/new')}>+ New</a></div>
    ${filters(page, html`${received ? html`<input type="hidden" name="direction" value="received">` : nothing}${search(page, 'Account or subdomain')}
      ${filter(page, 'status', 'Status', 'Every status', Object.entries(STATES).map(([key, [word]]) => [key, word]))}`)}${summary(form)}
    ${!received && offers ? html`<p class="warn"><a href=${page.path('glueconnect?direction=received&status=pending')}>${counted(offers, 'offer')}</a>
      from other accounts ${offers === 1 ? 'waits' : 'wait'} for your answer.</p>` : nothing}
    ${rows(page, answer, received ? 'Accounts that let us in' : 'Accounts that are let in', ['Account', 'Maximum role', 'Status'], cells,
      received ? 'No account lets you in yet.'
      : 'You let no other account in yet. With + New you offer it to one; its users need no accounts of their own here.',
        !!(query.get('search') || query.get('status')))}`);
}
