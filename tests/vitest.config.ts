import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const root = new URL('..', import.meta.url).pathname

// Everything but the unit tests opens a database, and the embedded engine takes half a gigabyte: two at a time.
export default defineConfig({
  root,
  plugins: [svelte({ compilerOptions: { dev: true } })],
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['tests/*.test.ts', 'tests/unit/**/*.test.ts', 'tests/map/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'database', include: ['tests/db/**/*.test.ts', 'tests/api/**/*.test.ts'] },
      },
      {
        extends: true,
        test: { name: 'browser', include: ['tests/e2e/**/*.e2e.ts'], maxWorkers: 1, testTimeout: 240_000 },
      },
    ],
  },
})
