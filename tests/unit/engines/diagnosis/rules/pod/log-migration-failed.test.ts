import { logMigrationFailed } from '../../../../../../src/engines/diagnosis/rules/pod/log-migration-failed.ts';
import { aContainer, aLog, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { again, complains } from '../../../../../support/complaining-pod.ts';
import { dies, dying, failed } from '../../../../../support/dying-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const lock =
  'ERROR Could not acquire change log lock.  Currently locked by api-1.api.shop.svc.cluster.local (10.0.0.3)';

testRule(logMigrationFailed, {
  silent: {
    'a ready pod that said so and went on': complains([
      'level=error msg="GET /items" err="pq: relation \\\\"items_v2\\\\" does not exist"',
      ...again(['INFO served']),
    ]),
    'a healthy pod': aSnapshot({ objects: [aPod('api')], logs: [aLog('api', ['ERROR Dirty database version 3'])] }),
    'a crash of another reason': dies(['ERROR order 42 has no tenant']),
    'a migration that could not reach the database': dies([
      'ERROR migration failed: dial tcp 10.0.0.1:5432: connect: connection refused',
    ]),
    'a healthy pod, and a Job that failed elsewhere': aSnapshot({ objects: [aPod('api')] }),
    'a migration that went well': dies(['INFO migration 42 applied', 'ERROR order 42 has no tenant']),
    'an init container': aSnapshot({
      objects: [
        aPod('api', { containers: [aContainer('app', { init: true, ...crashed(failed) }), aContainer('web')] }),
      ],
      logs: [aLog('api', ['error: Dirty database version 12. Fix and force version.'])],
    }),
  },
  speaks: {
    'of a lock whose holder is gone': [
      aSnapshot({ complete: ['Pod'], objects: [dying()], logs: [aLog('api', [lock], { previous: true })] }),
      {
        object: 'Pod/api',
        problem: '(Pod/api-1 is gone, and the lock that it took stays)',
        evidence: ['Pod/api-1 was looked for and not found'],
        fix: 'release the lock in the database',
      },
    ],
    'of a lock whose holder is at work': [
      aSnapshot({
        complete: ['Pod'],
        objects: [dying(), aPod('api-1')],
        logs: [aLog('api', [lock], { previous: true })],
      }),
      { object: 'Pod/api', fix: 'wait until Pod/api-1 has migrated' },
    ],
    'of a lock whose holder may be anywhere': [
      aSnapshot({
        complete: ['Pod'],
        objects: [dying()],
        logs: [
          aLog('api', ['ERROR Could not acquire change log lock. Currently locked by build-7.example.com'], {
            previous: true,
          }),
        ],
      }),
      { object: 'Pod/api', fix: 'only when nobody migrates any more' },
    ],
    'of a ready pod that says so all the time': [
      complains(
        again(['INFO polling', 'level=error msg="GET /items" err="pq: relation \\"items_v2\\" does not exist"']),
      ),
      {
        object: 'Pod/api',
        problem: 'keeps saying: GET /items: pq: relation "items_v2" does not exist',
        certainty: 'inferred',
      },
    ],
    'of a migration that was left half-way': [
      dies(['error: Dirty database version 12. Fix and force version.']),
      {
        object: 'Pod/api',
        problem: 'Dirty database version 12. Fix and force version.',
        certainty: 'message',
        fix: 'mend the schema by hand',
      },
    ],
    'of a table that is not there': [
      dies(['ERROR query failed: pq: relation "orders" does not exist']),
      { object: 'Pod/api', problem: 'relation "orders" does not exist', fix: 'run the migration that makes orders' },
    ],
  },
});
