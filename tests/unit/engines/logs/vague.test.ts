import { expect, it } from 'vitest';
import { saysNoWhy } from '../../../../src/engines/logs/vague.ts';

it.each([
  'Exiting JVM with code 3',
  'Application startup failed',
  'Failed to start kafka',
  'Error: process exited with status 1',
  'P3009',
  '===========',
])('hears no reason in %s', (text) => {
  expect(saysNoWhy(text)).toBe(true);
});

it.each([
  'boom',
  'cannot open /data/db',
  'Failed to start: address already in use',
  'Check failed: Start()',
  'license expired, exiting',
])('hears a reason in %s', (text) => {
  expect(saysNoWhy(text)).toBe(false);
});
