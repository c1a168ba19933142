// Owns the states of what all pages share.

import AccountForm from '../../src/components/common/AccountForm.svelte';
import CopyButton from '../../src/components/common/CopyButton.svelte';
import Dialog from '../../src/components/common/Dialog.svelte';
import Field from '../../src/components/common/Field.svelte';
import FilterRow from '../../src/components/common/FilterRow.svelte';
import Icon from '../../src/components/common/Icon.svelte';
import Lines from '../../src/components/common/Lines.svelte';
import Logo from '../../src/components/common/Logo.svelte';
import Menu from '../../src/components/common/Menu.svelte';
import Notice from '../../src/components/common/Notice.svelte';
import PageHead from '../../src/components/common/PageHead.svelte';
import PeriodPicker from '../../src/components/common/PeriodPicker.svelte';
import Preferences from '../../src/components/common/Preferences.svelte';
import ScriptTag from '../../src/components/common/ScriptTag.svelte';
import Segmented from '../../src/components/common/Segmented.svelte';
import Shell from '../../src/components/common/Shell.svelte';
import Skeleton from '../../src/components/common/Skeleton.svelte';
import Tabs from '../../src/components/common/Tabs.svelte';
import { PageQuestion } from '../../src/lib/page-question.svelte';
import { ApiError } from '../../src/lib/problem';
import { FULL, MOODS, names, siteOf } from '../moods';
import { BROKEN, BUSY, GONE, questionOf, RANGE, REFUSED, text, ZONE } from '../samples';
import { byMood, nothing, story, type Story } from '../story';

const never = () => new Promise<void>(() => {});
const refuse = () => Promise.reject(new ApiError('wrong_credentials', 401));
const LONG = names('long')[1] ?? '';
const EVIL = names('hostile')[1] ?? '';
const options = (labels: readonly string[]) => labels.slice(0, 6).map((label) => ({ value: label, label }));

export const COMMON: Story[] = [
  story('common/AccountForm', AccountForm, {
    'sign in': { title: 'Sign in', submitLabel: 'Sign in', busyLabel: 'Signing in…', submit: never },
    'new account': { title: 'First account', submitLabel: 'Create', busyLabel: 'Creating…', passwordHint: 'At least 10 characters.', newPassword: true, submit: refuse },
  }),
  story('common/CopyButton', CopyButton, {
    plain: { text: 'text', label: 'Copy' },
    primary: { text: 'text', label: 'Copy script tag', primary: true, title: 'A hint' },
    hostile: { text: EVIL, label: 'Copy' },
  }),
  story('common/Dialog', Dialog, {
    plain: { title: 'A window', close: nothing, children: text('What it is about.') },
    'wide and long': { title: LONG, close: nothing, wide: true, children: text('words '.repeat(400)) },
    hostile: { title: EVIL, close: nothing, children: text('Text') },
  }, true),
  story('common/Field', Field, {
    plain: { label: 'Name', value: '' },
    hint: { label: 'Name', value: 'Value', hint: 'What to write here.' },
    wrong: { label: 'Name', value: LONG, error: 'That is too long.' },
    hostile: { label: EVIL, value: EVIL, hint: EVIL },
  }),
  story('common/FilterRow', FilterRow, byMood(MOODS, (mood) => ({ question: questionOf(mood) }))),
  story('common/Icon', Icon, { plain: { name: 'flame' }, large: { name: 'screen', size: 48 } }),
  story('common/Lines', Lines, { empty: { label: 'Hostnames', hint: 'One per line.', lines: [] }, ...byMood(FULL, (mood) => ({ label: 'Hostnames', hint: 'One per line.', lines: names(mood) })) }),
  story('common/Logo', Logo, { named: {}, mark: { named: false } }),
  story('common/Menu', Menu, {
    plain: { label: 'Menu', children: text('Inside') },
    icon: { label: 'More', icon: 'more', iconOnly: true, title: 'More', children: text('Inside') },
    disabled: { label: 'Menu', disabled: true, description: 'Not now', large: true, children: text('Inside') },
    long: { label: LONG, children: text('Inside') },
  }),
  story('common/Notice', Notice, {
    broken: { error: BROKEN, retry: nothing },
    busy: { error: BUSY, retry: nothing, inside: true },
    gone: { error: GONE },
    'refused, hostile': { error: REFUSED },
    stale: { error: new ApiError('stale', 0), retry: nothing },
    away: { error: new ApiError('unreachable', 0), retry: nothing },
  }),
  story('common/PageHead', PageHead, {
    plain: { title: 'Funnels', text: 'What the page is for.', page: new PageQuestion(siteOf('little')) },
    long: { title: LONG, text: LONG, page: new PageQuestion(siteOf('long')) },
  }),
  story('common/PeriodPicker', PeriodPicker, {
    preset: { range: RANGE, timezone: ZONE, choose: nothing },
    custom: { range: { kind: 'custom', from: '2026-01-01', to: '2026-11-28' }, timezone: ZONE, choose: nothing, keys: true },
  }),
  story('common/Preferences', Preferences, { plain: {} }),
  story('common/ScriptTag', ScriptTag, byMood(FULL, (mood) => ({ site: mood === 'little' ? siteOf(mood) : (names(mood)[0] ?? '') }))),
  story('common/Segmented', Segmented<string>, {
    plain: { legend: 'Choice', options: options(['one', 'two', 'three']), value: 'two', choose: nothing },
    none: { legend: 'Choice', options: options(['one', 'two']), value: undefined, choose: nothing, shown: true },
    hostile: { legend: EVIL, options: options(names('hostile')), value: names('hostile')[0], choose: nothing, wrap: true },
  }),
  story('common/Shell', Shell, {
    sites: { page: 'sites', site: '', bare: false, ready: true, children: text('The page') },
    site: { page: 'live', site: siteOf('much'), bare: false, ready: true, children: text('The page') },
    long: { page: 'settings', site: LONG, bare: false, ready: true, children: text('The page') },
    bare: { page: 'login', site: '', bare: true, ready: false, children: text('The page') },
  }, true),
  story('common/Skeleton', Skeleton, { few: { rows: 2 }, many: { rows: 12 } }),
  story('common/Tabs', Tabs<string>, {
    few: { legend: 'View', options: options(['Pages', 'Entries']), value: 'Pages', choose: nothing },
    long: { legend: 'View', options: options(names('long')), value: names('long')[0] ?? '', choose: nothing },
  }),
];
