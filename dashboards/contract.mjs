// Owns how the types of the API are made of its description: `openapi.json`, which the service's own tests keep true (`make bless`).
// Run with: npm run contract. A test fails while the types are older than the description.

import { readFileSync, writeFileSync } from 'node:fs';
import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('./openapi.json', import.meta.url);
export const TYPES = new URL('./src/lib/api-schema.d.ts', import.meta.url);
const HEAD = '// Made by `npm run contract` of openapi.json; not to be edited.\n\n';

/** Returns the text of the types. */
export async function typesOfDocument() {
  const document = JSON.parse(readFileSync(DOCUMENT, 'utf8'));
  for (const methods of Object.values(document.paths)) for (const operation of Object.values(methods)) shorten(operation);
  return HEAD + astToString(await openapiTS(withoutExamples(document), { defaultNonNullable: false }));
}

/** Every failure is a problem document and every header a text: told once, they need not stand at each route. */
function shorten(operation) {
  for (const [status, answer] of Object.entries(operation.responses)) {
    delete answer.headers;
    if (Number(status) >= 400) delete operation.responses[status];
  }
}

function withoutExamples(value) {
  if (Array.isArray(value)) return value.map(withoutExamples);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !(key === 'examples' || (key === 'example' && inner !== null)));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutExamples(inner)]));
}

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(TYPES, await typesOfDocument());
