import { describe, expect, it } from 'vitest';
import { newHandle } from '../../../src/platform/handle.ts';

describe('a handle', () => {
  it('is 26 letters and digits of which none look alike', () => {
    expect(newHandle()).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
  });

  it('is another one each time, in every place', () => {
    const handles = Array.from({ length: 2_000 }, newHandle);

    expect(new Set(handles).size).toBe(2_000);
    expect(new Set(handles.map((handle) => handle.at(-1))).size).toBe(32);
    expect(new Set(handles.map((handle) => handle.at(1))).size).toBe(32);
  });
});
