// Owns what clicks tell together with what comes after them: rage, where one follows another, no answer of the page, an error; the clicks
// in frames; and the rests of the pointer, where the site wants them. It does not record the clicks.

import { Flag } from './click';
import { now } from './clock';
import { core } from './core';
import { guard, listen, whenIdle } from './guard';
import type { Click, Clicked } from './link';

const enum Limit {
  /** Between two clicks of a burst. */
  RageMs = 700,
  RagePx = 30,
  /** To an answer of the page. */
  DeadMs = 2_500,
  ErrorMs = 1_000,
  /** What this script has missed of the answers to a click that was made before it was there. */
  MissedMs = 50,
  /** From the press to the click; what was open before is not believed for longer. */
  PressMs = 1_000,
  RestMs = 500,
  LongestRestMs = 30_000,
}

/** What answers a click by itself, or in a way that no event tells. */
const ANSWERS =
  'a[href]:not([href^="#"]),input,select,option,textarea,label,form button,video,audio,canvas,iframe,object,embed,[contenteditable]';
/** What is there to be clicked many times. */
const STEPPERS = 'input[type=number],[role=spinbutton],[data-heatline-norage]';

/** The last clicks, the last one first, each soon after the one before. */
let burst: Clicked[] = [];
/** Clicks that the page has not answered yet, the oldest first. */
let pending: Click[] = [];

/** Tells one thing more of a click: each is counted by itself, so what was told before is not told again. */
const tellAgain = (click: Click, flag: Flag): void =>
  core.record_('click', { ...click, flags: (click.flags & ~(Flag.Rage | Flag.Dead | Flag.Error)) | Flag.FollowUp | flag });

/** Takes note that the page has done something. */
const answer = (): void => {
  pending = [];
  observer.disconnect();
};
const observer = new MutationObserver(answer);

/** Returns true where a click goes on with the burst of the last one. The body is no element that one can click on again and again. */
const follows = ([click, { clientX, clientY }, , at]: Clicked, [last, before, , lastAt]: Clicked): boolean =>
  at - lastAt <= Limit.RageMs &&
  ((click['element'] === last['element'] && click['element'] !== 'body') || Math.hypot(clientX - before.clientX, clientY - before.clientY) <= Limit.RagePx);

/** Marks a click that belongs to a burst of three or more, and tells of those before it. */
const judgeRage = (clicked: Clicked): void => {
  const target = clicked[2][0] as Element;
  if (!burst[0] || !follows(clicked, burst[0]) || target.closest(STEPPERS) || !getSelection()!.isCollapsed) burst = [];
  // What changes the page each time is a stepper, too.
  if (burst[1] && burst.some(([before]) => pending.includes(before))) {
    for (const [before] of burst) {
      if (!(before.flags & Flag.Rage)) tellAgain(before, Flag.Rage);
      before.flags |= Flag.Rage;
    }
    clicked[0].flags |= Flag.Rage;
  }
  burst.unshift(clicked);
};

/** Waits for the page to answer a click. */
const judgeDead = ([click, event, path]: Clicked): void => {
  // The second click of two that select a word comes after the change of the selection.
  if (!getSelection()!.isCollapsed) return;
  // What is in a shadow tree or a frame changes there.
  for (const root of path as Node[]) {
    if (root.nodeType >= Node.DOCUMENT_NODE) {
      observer.observe(root, { subtree: true, childList: true, attributes: true, characterData: true });
    }
  }
  pending.push(click);
  setTimeout(
    guard(() => {
      if (!pending.includes(click)) return;
      pending.shift();
      if (!pending[0]) observer.disconnect();
      if (event.defaultPrevented || !(path[0] as Element).closest(ANSWERS)) tellAgain(click, Flag.Dead);
    }),
    Limit.DeadMs,
  );
};

/** The last press, until it has become a click. */
let pressed: Event | undefined;

const forgetPress = (): void => {
  pressed = core.roots_ = undefined;
};

const onClick = (...clicked: Clicked): void => {
  forgetPress();
  judgeRage(clicked);
  if (now() - clicked[3] < Limit.MissedMs) judgeDead(clicked);
};

for (const clicked of core.clicks_) onClick(...clicked);
core.clicked_ = onClick;

// `blur`: a new tab or a dialog of the browser; `toggle`: a popover.
listen('scroll focus blur toggle visibilitychange pagehide popstate', answer);
listen('selectionchange', () => getSelection()!.isCollapsed || answer());
listen('error unhandledrejection', (event: Event) => {
  const [click, , , at] = burst[0]!;
  // Those of images come here, too.
  if (event.target === window && now() - at < Limit.ErrorMs && !(click.flags & Flag.Error)) {
    tellAgain(click, Flag.Error);
    click.flags |= Flag.Error;
  }
});

// What is open is looked up while the browser waits for the pointer to go up: the click itself shall be short.
listen('pointerdown', (event: Event) => {
  core.roots_ = undefined;
  pressed = event;
  whenIdle(() => {
    if (pressed === event) core.roots_ = core.openRoots_();
  });
  // It was no click but a swipe.
  setTimeout(() => pressed === event && forgetPress(), Limit.PressMs);
});

/** Documents in frames of this origin that are listened to. */
const entered = new WeakSet<Document>();

core.enterFrames_ = () => {
  for (const frame of document.querySelectorAll('iframe')) {
    const { contentDocument } = frame;
    if (!contentDocument || entered.has(contentDocument)) continue;
    entered.add(contentDocument);
    // They tell places in their own window, and the time of another clock.
    listen(
      'click',
      (event: PointerEvent) => {
        const { x, y } = frame.getBoundingClientRect();
        const moved = {
          isTrusted: event.isTrusted,
          detail: event.detail,
          pointerType: event.pointerType,
          clientX: event.clientX + x + frame.clientLeft,
          clientY: event.clientY + y + frame.clientTop,
          get defaultPrevented() {
            return event.defaultPrevented;
          },
        };
        core.click_(moved as unknown as MouseEvent, event.composedPath(), now());
      },
      contentDocument,
    );
    listen('scroll focus blur', answer, contentDocument.defaultView!);
  }
};

if (document.querySelector('script[data-move]')) {
  let rest: MouseEvent | undefined;
  let restsOn: Element;
  listen('pointermove', (event: MouseEvent) => {
    const [was, on] = [rest, restsOn];
    rest = event;
    restsOn = event.composedPath()[0] as Element;
    const ms = was ? event.timeStamp - was.timeStamp : 0;
    if (ms < Limit.RestMs) return;
    whenIdle(() => {
      const move = core.describe_(on, was!.clientX, was!.clientY, 0);
      if (move) core.record_('move', { ...move, rest: Math.round(Math.min(ms, Limit.LongestRestMs)) });
    });
  });
}
