// Owns the look of the panel: the dashboard's colours and sizes (`dashboards/src/styles/tokens.css`), in pixels, for `rem` would be the
// page's. A constructed style sheet, which no Content-Security-Policy forbids.

export const ACCENT = '#b93a0b';

const CSS = `
:host { pointer-events: none }
@media print { :host { display: none !important } }
canvas.map { position: absolute; inset: 0; width: 100vw; height: 100vh; pointer-events: none }

.panel, .tip, .outline {
  --surface: light-dark(#ffffff, #1b1a18); --sunken: light-dark(#f4f2ee, #242220); --hover: light-dark(#f1eee8, #2a2825);
  --line: light-dark(#e7e3dc, #2f2c29); --strong: light-dark(#c9c2b7, #4d4843);
  --ink: light-dark(#1c1a17, #f3f0eb); --soft: light-dark(#5a554d, #b8b1a7); --faint: light-dark(#6f695f, #968f85);
  --accent: light-dark(${ACCENT}, #ff9159); --accent-soft: light-dark(#fbe9df, #3a2418); --paper: light-dark(#f8f7f4, #131211);
  --bad: light-dark(#b42318, #ff9a8d); --bad-soft: light-dark(#fdecea, #37201d);
  color-scheme: light dark;
  font: 13px/1.4 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif;
  color: var(--ink); box-sizing: border-box; text-align: start; letter-spacing: normal;
}
*, ::before, ::after { box-sizing: border-box }
[hidden] { display: none !important }

.panel {
  position: absolute; bottom: 16px; right: 16px; width: 336px; max-width: calc(100vw - 16px); max-height: calc(100vh - 32px);
  display: flex; flex-direction: column; pointer-events: auto;
  background: var(--surface); border: 1px solid var(--line); border-radius: 14px;
  box-shadow: 0 12px 40px rgb(40 30 15 / 0.22), 0 2px 6px rgb(40 30 15 / 0.1); overflow: hidden;
}
@media (max-width: 600px) { .panel { right: 8px; bottom: 8px; width: calc(100vw - 16px); max-height: 62vh } }

header { display: flex; align-items: center; gap: 2px; padding: 7px 8px 7px 6px; touch-action: none; user-select: none; -webkit-user-select: none }
.grip {
  flex: 1; min-width: 0; display: flex; align-items: center; gap: 9px; padding: 3px 6px; border: 0; background: none; color: inherit; font: inherit;
  text-align: start; cursor: grab; touch-action: none;
}
.grip:active { cursor: grabbing }
.grip .mark { width: 20px; height: 20px; flex: none; stroke: var(--accent); stroke-width: 2 }
.grip .names { min-width: 0 }
.grip strong { display: block; font-weight: 650; line-height: 1.25 }
.grip small { display: block; color: var(--faint); font-size: 11.5px; line-height: 1.3; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
svg { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round }

.icon {
  flex: none; width: 32px; height: 32px; display: grid; place-items: center; padding: 0; border: 0; border-radius: 8px; background: none; color: var(--soft); cursor: pointer;
}
.icon:hover { background: var(--hover); color: var(--ink) }
.icon svg { width: 17px; height: 17px; transition: rotate 120ms }
.icon[aria-pressed='true'] { background: var(--accent); color: var(--surface) }
.collapsed .icon .collapse { rotate: 180deg }

.body { overflow: auto; overscroll-behavior: contain; padding: 12px 14px 14px; display: grid; gap: 13px }
.collapsed .body { display: none }
:focus { outline: none }
:focus-visible, label:has(:focus-visible) { outline: 2px solid var(--accent); outline-offset: 1px; border-radius: 8px }
label :focus-visible { outline: none }

.chips { display: grid; grid-template-columns: repeat(4, 1fr); gap: 5px }
.chips label, .segments label { position: relative; cursor: pointer }
.chips input, .segments input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer }
.chips span { display: block; padding: 4px 2px; border: 1px solid var(--line); border-radius: 99px; font-size: 12px; line-height: 17px; font-weight: 500; text-align: center; white-space: nowrap }
.chips label:hover span { background: var(--hover) }
.chips :checked + span { background: var(--ink); border-color: var(--ink); color: var(--surface) }
.chips label:has(:focus-visible) { border-radius: 99px }

.segments { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; padding: 2px; border-radius: 9px; background: var(--sunken) }
.segments span { display: block; padding: 4px 2px; border-radius: 7px; text-align: center; font-size: 12.5px; color: var(--soft); white-space: nowrap }
.segments :checked + span { background: var(--surface); color: var(--ink); font-weight: 550; box-shadow: 0 1px 2px rgb(40 30 15 / 0.14) }

.numbers { display: grid; grid-template-columns: repeat(3, 1fr); margin: 0; gap: 8px }
.numbers div { min-width: 0 }
.numbers dt { color: var(--faint); font-size: 11.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
.numbers dd { margin: 0; font-size: 19px; font-weight: 600; letter-spacing: -0.01em; line-height: 1.25; font-variant-numeric: tabular-nums }

.legend { display: grid; gap: 4px }
.legend .title { font-size: 12px; color: var(--soft) }
.legend .title i { font-style: normal; color: var(--faint) }
.legend canvas { width: 100%; height: 10px; border-radius: 3px; background: #fff; display: block; box-shadow: 0 0 0 1px rgb(40 30 15 / 0.12) }
.legend canvas.dark { background: #1b1a18 }
.legend .ticks { position: relative; height: 14px; font-size: 11px; color: var(--soft); font-variant-numeric: tabular-nums }
.legend .ticks span { position: absolute; top: 0; white-space: nowrap }

.notes { display: grid; gap: 6px; margin: 0; padding: 0; list-style: none; font-size: 12px; line-height: 1.35; color: var(--soft) }
.notes li { padding-inline-start: 15px; position: relative }
.notes li::before { content: ''; position: absolute; inset-inline-start: 2px; top: 5px; width: 6px; height: 6px; border-radius: 9px; background: var(--strong) }
.notes .hint::before { background: #f59a0b }
.notes .bad { padding: 8px 10px; border-radius: 8px; background: var(--bad-soft); color: var(--bad); overflow-wrap: anywhere }
.notes .bad::before { content: none }

.fields { display: grid; grid-template-columns: 1fr 1fr; gap: 10px }
.field { display: grid; gap: 3px; min-width: 0 }
.field .name { font-size: 11.5px; color: var(--faint) }
select, .value {
  width: 100%; min-width: 0; height: 32px; padding: 0 8px; border: 1px solid var(--strong); border-radius: 8px;
  background: var(--surface); color: inherit; font: inherit; text-overflow: ellipsis;
}
.value { align-self: end }
.value:disabled { display: none }
.field:has(+ .value:disabled) { grid-column: span 2 }
.value::placeholder { color: var(--faint); opacity: 1 }
select:focus-visible, .value:focus-visible { outline: 2px solid var(--accent); outline-offset: -1px }
label:has(select:focus-visible), label:has([type='range']:focus-visible) { outline: none }
[type='range'] { width: 100%; margin: 0; height: 32px; accent-color: var(--accent) }
[type='range']:focus-visible { outline: 2px solid var(--accent); border-radius: 8px }
@media (pointer: coarse) { select, .value { font-size: 16px; height: 36px } .chips span { padding: 7px 2px } .icon { width: 38px; height: 38px } }

.bar { height: 2px; flex: none; background: var(--line); overflow: hidden }
.bar::before { content: ''; display: block; height: 100%; width: 30%; background: var(--accent); opacity: 0 }
[aria-busy='true'] .bar::before { opacity: 1; animation: run 1s ease-in-out infinite alternate }
@keyframes run { from { translate: -20% } to { translate: 260% } }
@media (prefers-reduced-motion: reduce) { .bar::before { animation: none !important; width: 100% } .icon svg { transition: none } }

.outline { position: absolute; pointer-events: none; border: 2px solid var(--accent); border-radius: 4px; box-shadow: 0 0 0 2px rgb(255 255 255 / 0.75), inset 0 0 0 1px rgb(255 255 255 / 0.6) }
.tip {
  position: absolute; pointer-events: none; width: max-content; min-width: 190px; max-width: min(280px, calc(100vw - 16px)); padding: 9px 12px 10px;
  background: var(--surface); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 8px 28px rgb(40 30 15 / 0.22);
}
.tip code { display: block; margin-bottom: 5px; font: 11.5px/1.35 ui-monospace, 'SF Mono', 'Cascadia Code', Menlo, Consolas, 'DejaVu Sans Mono', monospace; color: var(--faint); overflow-wrap: anywhere }
.tip dl { margin: 0; display: grid; grid-template-columns: 1fr auto; gap: 1px 18px }
.tip dt { color: var(--soft) }
.tip dd { margin: 0; text-align: end; font-weight: 600; font-variant-numeric: tabular-nums }
.tip p { margin: 0; color: var(--soft) }
`;

export const styleSheet = (): CSSStyleSheet => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(CSS);
  return sheet;
};
