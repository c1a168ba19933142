// Owns that tests have the texts of every language before they begin.

import { LANGUAGES, loadCatalogue } from './translate';

await Promise.all(LANGUAGES.map(({ code }) => loadCatalogue(code, 'first', 'later')));
