// Owns the list of pages that are clicked: which file of which package, what is added to it, and how its dialogs open. It serves
// nothing.

import { createRequire } from 'node:module';
import path from 'node:path';

const PACKAGES = path.join(import.meta.dirname, 'node_modules');

/**
 * Returns a page of a template. `added` names the extensions (see `extensions.mjs`) that are put around what the template has, for
 * templates without a sticky bar, a scroll container or a dialog of their own.
 */
const template = (name, folder, file, { added = [], dialogs = [] } = {}) => {
  const { version } = createRequire(import.meta.url)(path.join(PACKAGES, folder.split('/')[0], 'package.json'));
  const title = `${folder.split('/')[0]} ${version}`;
  return { name, title, root: path.join(PACKAGES, folder), file, path: `/${name}.html`, added, dialogs };
};

/** Returns a page of the demo site, which the service itself serves. */
const demo = (name, { dialogs = [] } = {}) => {
  return { name, title: `demo/${name}`, path: `/demo/${name === 'index.html' ? '' : name}`, added: [], dialogs };
};

/**
 * A dialog opens by a click that a script makes on `opener`, which is no visitor's click and therefore not recorded.
 */
const dialog = (opener, root) => ({ opener, root });

export const TEMPLATES = [
  template('agency', 'startbootstrap-agency/dist', 'index.html', {
    dialogs: [1, 2, 3].map((at) => dialog(`[href="#portfolioModal${at}"]`, `#portfolioModal${at}`)),
  }),
  template('business', 'startbootstrap-modern-business/dist', 'pricing.html', { added: ['sticky'] }),
  template('shop', 'startbootstrap-shop-homepage/dist', 'index.html', {
    added: ['sticky', 'scroller', 'dialog'],
    dialogs: [dialog('#basket-open', '#basket')],
  }),
  template('admin', 'startbootstrap-sb-admin-2', 'index.html', {
    added: ['scroller'],
    dialogs: [dialog('[data-target="#logoutModal"]', '#logoutModal')],
  }),
  template('detail', 'gentelella/dist', 'production/product_detail.html'),
];

export const DEMO = [
  demo('index.html'),
  demo('article.html'),
  demo('gallery.html', { dialogs: [dialog('#open-photo-1', '#photo-dialog'), dialog('#open-photo-4', '#photo-dialog')] }),
  demo('panel.html'),
];

export const PAGES = [...DEMO, ...TEMPLATES];
