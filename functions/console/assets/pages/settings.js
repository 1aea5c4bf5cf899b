// @ts-check
/** The account's settings. */
import { html, nothing } from '../lib/lit-html.js';
import { get } from '../api.js';
import { me } from '../session.js';
import { Form, actions, input, outcome, select, summary, tick } from '../parts/form.js';
import { facts } from '../parts/list.js';
import { keep, stateOf } from '../parts/save.js';

const NAMES = ['name', 'enforce-mfa', 'require-delegate-mfa', 'invitation-lifetime-hours', 'log-retention-months'];
const WORDS = { name: 'Name', 'enforce-mfa': 'Second factor for everyone', 'require-delegate-mfa': 'Second factor for visitors',
  'invitation-lifetime-hours': 'Invitations are open for', 'log-retention-months': 'The activity log is kept for' };
const LIVES = /** @type {[string, string][]} */ ([['1', '1 hour'], ['24', '1 day'], ['72', '3 days'], ['168', '7 days'], ['336', '14 days'],
  ['720', '30 days']]);
const KEPT = /** @type {[string, string][]} */ ([['', 'ever'], ['3', '3 months'], ['6', '6 months'], ['12', '1 year'], ['24', '2 years'],
  ['36', '3 years'], ['60', '5 years'], ['120', '10 years']]);

/** @param {Page} page */
export default async function settings(page) {
  const { data, meta } = await get('/account');
  let before = stateOf(data, NAMES);
  let enforced = before.attributes['enforce-mfa'];
  const form = new Form(() => show());
  const send = (/** @type {Event} */ event) => form.submit(event, async (fields) => {
    const mine = { name: fields.get('name'), 'enforce-mfa': fields.has('enforce-mfa'), 'require-delegate-mfa': fields.has('require-delegate-mfa'),
      'invitation-lifetime-hours': Number(fields.get('invitation-lifetime-hours')),
      'log-retention-months': Number(fields.get('log-retention-months')) || null };
    const saved = await keep(page, form, '/account', before, { attributes: mine }, WORDS);
    if (saved) { before = stateOf(saved, NAMES); me.home.name = saved.attributes.name; }
  });
  const life = String(before.attributes['invitation-lifetime-hours']);
  const lives = LIVES.some(([hours]) => hours === life) ? LIVES : [...LIVES, /** @type {[string, string]} */ ([life, `${life} hours`])];
  const kept = String(before.attributes['log-retention-months'] ?? '');
  const times = KEPT.some(([months]) => months === kept) ? KEPT : [...KEPT, /** @type {[string, string]} */ ([kept, `${kept} months`])];
  const show = () => page.show('Account settings', html`${summary(form)}${outcome(form)}<form class="stack" data-kept @submit=${send}>
    <div class="panel">${input(form, 'name', 'Name', { value: before.attributes.name, required: true })}
      ${facts([['Subdomain', data.attributes.subdomain],
        ['Users', `${meta['licensed-users']} licensed, ${meta['lite-users']} Lite, ${meta['invited-users']} invited`]])}</div>
    <div class="panel">${select(form, 'invitation-lifetime-hours', 'Invitations are open for', life, lives)}
      ${select(form, 'log-retention-months', 'The activity log is kept for', kept, times)}</div>
    <div class="panel"><h2>Second factor</h2>${tick('enforce-mfa', 'Everyone of this account needs a second factor', before.attributes['enforce-mfa'],
      (checked) => { enforced = checked; form.draw(); })}
      ${enforced && meta['second-factor-missing'] ? html`<p class="warn">You have no second factor yourself: with your next click you will be asked to set one
        up. <a href=${page.path('profile')}>Set it up first</a></p>` : nothing}
      ${tick('require-delegate-mfa', 'Visitors need to have signed in at home with a second factor', before.attributes['require-delegate-mfa'])}</div>
    ${actions(form, 'Save')}</form><p><a href=${page.path('settings/close')}>${me.closing ? 'Stop the closing' : 'Close the account'}</a></p>`);
  show();
}
