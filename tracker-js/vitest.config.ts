import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts'],
    environment: 'jsdom',
    environmentOptions: { jsdom: { url: 'https://demo.example/start', pretendToBeVisual: true } },
    restoreMocks: true,
    unstubGlobals: true,
  },
});
