import { describe, expect, it } from 'vitest';
import { keysWithLineBreak } from '../../../src/kubernetes/line-breaks.ts';
import { slimmed } from '../../../src/kubernetes/slim.ts';
import { anObject } from '../../support/builders.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = (data: object) => anObject('Secret', 'db', { data });

describe('keysWithLineBreak', () => {
  it('names the keys whose one line ends with a line break', () => {
    const object = secret({ password: base64('s3cret\n'), token: base64('t0ken\r\n'), user: base64('app') });

    expect(keysWithLineBreak(object)).toEqual(['password', 'token']);
  });

  it.each([
    ['a file of some lines', secret({ 'ca.crt': base64('-----BEGIN\nMIIB\n-----END\n') })],
    ['a value without a line break', secret({ user: base64('app') })],
    ['an empty line', secret({ user: base64('\n') })],
    ['a value as long as a file', secret({ blob: base64(`${'x'.repeat(2000)}\n`) })],
    ['a hidden value', secret({ password: '[REDACTED:secret#0a1b2c]' })],
    ['a Secret without data', anObject('Secret', 'empty')],
    ['a ConfigMap', anObject('ConfigMap', 'app', { data: { user: base64('app\n') } })],
  ])('says nothing of %s', (_, object) => {
    expect(keysWithLineBreak(object)).toBeUndefined();
  });
});

describe('slimmed', () => {
  it('keeps their names, also when a snapshot is read again, and no value', () => {
    const kept = slimmed(slimmed(secret({ password: base64('s3cret\n') })));

    expect(kept).toMatchObject({ keysWithLineBreak: ['password'] });
    expect(JSON.stringify(kept)).not.toContain(base64('s3cret\n'));
  });
});
