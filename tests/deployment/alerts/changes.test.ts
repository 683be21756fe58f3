import { replica, seriesOf, testAlert } from '../alert-tester.ts';

const records = (result: string) => seriesOf('mcp_audit_events_total', { ...replica('a'), result });
const restarts = { ...replica('a'), action: 'restart_workload', dry_run: 'false' };
const ended = (outcome: string) => seriesOf('mcp_heal_actions_total', { ...restarts, outcome });

testAlert('AuditFailing', {
  fires: {
    'a record could not be written': {
      samples: { [records('failed')]: '0x5 1x20', [records('written')]: '0+9x25' },
      minute: 8,
      as: [{ labels: { ...replica('a'), result: 'failed' }, summary: 'kubemend: a cannot write its audit' }],
    },
  },
  silent: {
    'all are written': { samples: { [records('failed')]: '0x30', [records('written')]: '0+9x30' }, to: 30 },
    'one was not, before the last start': { samples: { [records('failed')]: '1x5 0x25' }, to: 30 },
  },
});

testAlert('ActionFailed', {
  fires: {
    'an action failed': {
      samples: { [ended('failed')]: '0x5 1x20' },
      minute: 6,
      as: [
        {
          labels: { ...restarts, outcome: 'failed' },
          summary: 'kubemend: restart_workload did not mend its workload, and was not taken back',
        },
      ],
    },
  },
  silent: {
    'actions end well, are refused or taken back': {
      samples: { [ended('healthy')]: '0+1x30', [ended('refused')]: '0+1x30', [ended('reverted')]: '0+1x30' },
      to: 30,
    },
    'it failed half an hour ago': { samples: { [ended('failed')]: '0x5 1x60' }, from: 25, to: 60 },
  },
});
