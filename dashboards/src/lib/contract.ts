// Owns how a route of the description becomes a type: what it takes and what it answers. Has no code that runs.

import type { components, paths } from './api-schema';

export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name];

export type Path = keyof paths;
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

type Operation<P extends Path, M extends Method> = M extends keyof paths[P] ? paths[P][M] : never;

type Json<T> = T extends { content: { 'application/json': infer Body } } ? Body : undefined;

/** What a route answers when it does what it is asked for. */
export type Answer<P extends Path, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? Json<R[keyof R & (200 | 201)]> : never;

/** What a route takes as its body. */
export type Body<P extends Path, M extends Method> = Operation<P, M> extends { requestBody?: infer R } ? Json<NonNullable<R>> : never;

/** Names in the path of a route, as `{site}`. */
export type Places<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never;
