declare module 'virtual:world' {
  export const WIDTH: number;
  export const HEIGHT: number;
  export const lands: readonly { code: string; path: string }[];
}
