// Owns the numbers of the element under the pointer, the finger or the keyboard's focus, while the owner inspects. Meanwhile clicks do
// nothing on the page.

import { anchorKind } from '../src/anchor';
import { elementKey } from '../src/element-key';
import { guard } from '../src/guard';
import { boxOf, drawnParent } from '../src/motion';
import { unitOf, type Answer, type HeatElement, type Kind, type Landmark } from './answer';
import type { Message, Words } from './messages';
import { make, show } from './widgets';

/** The page must not act on these: a finger that asks for numbers would leave the page. */
const SILENCED = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'dblclick', 'auxclick'];

const GAP_PX = 10;

export class Inspector {
  readonly outline = make('div', { class: 'outline' });
  readonly tip = make('div', { class: 'tip', role: 'status' });
  private target: Element | undefined;
  private stopListening: AbortController | undefined;
  private answer: Answer | undefined;
  private byElement = new Map<Element, string>();

  constructor(
    private readonly words: Words,
    private readonly host: Element,
    private readonly ended: () => void,
  ) {
    this.clear();
  }

  get isActive(): boolean {
    return !!this.stopListening;
  }

  /** Begins to listen, in the frames of the page as well. */
  start(frames: readonly Window[]): void {
    if (this.stopListening) return;
    const { signal } = (this.stopListening = new AbortController());
    const on = <E extends Event>(type: string, run: (event: E) => void): void => {
      for (const target of [window, ...frames]) {
        target.addEventListener(type, guard(run as (event: Event) => void), { capture: true, signal });
      }
    };
    const follow = (event: Event): void => this.lookAt(event.composedPath()[0]);
    on('pointermove', follow);
    on('pointerdown', follow);
    on('focusin', follow);
    on<KeyboardEvent>('keydown', (event) => {
      if (event.key === 'Escape') this.ended();
    });
    for (const type of SILENCED) {
      on(type, (event) => {
        if (event.composedPath()[0] === this.host) return;
        // A touch that is not prevented may still scroll the page.
        if (event.type !== 'pointerdown') event.preventDefault();
        event.stopImmediatePropagation();
      });
    }
  }

  stop(): void {
    this.stopListening?.abort();
    this.stopListening = undefined;
    this.clear();
  }

  /** Takes what is on the page now. */
  know(answer: Answer | undefined, found: ReadonlyMap<string, Element>): void {
    this.answer = answer;
    this.byElement = new Map([...found].map(([key, element]) => [element, key]));
    if (this.target) this.lookAt(this.target);
  }

  /** Follows the element when something was scrolled. */
  follow(): void {
    if (!this.target) return;
    if (this.target.isConnected) this.place(this.target);
    else this.clear();
  }

  private clear(): void {
    this.target = undefined;
    show(this.outline, false);
    show(this.tip, false);
  }

  private lookAt(pointed: EventTarget | undefined): void {
    const node = pointed as Element;
    if (node?.nodeType !== Node.ELEMENT_NODE || node === this.host) {
      this.clear();
      return;
    }
    // The nearest element that was clicked or might have been, as the tracker chooses it. What was never clicked is told as such, and
    // not with the numbers of the section around it.
    let target: Element | null | undefined = node;
    while (target && target !== document.body && !this.byElement.has(target) && !anchorKind(target)) target = drawnParent(target);
    if (target === document.body) target = undefined;
    if (!target || !this.answer) {
      this.clear();
      return;
    }
    this.target = target;
    this.tip.replaceChildren(...this.tell(target));
    show(this.outline, true);
    show(this.tip, true);
    this.place(target);
  }

  private tell(target: Element): Node[] {
    const { words, answer } = this;
    const key = this.byElement.get(target) ?? elementKey(target);
    const element = answer?.elements.find((candidate) => candidate.element === key);
    const landmark = answer?.landmarks?.find((candidate) => candidate.element === key);
    const rows = landmark ? this.rowsOfLandmark(landmark) : element && answer ? this.rowsOf(element, answer.kind) : [];
    const list = make('dl', {}, ...rows.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
    return [make('code', {}, key), rows.length ? list : make('p', {}, words.text('no_clicks_here'))];
  }

  private rowsOfLandmark({ seconds_per_view }: Landmark): [string, string][] {
    return [[this.words.text('seconds'), this.words.number(seconds_per_view, 1)]];
  }

  private rowsOf({ clicks, click_rate, exposed, visitors, rage, dead, error }: HeatElement, kind: Kind): [string, string][] {
    const { words } = this;
    const isClicks = kind === 'click' || kind === 'element';
    const counted = words.text(isClicks ? 'clicks' : (`unit_${kind}` as Message));
    const rows: [string, string][] = [[counted, words.number(clicks / unitOf(kind), kind === 'move' ? 1 : 0)]];
    if (typeof click_rate === 'number') rows.push([words.text('click_rate'), words.share(click_rate)]);
    if (typeof exposed === 'number') rows.push([words.text('on_screen'), words.number(exposed)]);
    if (typeof visitors === 'number') rows.push([words.text('visitors'), words.number(visitors)]);
    for (const [bad, count] of [['rage', rage], ['dead', dead], ['error', error]] as const) {
      if (count && bad !== kind) rows.push([words.text(`${bad}_clicks`), words.number(count)]);
    }
    return rows;
  }

  /** Puts the outline round the element and the numbers below it, or above where there is no room, or at its upper edge. */
  private place(target: Element): void {
    const box = boxOf(target);
    const { outline, tip } = this;
    Object.assign(outline.style, {
      left: `${box.left - 2}px`,
      top: `${box.top - 2}px`,
      width: `${box.width + 4}px`,
      height: `${box.height + 4}px`,
    });
    const { offsetWidth, offsetHeight } = tip;
    const below = box.bottom + GAP_PX;
    const above = box.top - GAP_PX - offsetHeight;
    const top = below + offsetHeight <= innerHeight ? below : above >= 0 ? above : Math.max(box.top + GAP_PX, GAP_PX);
    const left = Math.max(Math.min(box.left, innerWidth - offsetWidth - GAP_PX), GAP_PX);
    Object.assign(tip.style, { left: `${left}px`, top: `${Math.min(top, innerHeight - offsetHeight - GAP_PX)}px` });
  }
}
