// The README's walk with the library that @hey-api/openapi-ts makes of docs/openapi.json. The compiler has looked at each line, so
// what is sent and what is answered has the types of the document.
//
//     node walk.js API MAILBOX        where the product with its demonstration account is

import {
  acceptInvitation,
  checkAccess,
  inviteUsers,
  listOrganizations,
  listUsers,
  showOrganization,
  signIn,
  updateUser,
} from './out/sdk.gen.js';
import { createClient } from './out/client/index.js';

const [api, mailbox] = process.argv.slice(2);
const nobody = createClient({ baseUrl: api });
// An operation can be called with a token or with a key: this one has a token.
const person = (token: string) =>
  createClient({ baseUrl: api, auth: ({ scheme }) => (scheme === 'bearer' ? token : undefined) });

type Mail = { subject: string; body: { text: string } };

async function mailTo(address: string): Promise<Mail> {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await fetch(`${mailbox}/store?to=${encodeURIComponent(address)}`);
    const { emails } = (await answer.json()) as { emails: Mail[] };
    if (emails[0]) return emails[0];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no mail to ${address}`);
}

const signedIn = await signIn({
  client: nobody,
  throwOnError: true,
  body: {
    data: {
      type: 'sessions',
      attributes: { subdomain: 'acme', email: 'mara@acme.example', password: 'glueconnect demo' },
    },
  },
});
const mara = person(signedIn.data.data.attributes['access-token'] ?? '');

const found = await listOrganizations({
  client: mara,
  throwOnError: true,
  query: { 'filter[name]': ['Bluebird Bakery'] },
});
const bakery = found.data.data[0]!;
console.log('organization:', bakery.attributes.name);
const alone = await showOrganization({ client: mara, throwOnError: true, path: { id: bakery.id } });
console.log('shown alone:', alone.data.data.attributes.name);

const addresses = ['ann', 'ben', 'cy'].map((name) => `${name}@bluebird.example`);
const invited = await inviteUsers({
  client: mara,
  throwOnError: true,
  body: {
    data: addresses.map((email) => ({
      type: 'users' as const,
      attributes: { email, 'role-name': 'Lite' as const },
      relationships: { organizations: { data: [{ type: 'organizations' as const, id: bakery.id }] } },
    })),
  },
});
for (const { email, outcome } of invited.data.meta.results) console.log(`${email}: ${outcome}`);

const mail = await mailTo(addresses[0]!);
console.log('mail:', mail.subject);
const link = mail.body.text.split('\n').find((line) => line.startsWith('http'))!;
const accepted = await acceptInvitation({
  client: nobody,
  throwOnError: true,
  path: { token: link.split('/').at(-1)!.trim() },
  body: { data: { type: 'invitations', attributes: { 'first-name': 'Ann', password: 'three shops, one oven' } } },
});
const ann = person(accepted.data.data.attributes['access-token'] ?? '');

const question = (action: 'read' | 'update') => ({
  type: 'access-checks' as const,
  attributes: { action, 'organization-id': bakery.id },
});
const checked = await checkAccess({
  client: ann,
  throwOnError: true,
  body: { data: [question('read'), question('update')] },
});
for (const row of [checked.data.data].flat()) {
  console.log(`${row.attributes.action}: ${row.attributes.allowed ? 'True' : 'False'}, ${row.attributes.reason}`);
}

const users = await listUsers({ client: mara, throwOnError: true, query: { 'filter[email]': [addresses[0]!] } });
const emails = users.data.data.map((user) => `'${user.attributes.email}'`);
console.log(`users: [${emails.join(', ')}]`, users.data.meta['total-count']);
const changed = await updateUser({
  client: mara,
  throwOnError: true,
  path: { id: users.data.data[0]!.id },
  body: { data: { type: 'users', attributes: { 'last-name': 'Baker' } } },
});
console.log('changed:', changed.data.data.attributes.name);
const refused = await listUsers({ client: ann });
console.log('refused:', refused.response?.status, refused.error?.errors[0]?.code);
