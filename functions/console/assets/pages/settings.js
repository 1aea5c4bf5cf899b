// @ts-check
/** The account's settings. */
import { html, nothing } from '../lib/lit-html.js';
import { get } from '../api.js';
import { me } from '../session.js';
import { Form, actions, input, outcome, select, summary, tick } from '../parts/form.js';
import { save, stateOf } from '../parts/save.js';

const NAMES = ['name', 'enforce-mfa', 'require-delegate-mfa', 'invitation-lifetime-hours'];
const WORDS = { name: 'Name', 'enforce-mfa': 'Second factor for everyone', 'require-delegate-mfa': 'Second factor for visitors', 'invitation-lifetime-hours': 'Invitations are open for' };
const LIVES = /** @type {[string, string][]} */ ([['1', '1 hour'], ['24', '1 day'], ['72', '3 days'], ['168', '7 days'], ['336', '14 days'], ['720', '30 days']]);

/** @param {import('../main.js').Page} page */
export default async function settings(page) {
  let answer = await get('/account');
  let before = stateOf(answer.data, NAMES);
  let enforced = before.attributes['enforce-mfa'];
  const form = new Form(() => show());
  const send = (/** @type {any} */ event) => {
    const fields = new FormData(event.currentTarget);
    const mine = { name: fields.get('name'), 'enforce-mfa': fields.has('enforce-mfa'), 'require-delegate-mfa': fields.has('require-delegate-mfa'), 'invitation-lifetime-hours': Number(fields.get('invitation-lifetime-hours')) };
    return form.submit(event, async () => {
      const saved = await save('/account', before, { attributes: mine }, WORDS);
      page.dirty = false;
      if (saved) { answer = { ...answer, data: saved }; before = stateOf(saved, NAMES); me.account.name = saved.attributes.name; me.home.name = me.account.name; }
      form.done = saved ? 'Saved.' : 'There was nothing to change.';
    });
  };
  const life = String(before.attributes['invitation-lifetime-hours']);
  const lives = LIVES.some(([hours]) => hours === life) ? LIVES : [...LIVES, /** @type {[string, string]} */ ([life, `${life} hours`])];
  const show = () => page.show('Account settings', html`${summary(form)}${outcome(form)}<form class="stack" data-kept @submit=${send}>
    <div class="panel">${input(form, 'name', 'Name', { value: before.attributes.name, required: true })}<dl class="facts"><dt>Subdomain</dt><dd>${answer.data.attributes.subdomain}</dd>
      <dt>Users</dt><dd>${answer.meta['licensed-users']} licensed, ${answer.meta['lite-users']} Lite, ${answer.meta['invited-users']} invited</dd></dl></div>
    <div class="panel">${select(form, 'invitation-lifetime-hours', 'Invitations are open for', life, lives)}</div>
    <div class="panel"><h2>Second factor</h2>${tick('enforce-mfa', 'Everyone of this account needs a second factor', before.attributes['enforce-mfa'], (checked) => { enforced = checked; form.draw(); })}
      ${enforced && answer.meta['second-factor-missing'] ? html`<p class="warn">You have no second factor yourself: with your next click you will be asked to set one up. <a href=${page.path('profile')}>Set it up first</a></p>` : nothing}
      ${tick('require-delegate-mfa', 'Visitors need to have signed in at home with a second factor', before.attributes['require-delegate-mfa'])}</div>
    ${actions(form, 'Save')}</form>`);
  show();
}
