// Owns the small parts that the panel is made of. All is made by the DOM and not from text, for a page may demand Trusted Types.

export const make = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

/** Paths on a square of 16. */
const ICONS = {
  collapse: 'M4 6.5 8 10.5 12 6.5',
  close: 'M4 4 12 12M12 4 4 12',
  inspect: 'M7 7 13.5 9.4 10.6 10.6 9.4 13.5ZM2.5 5.5V4A1.5 1.5 0 0 1 4 2.5H5.5M10.5 2.5H12A1.5 1.5 0 0 1 13.5 4V5.5M5.5 13.5H4A1.5 1.5 0 0 1 2.5 12V10.5',
} as const;

/** What the product's mark is drawn with. */
const MARK = 'M1.5 12.5c2.2 0 2.5-3.5 4.2-3.5s1.5 2 3 2S11 3.5 14.5 3.5';

const svg = (path: string, className: string): SVGElement => {
  const root = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  root.setAttribute('viewBox', '0 0 16 16');
  root.setAttribute('aria-hidden', 'true');
  root.setAttribute('class', className);
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  line.setAttribute('d', path);
  root.append(line);
  return root;
};

export const mark = (): SVGElement => svg(MARK, 'mark');

export const iconButton = (icon: keyof typeof ICONS, label: string): HTMLButtonElement =>
  make('button', { type: 'button', class: 'icon', 'aria-label': label, title: label }, svg(ICONS[icon], icon));

export interface Choice<Value extends string> {
  element: HTMLElement;
  set: (value: Value) => void;
}

type Option<Value> = readonly [value: Value, label: string];

/** Names of radio groups must not meet across panels. */
let groups = 0;

/** A row of buttons of which one is chosen; arrow keys choose, as in any group of radio buttons. */
export const chips = <Value extends string>(
  label: string,
  className: string,
  options: readonly Option<Value>[],
  onChange: (value: Value) => void,
): Choice<Value> => {
  const group = `heatline-${groups++}`;
  const inputs = options.map(([value]) => make('input', { type: 'radio', name: group, value }));
  const element = make(
    'div',
    { class: className, role: 'radiogroup', 'aria-label': label },
    ...options.map(([value, text], at) => make('label', { 'data-value': value }, inputs[at]!, make('span', {}, text))),
  );
  element.addEventListener('change', (event) => onChange((event.target as HTMLInputElement).value as Value));
  return { element, set: (value) => inputs.forEach((input) => (input.checked = input.value === value)) };
};

export interface Select<Value extends string> extends Choice<Value> {
  offer: (options: readonly Option<Value>[]) => void;
}

export const select = <Value extends string>(
  label: string,
  options: readonly Option<Value>[],
  onChange: (value: Value) => void,
): Select<Value> => {
  const control = make('select', {});
  const element = make('label', { class: 'field' }, make('span', { class: 'name' }, label), control);
  control.addEventListener('change', () => onChange(control.value as Value));
  const offer = (offered: readonly Option<Value>[]): void =>
    control.replaceChildren(...offered.map(([value, text]) => make('option', { value }, text)));
  offer(options);
  return { element, offer, set: (value) => (control.value = value) };
};

/** Shows or hides. */
export const show = (element: HTMLElement, shown: boolean): void => {
  element.hidden = !shown;
};
