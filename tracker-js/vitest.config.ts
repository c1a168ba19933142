import { defineConfig } from 'vitest/config';

// TRICKY: vitest 5 prints failures with `Map.groupBy`, which Node 20 does not have.
Object.assign(Map, {
  groupBy: <K, V>(items: Iterable<V>, keyOf: (item: V) => K): Map<K, V[]> => {
    const groups = new Map<K, V[]>();
    for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
    return groups;
  },
});

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'https://demo.example/start', pretendToBeVisual: true } },
    restoreMocks: true,
    unstubGlobals: true,
  },
});
