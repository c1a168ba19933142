// Development only: made-up outcomes for the mock server. By site: all reasons, no event, all accepted, a hostname left out.

const RATES = {
  'demo.example': {
    dropped: { bot: 0.055, hostname: 0.012, excluded_address: 0.02, privacy_signal: 0.009, prefetch: 0.004, excluded_path: 0.0012, repeated: 0.002 },
    refused: { rate_limited: 0.006, unavailable: 0.0004 },
    overflow: [
      { kind: 'prop_key', events: 12 },
      { kind: 'pathname', events: 1830 },
      { kind: 'event_name', events: 1 },
    ],
  },
  'a-really-quite-long-subdomain-name.of-a-department.of-some-university.example': {
    dropped: { hostname: 2.4, bot: 0.08 },
    refused: { tarpit: 0.02 },
    overflow: [],
  },
};
const ALL_ACCEPTED = { dropped: {}, refused: {}, overflow: [] };

/** Answers `GET /sites/{site}/outcomes` for buckets of the site's wall clock, held as if it were UTC. */
export function outcomes(site, interval, labels, now, noise) {
  const { dropped, refused, overflow } = RATES[site.domain] ?? ALL_ACCEPTED;
  const current = now.toISOString().slice(0, 19);
  const series = labels.map((label) => {
    const at = label.length === 10 ? `${label}T00:00:00` : label.replace(' ', 'T');
    const hour = interval === 'hour' ? 0.55 + 0.45 * Math.sin(((Number(at.slice(11, 13)) - 9) / 24) * 2 * Math.PI) : 1;
    const base = at > current ? 0 : site.size * (interval === 'hour' ? 900 : 12_500) * hour * (0.6 + 0.6 * noise(site.domain + at));
    const counts = (rates, burst) =>
      Object.fromEntries(
        Object.entries(rates)
          .map(([reason, rate]) => [reason, Math.round(base * rate * burst(noise(`${reason}${at}`)))])
          .filter(([, events]) => events > 0),
      );
    return {
      time: at + offsetOf(site.timezone, at),
      accepted: Math.round(base),
      dropped: counts(dropped, (chance) => 0.4 + 1.2 * chance),
      // A limit is hit now and then, not all the time.
      refused: counts(refused, (chance) => (chance > 0.8 ? 5 : 0)),
    };
  });
  const totals = (fate) => {
    const sums = new Map();
    for (const bucket of series) {
      for (const [reason, events] of Object.entries(bucket[fate])) sums.set(reason, (sums.get(reason) ?? 0) + events);
    }
    return [...sums].map(([reason, events]) => ({ reason, events })).sort((a, b) => b.events - a.events);
  };
  return {
    site: site.domain,
    date_range: [series[0].time, series[series.length - 1].time],
    interval,
    accepted: series.reduce((sum, bucket) => sum + bucket.accepted, 0),
    dropped: totals('dropped'),
    refused: totals('refused'),
    series,
    overflow,
  };
}

/** Returns `+02:00` for a wall clock; right but for the hours in which clocks change. */
function offsetOf(timeZone, at) {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(new Date(`${at}Z`)).find(({ type }) => type === 'timeZoneName').value;
  return name === 'GMT' ? '+00:00' : name.slice(3);
}
