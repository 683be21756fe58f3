import { replica, seriesOf, testAlert } from '../alert-tester.ts';

const info = (instance = 'a') =>
  seriesOf('mcp_server_info', { ...replica(instance), version: '1.0.0', node_version: 'v24.0.0' });
const up = (instance = 'a') => seriesOf('up', replica(instance));
const ready = (code: string, instance = 'a') =>
  seriesOf('mcp_http_requests_total', { ...replica(instance), method: 'GET', route: '/ready', code });
const lag = (labels = replica('a')) => seriesOf('nodejs_eventloop_lag_p99_seconds', labels);
const database = { ...replica('db'), job: 'database' };

testAlert('ServiceAbsent', {
  fires: {
    'there never was any': {
      samples: { [seriesOf('up', database)]: '1x20' },
      minute: 6,
      as: [{ labels: {}, summary: 'kubemend: no replica is scraped' }],
    },
    'the last one went away': {
      samples: { [info()]: '1x10 stale' },
      minute: 17,
      as: [{ labels: {}, summary: 'kubemend: no replica is scraped' }],
    },
  },
  silent: {
    'one of two is left': { samples: { [info()]: '1x10 stale', [info('b')]: '1x30' }, to: 30 },
    'it is replaced within three minutes': { samples: { [info()]: '1x10 stale', [info('b')]: '_x13 1x20' }, to: 30 },
  },
});

testAlert('ReplicaDown', {
  fires: {
    'one of two does not answer': {
      samples: { [up()]: '1x10 0x20', [info()]: '1x10 stale', [up('b')]: '1x30', [info('b')]: '1x30' },
      minute: 17,
      as: [{ labels: replica('a'), summary: 'kubemend: a is not scraped' }],
    },
  },
  silent: {
    'another program does not answer': {
      samples: { [seriesOf('up', database)]: '0x30', [up()]: '1x30', [info()]: '1x30' },
      to: 30,
    },
    'it was taken away': { samples: { [up()]: '1x10 stale', [info()]: '1x10 stale', [info('b')]: '1x30' }, to: 30 },
    'it starts anew within three minutes': {
      samples: { [up()]: '1x10 0x2 1x20', [info()]: '1x10 stale _x2 1x20' },
      to: 30,
    },
  },
});

testAlert('ReplicaNotReady', {
  fires: {
    'probes are answered with 503': {
      samples: { [ready('200')]: '0+6x10 66x20', [ready('503')]: '0x10 6+6x20', [ready('200', 'b')]: '0+6x30' },
      minute: 20,
      as: [{ labels: replica('a'), summary: 'kubemend: a is not ready' }],
    },
    'it never was ready': {
      samples: { [ready('503')]: '0+6x30' },
      minute: 8,
      as: [{ labels: replica('a'), summary: 'kubemend: a is not ready' }],
    },
  },
  silent: {
    'every other probe is': { samples: { [ready('200')]: '0+3x30', [ready('503')]: '0+3x30' }, to: 30 },
    'it is being stopped': { samples: { [ready('200')]: '0+6x10 stale', [ready('503')]: '0x10 6 stale' }, to: 30 },
    'calls are answered with 503': {
      samples: {
        [ready('200')]: '0+6x30',
        [seriesOf('mcp_http_requests_total', { ...replica('a'), method: 'POST', route: '/mcp', code: '503' })]:
          '0+60x30',
      },
      to: 30,
    },
  },
});

testAlert('EventLoopLag', {
  fires: {
    'it takes 0.8 s for ten minutes': {
      samples: { [lag()]: '0.8x20', [info()]: '1x20' },
      minute: 11,
      as: [{ labels: replica('a'), summary: 'kubemend: a keeps everything waiting for 800ms' }],
    },
  },
  silent: {
    'it takes 0.2 s': { samples: { [lag()]: '0.2x30', [info()]: '1x30' }, to: 30 },
    'it took long for eight minutes': { samples: { [lag()]: '0.1x5 3x8 0.1x20', [info()]: '1x30' }, to: 30 },
    'another program of Node takes long': { samples: { [lag(database)]: '3x30', [info()]: '1x30' }, to: 30 },
  },
});
