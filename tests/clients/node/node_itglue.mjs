// Drives the running product with node-itglue, as it comes from npm, and tells what works: node node_itglue.mjs API KEY.
//
// The client knows two addresses, both of IT Glue; it is told the product's by its public field `config`.

import ITGlue from 'node-itglue';

const [api, key] = process.argv.slice(2);
const client = new ITGlue({ apikey: key });
client.config.baseURL = api;

/** What came of a call, in a line. */
async function tried(what, call) {
  try {
    console.log(`  ${what}: ${await call()}`);
  } catch (refused) {
    const errors = refused.data?.errors ?? [];
    console.log(`  ${what}: ${refused.status ?? refused.message}, ${errors.map((error) => error.code).join(', ')}`);
  }
}

const attributes = (answer) => JSON.stringify([answer.data].flat().map((one) => one.attributes.name));
const organization = (said) => ({ data: { type: 'organizations', attributes: said } });

console.log('node-itglue 1.0.2');
await tried('get /organizations by name', async () =>
  attributes(await client.get({ path: '/organizations', params: { 'filter[name]': 'Customer 007' } })));
await tried('get a page of two', async () =>
  attributes(await client.get({ path: '/organizations', params: { 'page[size]': 2, 'page[number]': 2, sort: 'name' } })));
await tried('get /organization_types', async () => attributes(await client.get({ path: '/organization_types', params: { sort: 'name' } })));
await tried('get /users', async () => (await client.get({ path: '/users' })).data.length);
await tried('get /groups', async () => (await client.get({ path: '/groups' })).data.length);
await tried('get /logs', async () => (await client.get({ path: '/logs', params: { 'page[size]': 5 } })).data.length);
await tried('get what is not there', () => client.get({ path: '/organizations/1' }));
let id;
await tried('post an organization', async () => {
  const made = await client.post({ path: '/organizations', body: organization({ name: 'Bakery' }) });
  id = made.data.id;
  return attributes(made);
});
await tried('patch it', async () =>
  attributes(await client.patch({ path: `/organizations/${id}`, body: organization({ name: 'Bakery North' }) })));
await tried('patch it with nonsense', () => client.patch({ path: `/organizations/${id}`, body: organization({ colour: 1 }) }));
await tried('delete it', async () => (await client.delete({ path: `/organizations/${id}` })).status);
await tried('get /configurations', () => client.get({ path: '/configurations' }));
