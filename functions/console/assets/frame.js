// @ts-check
/** What stands around every page: whose account this is, the way between accounts, and the pages that the role allows. */
import { html, nothing } from './lib/lit-html.js';
import { me, signOut } from './session.js';
import { OBSTACLES, rank, when } from './words.js';

/** @type {[string, string, string][]} */
const LINKS = [['organizations', 'Organizations', 'Lite'], ['users', 'Users', 'Manager'], ['groups', 'Groups', 'Manager'],
  ['glueconnect', 'GlueConnect', 'Administrator'], ['activity-logs', 'Activity Logs', 'Manager'], ['api-keys', 'API keys', 'Administrator'],
  ['settings', 'Account settings', 'Administrator']];

const SHUT = /** @type {Record<string, string>} */ ({ 'connection-ended': 'The connection has ended.',
  'connection-expired': 'The connection has expired.' });

/** The host lets one in no more: the page stays to be read, greyed. @param {string} code */
export function shut(code) {
  document.body.classList.add('shut');
  for (const button of document.querySelectorAll('main button, main input, main select, main textarea')) button.setAttribute('disabled', '');
  const bar = Object.assign(document.createElement('p'), { textContent: `${me.account.name} does not give you access at the moment. ${SHUT[code] ?? ''} ` });
  const back = Object.assign(document.createElement('a'), { href: `/console/${me.home.subdomain}/`, textContent: `Back to ${me.home.name}` });
  bar.append(back);
  bar.className = 'bar';
  bar.setAttribute('role', 'alert');
  document.querySelector('.bar')?.remove();
  document.querySelector('header')?.after(bar);
}

/** One of six hues for a visited account, always the same one. */
const hue = () => Number(me.account.id.slice(-6)) % 6;

/** @param {Enterable} account */
const enterable = (account) => html`<li>${account.state === 'open' ? html`<a href="/console/${account.subdomain}/"
  aria-current=${account['account-id'] === me.account.id ? 'true' : nothing}>${account['account-name']} <small>as ${account['effective-role-name']}</small></a>`
  : html`<span>${account['account-name']} <small>${OBSTACLES[account.reason ?? ''] ?? 'closed at the moment'}</small></span>`}</li>`;

const menu = () => html`<button class="who" popovertarget="menu"><span>${me.name}</span><span aria-hidden="true">▾</span></button>
  <div id="menu" popover><p><b>${me.name}</b><br><small>${me.email}<br>${me.home.name}</small></p>
  <ul>${me.inside ? html`<li><a href="/console/${me.home.subdomain}/">Back to ${me.home.name}</a></li>` : nothing}
    <li><a href="/console/${me.home.subdomain}/profile">My profile</a></li></ul>
  ${me.accounts.length ? html`<h2>GlueConnect</h2><ul>${me.accounts.map(enterable)}</ul>` : nothing}
  <button class="second" @click=${() => signOut()}>Sign out</button></div>`;

/** @param {Page | undefined} page @param {unknown} content */
export function frame(page, content) {
  if (!me) return html`<header class="top"><span class="brand">GlueConnect</span></header><div class="frame"><main id="main">${content}</main></div>`;
  document.body.classList.toggle('inside', me.inside);
  document.querySelector('link[rel=icon]')?.setAttribute('href', new URL(me.inside ? 'icon-inside.svg' : 'icon.svg', import.meta.url).href);
  const links = LINKS.filter(([, , role]) => (me.inside ? role === 'Lite' : rank(me.role) >= rank(role)));
  const home = `/console/${me.home.subdomain}/`;
  return html`<a class="skip" href="#main">To the content</a>
    <header class="top ${me.inside ? `stripe-${hue()}` : ''}"><button class="nav-button" popovertarget="nav" aria-label="Account menu">☰</button>
      <a class="brand" href=${home}>GlueConnect</a>
      <p class="whose">${me.inside ? html`You are inside <b>${me.account.name}</b> as ${me.role}
        <a class="button second" href=${home}>Back to ${me.home.name}</a>`
        : html`<b>${me.account.name}</b>`}</p>${menu()}</header>
    ${me.closing && !me.inside ? html`<p class="bar" role="status">This account will be closed on ${when(me.closing, 'exact')}.
      ${rank(me.role) >= rank('Administrator') ? html`<a href="${home}settings/close">Stop the closing</a>` : nothing}</p>` : nothing}
    <div class="frame"><nav id="nav" popover aria-label="Account"><h2>Account</h2><ul>${links.map(([path, word]) => html`<li><a
      href="/console/${me.account.subdomain}/${path}" aria-current=${page?.base.split('/')[0] === path ? 'page' : nothing}
      @click=${() => document.getElementById('nav')?.hidePopover()}>${word}</a></li>`)}</ul></nav>
    <main id="main" tabindex="-1">${content}</main></div>`;
}
