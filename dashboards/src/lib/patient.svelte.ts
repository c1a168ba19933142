// Owns answers that the server may be too busy for: asked again by themselves, and telling that they wait.

import { patiently } from './patience';
import { Resource } from './resource.svelte';

export class PatientResource<T> extends Resource<T> {
  /** Seconds until the question is asked again; undefined while it is not put off. */
  waitSeconds = $state<number | undefined>();

  override async load(ask: (signal: AbortSignal) => Promise<T>): Promise<void> {
    this.waitSeconds = undefined;
    await super.load((signal) =>
      patiently(
        () => ask(signal),
        signal,
        (seconds) => (this.waitSeconds = seconds),
      ),
    );
  }
}

/** A picture as an address for `<img>`. TRICKY: an `<img>` with the address of the API cannot tell a busy server from a missing page. */
export class Picture extends PatientResource<string> {
  #shown: string | undefined;

  async show(ask: (signal: AbortSignal) => Promise<Blob>): Promise<void> {
    let made: string | undefined;
    await this.load(async (signal) => {
      const blob = await ask(signal);
      signal.throwIfAborted();
      made = URL.createObjectURL(blob);
      return made;
    });
    if (made === undefined) return;
    if (this.value !== made) return URL.revokeObjectURL(made);
    if (this.#shown !== undefined) URL.revokeObjectURL(this.#shown);
    this.#shown = made;
  }

  /** Gives the memory back. */
  forget(): void {
    this.stop();
    if (this.#shown !== undefined) URL.revokeObjectURL(this.#shown);
    this.#shown = undefined;
    this.value = undefined;
  }
}
