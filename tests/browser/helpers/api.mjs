// Owns the requests to the service's API. One method an endpoint, so that tests read as use cases.

import assert from 'node:assert/strict';

import { PNG } from 'pngjs';

export class Api {
  #origin;
  #key;

  constructor(origin, key) {
    this.#origin = origin;
    this.#key = key;
  }

  changeSite(site, change) {
    return this.#json(`/api/v1/sites/${site}`, { method: 'PATCH', body: change });
  }

  addSite(site) {
    return this.#json('/api/v1/sites', { method: 'POST', body: site });
  }

  /** Makes a shared link; returns it as it is listed. */
  async share(site, link) {
    const response = await this.#fetch(`/api/v1/sites/${site}/shared-links`, { method: 'POST', body: link });
    assert.equal(response.status, 201, await response.clone().text());
    return response.json();
  }

  async removeShare(site, id) {
    const response = await this.#fetch(`/api/v1/sites/${site}/shared-links/${id}`, { method: 'DELETE' });
    assert.equal(response.status, 204, await response.clone().text());
  }

  live(site) {
    return this.#json(`/api/v1/sites/${site}/live`);
  }

  /** Returns the rows of a report over the last days; `question` has metrics, dimensions, filters. */
  async query(site, question) {
    const answer = await this.#json('/api/v2/query', { method: 'POST', body: { site_id: site, date_range: '7d', ...question } });
    return answer.results;
  }

  /** Returns the totals of a report by the names of its metrics. */
  async totals(site, metrics, filters = []) {
    const [row] = await this.query(site, { metrics, filters });
    return Object.fromEntries(metrics.map((metric, at) => [metric, row?.metrics[at] ?? 0]));
  }

  /** Returns a metric by the values of a dimension: `{'/a': 3}`. */
  async breakdown(site, metric, dimension, filters = []) {
    const rows = await this.query(site, { metrics: [metric], dimensions: [dimension], filters });
    return Object.fromEntries(rows.map((row) => [row.dimensions[0], row.metrics[0]]));
  }

  async pages(site) {
    return (await this.#json(`/api/v1/sites/${site}/pages?date_range=7d`)).pages;
  }

  heatmap(site, params) {
    return this.#json(`/api/v1/sites/${site}/heatmap.json?${heatmapQuery(params)}`);
  }

  /** Returns the bytes of a heat map's picture. */
  async heatmapFile(site, params) {
    const response = await this.#fetch(`/api/v1/sites/${site}/heatmap.png?${heatmapQuery(params)}`);
    assert.equal(response.status, 200, await response.clone().text());
    assert.equal(response.headers.get('content-type'), 'image/png');
    return Buffer.from(await response.arrayBuffer());
  }

  /** Returns the pixels of a heat map: `{width, height, data}` with four bytes a pixel. */
  async heatmapPicture(site, params) {
    return PNG.sync.read(await this.heatmapFile(site, params));
  }

  /** Returns the answer of a heat map's document as it is: `png`, `webp`, `svg`, `gif` or `json`. */
  heatmapAnswer(site, ending, params) {
    return this.#fetch(`/api/v1/sites/${site}/heatmap.${ending}?${heatmapQuery(params)}`);
  }

  /** Opens the overlay; returns `{url, token, expires_at}`. */
  async openOverlay(site, path) {
    const response = await this.#fetch(`/api/v1/sites/${site}/heatmap/overlay`, { method: 'POST', body: { path } });
    assert.equal(response.status, 201, await response.clone().text());
    return response.json();
  }

  /** Gives the service a picture of a page. */
  async keepScreenshot(site, params, png) {
    const path = `/api/v1/sites/${site}/screenshot?${new URLSearchParams(params)}`;
    const response = await this.#fetch(path, { method: 'PUT', body: png });
    assert.ok(response.ok, await response.clone().text());
  }

  async screenshots(site, params) {
    return (await this.#json(`/api/v1/sites/${site}/screenshots?${new URLSearchParams(params)}`)).screenshots;
  }

  /** Returns the bytes of a screenshot. */
  async screenshot(site, params) {
    const response = await this.#fetch(`/api/v1/sites/${site}/screenshot?${new URLSearchParams(params)}`);
    assert.equal(response.status, 200, await response.clone().text());
    return Buffer.from(await response.arrayBuffer());
  }

  async #json(path, options) {
    const response = await this.#fetch(path, options);
    const text = await response.text();
    assert.equal(response.status, 200, `${path} answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  #fetch(path, { method = 'GET', body } = {}) {
    const headers = { authorization: `Bearer ${this.#key}` };
    const isPicture = Buffer.isBuffer(body);
    if (body) headers['content-type'] = isPicture ? 'image/png' : 'application/json';
    const sent = body && !isPicture ? JSON.stringify(body) : body;
    return fetch(this.#origin + path, { method, headers, body: sent, signal: AbortSignal.timeout(20_000) });
  }
}

const heatmapQuery = (params) => new URLSearchParams({ date_range: '7d', ...params }).toString();
