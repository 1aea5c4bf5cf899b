// @ts-check
/** Inviting one or many by their addresses. */
import { html } from '../lib/lit-html.js';
import { Refused, call, resource } from '../api.js';
import { me } from '../session.js';
import '../parts/addresses.js';
import { Form, choice, input, outcome, select, summary } from '../parts/form.js';
import { grantFields, granted, grants } from '../parts/grants.js';
import { OUTCOMES, counted } from '../words.js';

const ENDS = /** @type {const} */ ([['', 'as in the settings'], ['24', 'in a day'], ['72', 'in three days'], ['168', 'in a week'], ['720', 'in 30 days']]);

/** @param {string} code @param {string} detail @param {string} field */
const refusal = (code, detail, field) => new Refused(422, [{ code, detail, source: { pointer: `/data/${field}` } }]);

/** @param {Page} page */
export default async function invite(page) {
  const grant = await grants({ role: 'Lite', groups: page.query.getAll('group'), organizations: page.query.getAll('organization') });
  let myGlue = false;
  /** @type {Chip[]} */ let chips = [];
  const form = new Form(() => show());
  // The end is a moment: taken once for what is typed, so that sending it again says the same.
  const began = Date.now();

  const rows = (/** @type {FormData} */ data) => chips.map(({ email, name }) => {
    const words = name.split(' ');
    const last = words.length > 1 ? words.pop() : '';
    const ends = Number(data.get('ends'));
    return resource('users', { email, 'role-name': grant.role, 'my-glue': myGlue, 'all-organizations': grant.all,
      ...(name && { 'first-name': words.join(' '), 'last-name': last }), ...(data.get('message') !== me.message && { message: data.get('message') }),
      ...(ends && { 'expires-at': new Date(began + ends * 3_600_000).toISOString() }) }, granted(grant));
  });

  /** @param {any} event */
  const send = (event) => {
    const preview = event.submitter?.value === 'preview';
    return form.submit(event, async (data) => {
      /** @type {any} */ (document.querySelector('email-addresses')).add(/** @type {HTMLInputElement} */ (document.getElementById('email')).value);
      if (!chips.length) throw refusal('required', 'Enter at least one e-mail address.', 'attributes/email');
      const body = rows(data);
      try {
        const { meta } = await call('POST', '/users', { data: body, ...(preview ? { query: { preview: 'true' } } : { key: form.key(body) }) });
        const results = /** @type {{outcome: string}[]} */ (meta.results);
        chips = chips.map((chip, at) => ({ ...chip, fault: undefined, note: OUTCOMES[results[at].outcome]?.[preview ? 0 : 1] ?? results[at].outcome }));
        const invited = results.filter(({ outcome }) => outcome === 'invited').length;
        form.done = preview ? html`Nothing is sent yet. ${counted(invited, 'address', 'addresses')} of ${results.length} would get an invitation;
          see above for each one.`
          : html`${counted(invited, 'invitation')} for ${counted(results.length, 'address', 'addresses')}.
            ${invited < results.length ? 'See above for each one.' : 'The mail is on its way.'}
            <a href=${page.path('users')}>To the users</a>
            <button type="button" class="second small" @click=${() => page.again()}>Invite others</button>`;
        if (!preview) page.dirty = false;
      } catch (refused) {
        if (!(refused instanceof Refused)) throw refused;
        // No address is wrong then: what is missing is said where it is chosen.
        const missing = refused.faults.every(({ code }) => code === 'no-organization');
        if (missing) throw refusal(refused.code, 'Every user needs at least one organization. Choose one, or a group.', 'relationships/organizations');
        const at = (/** @type {any} */ fault) => Number(fault.source?.pointer?.match(/^\/data\/(\d+)(?:\/attributes\/email)?$/)?.[1] ?? -1);
        chips = chips.map((chip, index) => ({ ...chip, note: undefined, fault: refused.faults.find((fault) => at(fault) === index)?.detail }));
        throw refused;
      }
    });
  };

  const show = () => page.show('Invite users', html`<form class="stack" data-kept novalidate @submit=${send}>
    ${summary(form)}
    <div class="panel"><email-addresses .chips=${chips} @chips=${(/** @type {CustomEvent} */ event) => { chips = event.detail;
      page.dirty = !!chips.length; }}></email-addresses></div>
    <div class="panel">${choice(form, 'my-glue', 'Type', [String(myGlue)], [['false', 'IT Glue', 'sees the documentation'],
      ['true', 'MyGlue', 'shares passwords; nobody is in both']],
      { change: ([value]) => { myGlue = value === 'true'; form.draw(); } })}</div>
    ${grantFields(form, grant)}
    <div class="panel">${input(form, 'message', 'Message', { value: me.message, rows: 6, hint: 'Shown in the mail, above the link.' })}
      ${select(form, 'ends', 'The invitation ends', '', ENDS)}</div>
    ${outcome(form)}
    <div class="actions"><a class="button second" href=${page.path('users')}>Cancel</a><button class="second" value="preview"
      aria-busy=${form.busy}>Check first</button>
      <button aria-busy=${form.busy}>Save</button></div></form>`);
  show();
}
