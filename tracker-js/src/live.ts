// Owns the live widget: `<heatline-live>`, which shows how many visitors are here and is told by push when that changes. A script of its
// own: it shares nothing with the tracker, counts nobody and stores nothing.
//
//     <script defer src="https://HOST/js/heatline-live.js" data-site="demo.example"></script>
//     <heatline-live>online</heatline-live>             the whole site
//     <heatline-live page>reading this</heatline-live>  this page; page="/a" another
//
// Works under a policy without 'unsafe-inline': styles are constructed, and the shadow root is closed.

const script = document.currentScript as HTMLScriptElement | null;

const style = new CSSStyleSheet();
style.replaceSync(
  ':host{display:inline-flex;align-items:baseline;gap:.4em;font-variant-numeric:tabular-nums}' +
    ':host(:not([count])),:host([hidden]){display:none}' +
    'i{align-self:center;width:.55em;height:.55em;border-radius:50%;background:#8c959f}' +
    ':host(:not([count="0"])) i{background:#2da44e}',
);

class Live extends HTMLElement {
  root_ = this.attachShadow({ mode: 'closed' });
  number_ = document.createElement('b');
  stream_: EventSource | undefined;

  constructor() {
    super();
    this.root_.adoptedStyleSheets = [style];
    const dot = document.createElement('i');
    dot.part.add('dot');
    this.number_.part.add('number');
    this.root_.append(dot, this.number_, document.createElement('slot'));
  }

  connectedCallback() {
    document.addEventListener('visibilitychange', this);
    this.handleEvent();
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this);
    this.close_();
  }

  /** Who does not look at the page needs no number: a hidden tab holds no connection. */
  handleEvent() {
    if (document.hidden) this.close_();
    else if (!this.stream_) this.open_();
  }

  open_() {
    const site = this.getAttribute('site') || script?.dataset.site;
    if (!site || !script) return;
    const page = this.getAttribute('page');
    const url = new URL(`/live/${encodeURIComponent(site)}/count`, script.src);
    if (page !== null) url.searchParams.set('path', page || location.pathname);
    this.stream_ = new EventSource(url);
    this.stream_.addEventListener('count', ({ data }) => {
      const { online, page } = JSON.parse(data);
      const count: number = page ?? online;
      this.number_.textContent = count.toLocaleString(document.documentElement.lang || undefined);
      // What the page may style by, and what shows the widget at all.
      this.setAttribute('count', `${count}`);
    });
  }

  close_() {
    this.stream_?.close();
    this.stream_ = undefined;
  }
}

customElements.get('heatline-live') || customElements.define('heatline-live', Live);

export {};
