import { replica, seriesOf, testAlert } from '../alert-tester.ts';

const failing = { ...replica('a'), tool_name: 'diagnose', error_type: 'api_error' };
const slow = (le: string, instance = 'a') =>
  seriesOf('mcp_tool_duration_seconds_bucket', { ...replica(instance), tool_name: 'diagnose', le });

testAlert('HighErrorRate', {
  fires: {
    'one kind of error comes twelve times a minute': {
      samples: { [seriesOf('mcp_tool_errors_total', failing)]: '0+12x20' },
      minute: 12,
      as: [{ labels: failing, summary: 'kubemend: diagnose ends with api_error 0.20 times a second' }],
    },
  },
  silent: {
    'it comes five times a minute': {
      samples: { [seriesOf('mcp_tool_errors_total', failing)]: '0+5x20' },
      to: 20,
    },
    'many kinds come seldom': {
      samples: {
        [seriesOf('mcp_tool_errors_total', failing)]: '0+5x20',
        [seriesOf('mcp_tool_errors_total', { ...failing, error_type: 'timeout' })]: '0+5x20',
        [seriesOf('mcp_tool_errors_total', { ...failing, tool_name: 'get_resource' })]: '0+5x20',
      },
      to: 20,
    },
    'it came in a burst of two minutes': {
      samples: { [seriesOf('mcp_tool_errors_total', failing)]: '0x10 20+20x1 40x10' },
      to: 30,
    },
    'the replica starts anew': {
      samples: { [seriesOf('mcp_tool_errors_total', failing)]: '100000x10 0x10' },
      to: 20,
    },
  },
});

testAlert('HighLatency', {
  fires: {
    'a tenth of all calls take from 5 to 10 s': {
      samples: { [slow('5')]: '0+90x30', [slow('10')]: '0+100x30', [slow('+Inf')]: '0+100x30' },
      minute: 17,
      as: [
        {
          labels: { namespace: 'tools', job: 'kubemend' },
          summary: 'kubemend: one call in twenty takes more than 7.5s',
        },
      ],
    },
    'one of two replicas is slow': {
      samples: {
        [slow('5')]: '0+1x30',
        [slow('10')]: '0+10x30',
        [slow('+Inf')]: '0+10x30',
        [slow('5', 'b')]: '0+10x30',
        [slow('10', 'b')]: '0+10x30',
        [slow('+Inf', 'b')]: '0+10x30',
      },
      minute: 17,
      as: [
        {
          labels: { namespace: 'tools', job: 'kubemend' },
          summary: 'kubemend: one call in twenty takes more than 9.444s',
        },
      ],
    },
  },
  silent: {
    'one call in a hundred is slow': {
      samples: { [slow('5')]: '0+99x30', [slow('10')]: '0+100x30', [slow('+Inf')]: '0+100x30' },
      to: 30,
    },
    'calls were slow for eight minutes': {
      samples: {
        [slow('5')]: '0+10x10 100x3 110+10x15',
        [slow('10')]: '0+10x10 110+10x18',
        [slow('+Inf')]: '0+10x10 110+10x18',
      },
      to: 20,
    },
    'nobody calls': {
      samples: { [slow('5')]: '90x30', [slow('10')]: '100x30', [slow('+Inf')]: '100x30' },
      to: 30,
    },
  },
});
