// Owns the moving of the panel, by pointer and by arrow keys. It does not draw it.

import { guard } from '../src/guard';

type Place = [x: number, y: number];

const STEP_PX = 16;
const MARGIN_PX = 8;
/** A press that moves less is a press. */
const SLACK_PX = 4;

const ARROWS: Record<string, Place> = {
  ArrowLeft: [-STEP_PX, 0],
  ArrowRight: [STEP_PX, 0],
  ArrowUp: [0, -STEP_PX],
  ArrowDown: [0, STEP_PX],
};

/** Puts the panel somewhere, but never out of the window. */
export const moveTo = (panel: HTMLElement, [x, y]: Place): Place => {
  const { offsetWidth, offsetHeight } = panel;
  const left = Math.max(Math.min(x, innerWidth - offsetWidth - MARGIN_PX), MARGIN_PX);
  const top = Math.max(Math.min(y, innerHeight - offsetHeight - MARGIN_PX), MARGIN_PX);
  Object.assign(panel.style, { left: `${left}px`, top: `${top}px`, right: 'auto', bottom: 'auto' });
  return [left, top];
};

/** Lets the panel be moved by its handle. `moved` hears where it was left, `pressed` of a press that was no move. */
export const makeMovable = (
  panel: HTMLElement,
  handle: HTMLElement,
  moved: (place: Place) => void,
  pressed: () => void,
): void => {
  let grabbed: { pointer: number; from: Place; at: Place; isMoving: boolean } | undefined;

  const grab = (event: PointerEvent): void => {
    if (event.button) return;
    const { left, top } = panel.getBoundingClientRect();
    grabbed = { pointer: event.pointerId, from: [event.clientX, event.clientY], at: [left, top], isMoving: false };
    handle.setPointerCapture(event.pointerId);
  };
  const move = (event: PointerEvent): void => {
    if (!grabbed || event.pointerId !== grabbed.pointer) return;
    const { from, at } = grabbed;
    const [dx, dy] = [event.clientX - from[0], event.clientY - from[1]];
    grabbed.isMoving ||= Math.hypot(dx, dy) > SLACK_PX;
    if (grabbed.isMoving) moved(moveTo(panel, [at[0] + dx, at[1] + dy]));
  };
  const release = (): void => {
    if (grabbed && !grabbed.isMoving) pressed();
    grabbed = undefined;
  };
  handle.addEventListener('pointerdown', guard(grab));
  handle.addEventListener('pointermove', guard(move));
  handle.addEventListener('pointerup', guard(release));
  handle.addEventListener('pointercancel', () => (grabbed = undefined));
  handle.addEventListener(
    'keydown',
    guard((event: KeyboardEvent) => {
      const step = ARROWS[event.key];
      if (!step) return;
      event.preventDefault();
      const { left, top } = panel.getBoundingClientRect();
      moved(moveTo(panel, [left + step[0], top + step[1]]));
    }),
  );
};
