import { crashesBy } from '../../../crashes/crashes.ts';
import { keyOf, nameOf, type ObjectRef } from '../../../objects.ts';
import { workloadOf } from '../../../owners.ts';
import type { Snapshot } from '../../../snapshot.ts';
import { type LogFault, type LogVerdict, logFindings, textOf } from '../../log-finding.ts';
import { defineRule } from '../../rule.ts';

export const logMigrationFailed = defineRule({
  id: 'log-migration-failed',
  title: 'The database schema does not fit the application',
  area: 'pod',
  class: 'cause',
  severity: 'high',
  meaning: 'A migration failed, or the application asks for tables or columns that the database does not have.',
  detection:
    'The log line that tells most about a crash, or about a readiness check that answers with an error, or that a ' +
    'ready container repeats up to now, says so in known words of Flyway, Liquibase, Alembic, Prisma, Rails, ' +
    'golang-migrate or the database itself: "Dirty database version", "relation … does not exist". Of a lock that a ' +
    'migration holds it is looked whether the pod that took it is still there. An init container ' +
    'that fails so is `init-container-crash`.',
  remedies: [
    'Find out how far the migration came, and bring schema and application together by hand.',
    'Run the missing migrations when none was run.',
  ],
  avoid: [
    'rolling the application back on its own: the schema may be ahead of it',
    'running the migration again without knowing how far it came',
  ],

  check: (snapshot) =>
    logFindings(snapshot, 'log-migration-failed', (fault) => ({
      ...(heldLock(snapshot, fault) ?? { clause: '', fixes: [fixOf(fault)] }),
      dependsOn: failedMigrations(snapshot, fault),
    })),
});

/** Jobs of the namespace that failed at the schema which this program finds unfit. */
function failedMigrations(snapshot: Snapshot, { pod }: LogFault): readonly ObjectRef[] {
  const own = keyOf(workloadOf(snapshot, pod));
  return crashesBy(snapshot, 'log-migration-failed')
    .filter((crash) => crash.pod.metadata.namespace === pod.metadata.namespace)
    .map((crash) => workloadOf(snapshot, crash.pod))
    .filter((workload) => workload.kind === 'Job' && keyOf(workload) !== own);
}

/** Liquibase and Knex: the lock is a row in the database, which stays when the one who wrote it is killed. */
const locked = /change ?log lock\.?(?:\s+Currently locked by ([\w.-]+))?|\bMigration table is already locked\b/i;

/** A lock of a migration, and whether the pod that took it is still there. */
function heldLock(snapshot: Snapshot, fault: LogFault): LogVerdict | undefined {
  const found = locked.exec(textOf(fault));
  if (found === null) return undefined;
  const [name, ...domain] = (found[1] ?? '').split('.');
  const svc = domain.indexOf('svc');
  const namespace = svc > 0 ? domain[svc - 1] : fault.pod.metadata.namespace;
  const holder = { kind: 'Pod', namespace, name: name ?? '' };
  // Another domain than that of a cluster is no pod's.
  const known = holder.name !== '' && (domain.length === 0 || svc > 0);
  const presence = known ? snapshot.presence('Pod', namespace, holder.name) : 'unknown';
  const gone = presence === 'absent';
  const release = {
    advice:
      'release the lock in the database (liquibase release-locks, or LOCKED = FALSE in DATABASECHANGELOGLOCK; knex migrate:unlock)',
    reason: gone
      ? 'who took it has ended without giving it back'
      : 'only when nobody migrates any more: it stays when its holder is killed',
  };
  return {
    clause: gone ? ` (${nameOf(holder)} is gone, and the lock that it took stays)` : '',
    evidence: gone
      ? [{ object: holder, source: 'recomputed', text: `${nameOf(holder)} was looked for and not found` }]
      : [],
    fixes:
      presence === 'present'
        ? [
            {
              advice: `wait until ${nameOf(holder)} has migrated, or see why it does not end`,
              reason: 'it holds the lock',
            },
            release,
          ]
        : [release],
  };
}

function fixOf(fault: LogFault) {
  const missing =
    /\b(?:relation|table|column) ["'`]?([\w.]+)["'`]? (?:of relation \S+ )?(?:does not|doesn't) exist|no such (?:table|column): (\S+)|Table '([^']+)'|Unknown column '([^']+)'/i.exec(
      textOf(fault),
    );
  const name = missing?.slice(1).find((group) => group !== undefined);
  return name === undefined
    ? {
        advice: 'find in the log which migration failed and how far it came, and mend the schema by hand',
        reason: 'what a half-run migration left behind decides what is safe',
      }
    : {
        advice: `run the migration that makes ${name}, or deploy the version of the application that fits the schema`,
        reason: `the database has no ${name}`,
      };
}
