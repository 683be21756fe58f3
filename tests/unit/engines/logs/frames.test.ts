import { expect, it } from 'vitest';
import { isFrame } from '../../../../src/engines/logs/frames.ts';

it.each([
  '    at Object.<anonymous> (/app/index.js:3:7)',
  '  File "/app/main.py", line 3, in main',
  '\t... 12 more',
  'main.load(0xc000012, 0x2)',
  'main.main()',
  '\t/app/main.go:12 +0x1d',
  '#1 /app/db.php(12): connect()',
  'goroutine 1 [running]:',
])('knows a frame: %s', (line) => {
  expect(isFrame(line)).toBe(true);
});

it.each(['bind() to [::1]:80 failed (99: Cannot assign)', 'open(/data) failed', 'boom', '# Check failed'])(
  'knows what is none: %s',
  (line) => {
    expect(isFrame(line)).toBe(false);
  },
);
