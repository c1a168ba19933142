// Owns the start of the heat-map module and what it listens to. The core (index.ts) has loaded it and tells it of clicks and positions.
//
// Two more scripts come when they are needed: `heatline-reaction.js` with the first press, or where there are frames or rests of the
// pointer are to be told, and `heatline-layout.js` where the server asks for a layout sample.

import { advance, forgetAttention, look, takeAttention } from './attention';
import { describe, Flag } from './click';
import { core } from './core';
import { News, type Page, type Told } from './link';
import { withSibling } from './sibling';
import { openRoots } from './state';

const enum Limit {
  /** Two clicks in so short a time are one of the visitor and one that the browser makes of it. */
  EchoMs = 2,
}

let clickedAt = 0;
/** The start of the view of which the server wants the layout. */
let wanted: number;

const onClick = (event: MouseEvent, path: EventTarget[], at: number): void => {
  const { detail, clientX, clientY, isTrusted } = event;
  // TRICKY: a click on a label is followed by one that the browser makes on its field. Only the first was the visitor's. What a
  // script clicks is nobody's.
  if (!isTrusted || at - clickedAt < Limit.EchoMs) return;
  clickedAt = at;
  const click = describe(
    path[0] as Element,
    clientX,
    clientY,
    !detail ? Flag.Keyboard : (event as PointerEvent).pointerType === 'touch' ? Flag.Touch : 0,
  );
  if (!click) return;
  click.since = (at - core.startedAt_) | 0;
  core.clicked_(click, event, path, at);
  core.record_('click', click, at);
  // Inside the click, for what makes the state may be gone in a moment; the script is there, or this throws and that is all.
  if (click.state && wanted === core.startedAt_) core.sample_(wanted, click.state, openRoots().pop()![1]);
};

const hear = ([news, path]: Told, page: Page, startedAt: number, engagedMs: number, depth: number): void => {
  if (startedAt !== core.startedAt_) {
    core.startedAt_ = startedAt;
    forgetAttention();
  }
  if (path) onClick(news, path, news.timeStamp);
  else if (news === News.Layout) {
    wanted = startedAt;
    withSibling('layout', () => core.sample_(startedAt, 0));
  }  else {
    advance(engagedMs);
    if (news === News.Report) core.record_('scroll', { depth: Math.min(depth, page[1][1]) | 0, ...takeAttention(page) });
    else {
      look(page);
      if (document.querySelector('iframe,script[data-move]')) withSibling('reaction', () => core.enterFrames_());
    }
  }
};

core.describe_ = describe;
core.openRoots_ = openRoots;
core.click_ = onClick;
core.clicks_ = [];
core.clicked_ = (...click) => core.clicks_[9] || core.clicks_.push(click);
for (const heard of core.early_) hear(...heard);
core.hear_ = hear;
addEventListener('pointerdown', () => withSibling('reaction'), true);
