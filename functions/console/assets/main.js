// @ts-check
/** The console: from an address to a page. Links are links; the Navigation API keeps the frame standing where a browser has it. */
import { html, render } from './lib/lit-html.js';
import { Refused } from './api.js';
import { frame, shut } from './frame.js';
import { begin, me, toSignIn } from './session.js';
import { mendable } from './parts/mend.js';
import { ask } from './parts/dialog.js';
import { rank } from './words.js';

/** A page's module, by the part of its address after the subdomain. @type {Record<string, string>} */
const PAGES = { users: 'users', 'users/new': 'invite', 'users/id': 'user', 'users/id/access': 'access', groups: 'groups', 'groups/new': 'group',
  'groups/id': 'group',
  organizations: 'organizations', 'organizations/new': 'organization', 'organizations/id': 'organization',
  'organizations/id/restrictions': 'restrictions', glueconnect: 'connections',
    'glueconnect/new': 'offer',
  'glueconnect/id': 'connection', 'glueconnect/id/people': 'people', 'activity-logs': 'logs', 'api-keys': 'api-keys', settings: 'settings',
    'settings/close': 'close-account',
    profile: 'profile' };

const app = /** @type {HTMLElement} */ (document.querySelector('#app'));
/** @type {Page | undefined} */
let current;

const subdomainOf = (/** @type {URL} */ url) => url.pathname.split('/')[2] ?? '';

/** @param {string} title @param {unknown} content */
function draw(title, content) {
  document.title = [me?.inside ? me.account.name : '', title, me && !me.inside ? me.account.name : '', 'GlueConnect'].filter(Boolean).join(' · ');
  render(frame(current, html`<h1 tabindex="-1">${title}</h1>${content}`), app);
}

/** @param {unknown} error */
function failed(error) {
  if (!(error instanceof Refused)) throw error;
  if (error.code.startsWith('connection-') && me?.inside) {
    if (!app.querySelector('h1')) draw('Closed at the moment', html`<p class="panel">${error.message}</p>`);
    return shut(error.code);
  }
  const missing = error.status === 404;
  draw(missing ? 'Not found' : error.status === 403 ? 'Not allowed' : 'Something went wrong', html`<div class="panel"><p>${error.message}</p>
    <div class="actions"><button class=${missing ? 'second' : ''} @click=${() => current?.again()}>Try again</button></div></div>`);
}

/** @param {URL} url */
async function open(url) {
  const [, , , ...parts] = url.pathname.split('/').filter((part, at) => part || !at);
  const name = parts.map((part) => (/^\d+$/.test(part) ? 'id' : part)).join('/');
  const same = current?.url.pathname === url.pathname;
  if (!name) return go(start(), true);
  app.setAttribute('aria-busy', 'true');
  /** @type {Page} */
  const page = { url, query: url.searchParams, id: parts.find((part) => /^\d+$/.test(part)) ?? '', base: name, kept: same ? current?.kept : {},
    inside: me.inside, dirty: false, go, path: (rest) => `/console/${me.account.subdomain}/${rest}`,
    may: (role) => rank(me.role) >= rank(role) && !me.inside,
    again: () => { current = undefined; void open(url); },
    show: (title, content) => { if (current === page) { arrived = true; draw(title, content); } } };
  let arrived = false;
  current = page;
  const ghosts = setTimeout(() => { if (!arrived && !same && current === page) draw('…', html`<div class="panel ghosts"
    aria-hidden="true">${[1, 2, 3, 4, 5, 6].map(() => html`<i></i>`)}</div>`); }, 150);
  try {
    if (!PAGES[name]) throw new Refused(404, [{ code: 'not-found', detail: 'There is no page at this address.' }]);
    const { default: show } = await import(`./pages/${PAGES[name]}.js`).catch(stale);
    await show(page);
  } catch (error) {
    if (current === page) failed(error);
  } finally {
    clearTimeout(ghosts);
    if (current === page) app.removeAttribute('aria-busy');
  }
  if (!same && current === page) app.querySelector('h1')?.focus();
}

/** A new version is being rolled out, and a file of this one is gone: loading anew brings the other. @returns {Promise<never>} */
async function stale() {
  const key = 'reloaded';
  if (!sessionStorage.getItem(key)) { sessionStorage.setItem(key, '1'); location.reload(); await new Promise(() => {}); }
  sessionStorage.removeItem(key);
  throw new Refused(0, []);
}

/** The page where one begins. */
const start = () => `/console/${me.account.subdomain}/${rank(me.role) >= rank('Manager') && !me.inside ? 'users' : 'organizations'}`;

/** @param {string} path @param {boolean} [replace] */
function go(path, replace = false) {
  if ('navigation' in window) void /** @type {any} */ (window).navigation.navigate(path, { history: replace ? 'replace' : 'auto' });
  else location[replace ? 'replace' : 'assign'](path);
}

/** @param {any} event the Navigation API's own, which is not in every library of types yet */
function navigating(event) {
  const to = new URL(event.destination.url);
  // To load anew is to load all of it: another version may be there, or another person.
  if (!event.canIntercept || event.hashChange || event.downloadRequest !== null || event.navigationType === 'reload') return;
  if (subdomainOf(to) !== subdomainOf(new URL(location.href))) return;
  if (current?.dirty && event.cancelable && to.pathname !== current.url.pathname) {
    event.preventDefault();
    void ask('Leave without saving?', (close) => html`<p>What you typed on this page is not saved.</p><div class="actions">
      <button class="second" @click=${() => close()}>Stay</button><button @click=${() => close(true)}>Leave</button></div>`)
      .then((leave) => { if (leave && current) { current.dirty = false; go(event.destination.url); } });
    return;
  }
  event.intercept({ focusReset: 'manual', handler: () => open(to) });
}

addEventListener('beforeunload', (event) => { if (current?.dirty) event.preventDefault(); });
addEventListener('other-person', () => { if (current) current.dirty = false; });
app.addEventListener('input', (event) => {
  if (current && /** @type {HTMLElement} */ (event.target).closest('form[data-kept]')) current.dirty = true;
});

app.replaceChildren();
mendable();
try {
  const url = new URL(location.href);
  if (await begin(subdomainOf(url))) {
    sessionStorage.removeItem('reloaded');
    /** @type {any} */ (window).navigation?.addEventListener('navigate', navigating);
    await open(url);
  } else {
    draw('Not your account', html`<div class="panel"><p>You are signed in as ${me.name} (${me.email}) at ${me.home.name}. The account “${subdomainOf(url)}”
      does not give you access, or does not exist.</p><div class="actions"><a class="button"
        href="/console/${me.home.subdomain}/">Back to ${me.home.name}</a></div></div>`);
  }
} catch (error) {
  if (error instanceof Refused && error.status === 401) toSignIn();
  else failed(error);
}
