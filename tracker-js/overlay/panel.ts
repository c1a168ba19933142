// Owns the panel: what can be set, and the numbers of the map. It does not ask for them.

import { guard } from '../src/guard';
import { hasClicks, KINDS, unitOf, type Answer, type Kind } from './answer';
import type { Failure } from './api';
import { makeMovable, moveTo } from './drag';
import type { Legend } from './legend';
import type { Message, Words } from './messages';
import { PALETTES } from './palette';
import { LEAST_EXPOSED } from './scene';
import { DEVICES, PERIODS, SEGMENTS, type Settings } from './settings';
import { chips, iconButton, make, mark, select, show } from './widgets';

export interface PanelView {
  path: string;
  busy?: 'loading' | 'placing' | undefined;
  answer?: Answer | undefined;
  failure?: Failure | undefined;
  legend?: Legend | undefined;
  ramp: Uint32Array;
  heldBack: boolean;
  /** Clicked elements that are not on the page, or cannot be seen now. */
  gone: readonly string[];
  hidden: readonly string[];
  inspecting: boolean;
  /** Where the server is, for whom it does not answer. */
  serverHost: string;
}

export interface PanelActions {
  set: (change: Partial<Settings>) => void;
  inspect: () => void;
  close: () => void;
}

/** A value is taken when nothing was typed for so long. */
const TYPING_MS = 600;

/** Returns what is counted with a kind. */
const countedWith = (kind: Kind, words: Words): string =>
  words.text(kind === 'click' || kind === 'element' ? 'clicks' : hasClicks(kind) ? (`unit_${kind}` as Message) : 'views');

const kindName = (kind: Kind, words: Words): string => words.text(kind === 'move' ? 'move_kind' : kind);

export class Panel {
  readonly element: HTMLElement;
  readonly inspectButton: HTMLButtonElement;
  private readonly summary = make('small');
  private readonly collapse: HTMLButtonElement;
  private readonly numbers = { views: make('dd'), clicks: make('dd'), anchored: make('dd') };
  private readonly numberList;
  private readonly notes = make('ul', { class: 'notes', 'aria-live': 'polite' });
  private readonly legend = make('div', { class: 'legend' });
  private readonly legendTitle = make('div', { class: 'title' });
  private readonly legendBar = make('canvas', { width: '256', height: '1' });
  private readonly legendTicks = make('div', { class: 'ticks' });
  private readonly kinds;
  private readonly periods;
  private readonly devices;
  private readonly states;
  private readonly segments;
  private readonly palettes;
  private readonly value;
  private readonly opacity;
  private isCollapsed = false;

  constructor(
    private readonly words: Words,
    private readonly actions: PanelActions,
  ) {
    const t = (message: Message): string => words.text(message);
    const { set } = actions;
    this.kinds = chips(t('kind'), 'chips', KINDS.map((kind) => [kind, kindName(kind, words)] as const), (kind) => set({ kind }));
    this.periods = chips(t('period'), 'segments', PERIODS.map((period) => [period, t(period)] as const), (period) =>
      set({ period }),
    );
    const deviceName = (device: string): string => t((device || 'all_devices') as Message);
    this.devices = select(t('device'), DEVICES.map((device) => [device, deviceName(device)] as const), (device) => set({ device }));
    this.states = select<string>(t('state'), [], (state) => set({ state }));
    const segmentName = (segment: string): string => t((segment || 'everyone') as Message);
    this.segments = select(t('segment'), SEGMENTS.map((segment) => [segment, segmentName(segment)] as const), (segment) => {
      set({ segment, segmentValue: '' });
      if (segment) this.value.focus();
    });
    this.value = make('input', { class: 'value', type: 'text', 'aria-label': t('segment_value'), spellcheck: 'false' });
    this.takeValue();
    this.palettes = select(t('palette'), PALETTES.map((palette) => [palette, t(palette)] as const), (palette) => set({ palette }));
    this.opacity = make('input', { type: 'range', min: '20', max: '100', step: '5' });
    this.opacity.addEventListener('input', guard(() => set({ opacity: Number(this.opacity.value) })));

    const grip = make(
      'button',
      { type: 'button', class: 'grip', title: t('move'), 'aria-description': t('move') },
      mark(),
      make('span', { class: 'names' }, make('strong', {}, t('title')), this.summary),
    );
    this.inspectButton = iconButton('inspect', t('inspect'));
    this.inspectButton.addEventListener('click', guard(() => actions.inspect()));
    this.collapse = iconButton('collapse', t('collapse'));
    this.collapse.addEventListener('click', guard(() => this.toggle()));
    const close = iconButton('close', t('close'));
    close.addEventListener('click', guard(() => actions.close()));
    const header = make('header', {}, grip, this.inspectButton, this.collapse, close);

    this.legend.append(this.legendTitle, this.legendBar, this.legendTicks);
    const number = (name: keyof typeof this.numbers, title = ''): HTMLElement =>
      make('div', title ? { title } : {}, make('dt', {}, t(name)), this.numbers[name]);
    this.numberList = make('dl', { class: 'numbers' }, number('views'), number('clicks'), number('anchored', t('anchored_hint')));
    const opacity = make('label', { class: 'field' }, make('span', { class: 'name' }, t('opacity')), this.opacity);
    const body = make(
      'div',
      { class: 'body' },
      this.kinds.element,
      this.numberList,
      this.legend,
      this.notes,
      this.periods.element,
      make(
        'div',
        { class: 'fields' },
        this.devices.element,
        this.states.element,
        this.segments.element,
        this.value,
        this.palettes.element,
        opacity,
      ),
    );
    this.element = make('section', { class: 'panel', 'aria-label': t('title') }, header, make('div', { class: 'bar' }), body);
    makeMovable(this.element, grip, (at) => set({ at }), () => this.isCollapsed && this.toggle());
    // The page has no business with what is done here: its shortcuts, its traps for the focus, its menus that close on any click.
    for (const type of ['click', 'pointerdown', 'mousedown', 'pointerup', 'mouseup', 'keydown', 'keyup', 'keypress', 'input', 'change', 'focusin', 'wheel', 'touchstart']) {
      this.element.addEventListener(type, (event) => event.stopPropagation(), { passive: true });
    }
  }

  /** Takes the typed value when it is done: after a pause, at Enter, or when it is left. */
  private takeValue(): void {
    let waiting = 0;
    const take = guard((): void => {
      clearTimeout(waiting);
      this.actions.set({ segmentValue: this.value.value });
    });
    this.value.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(take, TYPING_MS);
    });
    this.value.addEventListener('change', take);
  }

  private toggle(): void {
    this.actions.set({ collapsed: !this.isCollapsed });
  }

  /** Keeps the panel in the window when that, or the panel, has another size. */
  keepInside({ at }: Settings): void {
    if (at) moveTo(this.element, at);
  }

  /** Shows what is set and what came of it. */
  update(settings: Settings, view: PanelView): void {
    const { words, numbers } = this;
    const { answer, failure, busy } = view;
    this.isCollapsed = settings.collapsed;
    this.element.classList.toggle('collapsed', settings.collapsed);
    this.element.setAttribute('aria-busy', String(!!busy));
    const collapseLabel = words.text(settings.collapsed ? 'expand' : 'collapse');
    for (const name of ['aria-label', 'title']) this.collapse.setAttribute(name, collapseLabel);
    this.collapse.setAttribute('aria-expanded', String(!settings.collapsed));
    this.inspectButton.setAttribute('aria-pressed', String(view.inspecting));

    this.kinds.set(settings.kind);
    this.periods.set(settings.period);
    this.devices.set(settings.device);
    this.segments.set(settings.segment);
    this.palettes.set(settings.palette);
    this.opacity.value = String(settings.opacity);
    this.value.disabled = !settings.segment;
    this.value.placeholder = settings.segment && words.text(settings.segment === 'country' ? 'hint_country' : 'hint_other');
    // Not while somebody types in it. TRICKY: `document.activeElement` is the host; the root knows better.
    if (!this.value.matches(':focus')) this.value.value = settings.segmentValue;
    this.offerStates(settings, answer);

    const kind = kindName(settings.kind, words);
    this.summary.textContent = settings.collapsed
      ? [kind, words.text(settings.period), answer && !failure && this.told(answer)].filter(Boolean).join(' · ')
      : view.path;
    this.summary.title = view.path;

    const known = answer && !failure ? answer : undefined;
    numbers.views.textContent = known ? words.number(known.views) : '–';
    numbers.clicks.textContent = known ? words.number(known.clicks / unitOf(known.kind)) : '–';
    numbers.clicks.previousElementSibling!.textContent = countedWith(settings.kind, words);
    // Rounded down: 99.6 % are not all.
    numbers.anchored.textContent = known?.clicks ? words.share(Math.floor((100 * known.anchored) / known.clicks) / 100) : '–';
    show(this.numberList, !failure);
    for (const name of ['clicks', 'anchored'] as const) show(numbers[name].parentElement!, hasClicks(settings.kind));

    this.showLegend(known && view.legend, view.ramp);
    // As the paper is that the palette is for.
    this.legendBar.className = settings.palette === 'night' ? 'dark' : '';
    this.notes.replaceChildren(...this.notesOf(view));
    show(this.notes, !!this.notes.firstChild);
  }

  private told(answer: Answer): string {
    const { words } = this;
    const count = hasClicks(answer.kind) ? answer.clicks / unitOf(answer.kind) : answer.views;
    return `${words.number(count)} ${countedWith(answer.kind, words).toLocaleLowerCase(words.language)}`;
  }

  /** What the page shows besides itself; the one that is asked for stays even if nothing was clicked in it. */
  private offerStates({ state }: Settings, answer: Answer | undefined): void {
    const { words } = this;
    const options: [string, string][] = [
      ['any', words.text('state_any')],
      ['base', words.text('state_base')],
    ];
    for (const { id, element, clicks } of answer?.states ?? []) {
      if (id) options.push([String(id), `${element || id} · ${words.number(clicks)}`]);
    }
    if (!options.some(([id]) => id === state)) options.push([state, state]);
    this.states.offer(options);
    this.states.set(state);
  }

  private showLegend(legend: Legend | undefined, ramp: Uint32Array): void {
    show(this.legend, !!legend);
    if (!legend) return;
    this.legendTitle.replaceChildren(legend.title, make('i', {}, legend.note && ` ${legend.note}`));
    const context = this.legendBar.getContext('2d');
    if (context) {
      const image = context.createImageData(256, 1);
      new Uint32Array(image.data.buffer).set(ramp);
      context.putImageData(image, 0, 0);
    }
    this.legendTicks.replaceChildren(
      ...legend.ticks.map(({ at, label }) => {
        const tick = make('span', {}, label);
        // At its place, but not beyond the ends.
        tick.style.left = `${at * 100}%`;
        tick.style.translate = at === 0 ? '0' : at === 1 ? '-100%' : '-50%';
        return tick;
      }),
    );
  }

  private notesOf({ answer, failure, busy, heldBack, gone, hidden, inspecting, serverHost }: PanelView): HTMLElement[] {
    const { words } = this;
    const note = (text: string, className = '', title = ''): HTMLElement =>
      make('li', { ...(className && { class: className }), ...(title && { title }) }, text);
    if (failure) {
      const { reason } = failure;
      const isGrave = reason !== 'no_data' && reason !== 'busy';
      const detail = reason === 'refused' ? failure.detail : '';
      return [note(words.text(reason, { detail, host: serverHost }), isGrave ? 'bad' : 'hint')];
    }
    if (!answer) return busy ? [note(words.text(busy))] : [];
    const notes = [];
    const isEmpty = !answer.bands?.length && !answer.elements.length && !answer.cells.length;
    if (inspecting) notes.push(note(words.text('inspect_hint')));
    if (isEmpty) notes.push(note(words.text(answer.views ? 'no_clicks' : 'no_data'), 'hint'));
    else if (heldBack) {
      const isPale = answer.kind === 'element';
      notes.push(note(isPale ? words.text('pale', { count: words.number(LEAST_EXPOSED) }) : words.text('little_data'), 'hint'));
    }
    if (!answer.layout.samples && !isEmpty) notes.push(note(words.text('not_measured'), 'hint'));
    if (gone.length) notes.push(note(words.counted('gone', gone.length), '', gone.join('\n')));
    if (hidden.length) notes.push(note(words.counted('hidden', hidden.length), '', hidden.join('\n')));
    return notes;
  }
}
