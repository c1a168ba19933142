// Owns sending a file with its progress, which `fetch` cannot tell.

import { ApiError, problemFrom } from './problem';

const TIMEOUT_MS = 300_000;

/** Sends a file. `progress` is told the part that is sent, 0 to 1. Fails with an `ApiError`. */
export function upload(url: string, file: Blob, progress: (part: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('PUT', url);
    request.timeout = TIMEOUT_MS;
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Content-Type', file.type);
    request.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) progress(event.loaded / event.total);
    });
    request.addEventListener('load', () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(problemFrom(request.status, request.responseText, request.getResponseHeader('Retry-After')));
    });
    request.addEventListener('error', () => reject(new ApiError('unreachable', 0)));
    request.addEventListener('timeout', () => reject(new ApiError('timed_out', 0)));
    request.send(file);
  });
}
