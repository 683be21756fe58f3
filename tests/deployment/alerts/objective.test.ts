import { replica, seriesOf, testAlert } from '../alert-tester.ts';

const good = (instance = 'a') =>
  seriesOf('mcp_tool_calls_total', { ...replica(instance), tool_name: 'diagnose', status: 'success' });
const bad = (type: string, instance = 'a') =>
  seriesOf('mcp_tool_errors_total', { ...replica(instance), tool_name: 'diagnose', error_type: type });
const inWindow = (window: string) => ({ namespace: 'tools', job: 'kubemend', window });
const day = 24 * 60;

testAlert('ErrorBudgetBurnFast', {
  fires: {
    'a tenth of all calls fails for ten minutes': {
      samples: { [good()]: '0+90x60', [bad('unavailable')]: '0+10x60' },
      minute: 12,
      as: [
        { labels: inWindow('1h'), summary: 'kubemend failed 10% of its calls in 1h; 99.5 % are to succeed' },
        { labels: inWindow('6h'), summary: 'kubemend failed 10% of its calls in 6h; 99.5 % are to succeed' },
      ],
    },
    'one call in 25 fails, for hours': {
      samples: { [good()]: '0+96x420', [bad('api_error')]: '0+3x420', [bad('timeout')]: '0+1x420' },
      minute: 400,
      as: [{ labels: inWindow('6h'), summary: 'kubemend failed 4% of its calls in 6h; 99.5 % are to succeed' }],
    },
    'one of two replicas fails all its calls': {
      samples: { [good()]: '0+50x60', [good('b')]: '0x60', [bad('internal_error', 'b')]: '0+50x60' },
      minute: 12,
      as: [
        { labels: inWindow('1h'), summary: 'kubemend failed 50% of its calls in 1h; 99.5 % are to succeed' },
        { labels: inWindow('6h'), summary: 'kubemend failed 50% of its calls in 6h; 99.5 % are to succeed' },
      ],
    },
    'all of few calls fail': {
      samples: { [good()]: '0x60', [bad('unavailable')]: '0+1x60' },
      minute: 20,
      as: [
        { labels: inWindow('1h'), summary: 'kubemend failed 100% of its calls in 1h; 99.5 % are to succeed' },
        { labels: inWindow('6h'), summary: 'kubemend failed 100% of its calls in 6h; 99.5 % are to succeed' },
      ],
    },
  },
  silent: {
    'callers get most of their calls wrong': {
      samples: {
        [good()]: '0+10x420',
        [bad('validation_error')]: '0+50x420',
        [bad('not_found')]: '0+50x420',
        [bad('permission_denied')]: '0+50x420',
        [bad('rate_limited')]: '0+50x420',
        [bad('refused')]: '0+50x420',
        [bad('conflict')]: '0+50x420',
        [bad('approval_required')]: '0+50x420',
      },
      to: 420,
    },
    'one call in a hundred fails': {
      samples: { [good()]: '0+99x420', [bad('unavailable')]: '0+1x420' },
      to: 420,
    },
    'one of three calls fails, just after the start': {
      samples: { [good()]: '0x5 2x60', [bad('timeout')]: '0x5 1x60' },
      to: 60,
    },
    'it failed, and has been well for 40 minutes': {
      samples: { [good()]: '0+90x120', [bad('unavailable')]: '0+10x30 300x90' },
      from: 75,
      to: 120,
    },
    'nobody calls': { samples: { [good()]: '5x420', [bad('unavailable')]: '3x420' }, to: 420 },
  },
});

testAlert('ErrorBudgetBurnSlow', {
  fires: {
    'one call in fifty fails, for half a day': {
      samples: { [good()]: `0+49x${day}`, [bad('api_error')]: `0+1x${day}` },
      minute: 0.6 * day,
      as: [
        { labels: inWindow('1d'), summary: 'kubemend failed 2% of its calls in 1d; 99.5 % are to succeed' },
        { labels: inWindow('3d'), summary: 'kubemend failed 2% of its calls in 3d; 99.5 % are to succeed' },
      ],
    },
    'one call in a hundred fails, for half a day': {
      samples: { [good()]: `0+99x${day}`, [bad('timeout')]: `0+1x${day}` },
      minute: 0.6 * day,
      as: [{ labels: inWindow('3d'), summary: 'kubemend failed 1% of its calls in 3d; 99.5 % are to succeed' }],
    },
  },
  silent: {
    'four calls in a thousand fail, for a day': {
      samples: { [good()]: `0+996x${day}`, [bad('unavailable')]: `0+4x${day}` },
      to: day,
    },
    'it was away for five minutes, after a day': {
      samples: {
        [good()]: `0+100x${day} 144000x5 144000+100x600`,
        [bad('unavailable')]: `0x${day} 100+100x4 500x600`,
      },
      from: day,
      to: day + 600,
    },
    'four of a few calls fail': {
      samples: { [good()]: `0+1x10 10x${day}`, [bad('unavailable')]: `0x100 1x300 2x300 3x300 4x${day}` },
      to: day,
    },
  },
});
