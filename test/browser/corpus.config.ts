import { defineConfig } from '@playwright/test';
import base from './playwright.config';

// Dashboards of other people, named by MONOPOD_DASHBOARDS: see corpus.check.ts.
export default defineConfig({ ...base, testMatch: 'corpus.check.ts', timeout: 240_000, workers: 1 });
