export default {
  input: process.env.DOCUMENT,
  output: { path: 'out', module: { extension: '.js' }, importFileExtension: '.js' },
  plugins: ['@hey-api/client-fetch', '@hey-api/typescript', '@hey-api/sdk'],
};
