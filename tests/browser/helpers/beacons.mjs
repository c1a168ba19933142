// Owns what tests know of a beacon among the requests of a page.

/** Returns true where a request is a beacon with an event of this type and these fields. */
export function holdsEvent(request, type, fields = {}) {
  if (request.method() !== 'POST' || new URL(request.url()).pathname !== '/api/beacon') return false;
  const wanted = Object.entries({ type, ...fields });
  return request.postDataJSON().events.some((event) => wanted.every(([name, value]) => event[name] === value));
}
