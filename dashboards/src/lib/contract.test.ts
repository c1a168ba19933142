import { expect, it } from 'vitest';
import { typesOfDocument } from '../../contract.mjs';
import types from './api-schema.d.ts?raw';

it('has the types of the API as it is described today', async () => {
  expect(types === (await typesOfDocument()), 'run `npm run contract`').toBe(true);
});
