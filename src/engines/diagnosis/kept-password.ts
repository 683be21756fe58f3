import { configWrites } from '../config-writes.ts';
import { second, timeOf } from '../durations.ts';
import { keyOf, nameOf, type ObjectRef, type Pod, refOf } from '../objects.ts';
import { workloadOf } from '../owners.ts';
import { containersOf } from '../pods.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Evidence, Fix } from './rule.ts';

/** A server that takes its first password from a Secret that was written after its data were made. */
export interface KeptPassword {
  readonly server: ObjectRef;
  readonly claim: ObjectRef;
  /** In a clause behind the source of the password, without a full stop. */
  readonly says: string;
  readonly evidence: readonly Evidence[];
  readonly fixes: readonly Fix[];
}

/**
 * Variables by which the images of servers make a user at their first start, on an empty volume, and never again
 * (docker-entrypoint scripts of PostgreSQL, MySQL, MariaDB, MongoDB, RabbitMQ, InfluxDB, CouchDB, Elasticsearch, Grafana).
 */
const ofFirstStart =
  /^(?:DOCKER_)?(?:POSTGRES(?:QL)?|MYSQL|MARIADB|MONGO(?:DB)?|RABBITMQ|INFLUXDB|COUCHDB|ELASTIC|GF_SECURITY)_\w*PASS/;
/** A chart makes the Secret and the claim with one command. */
const together = 5 * second;

/** Looks for it among the pods that take such a variable from one of these Secrets and keep data on an older claim. */
export function keptPassword(snapshot: Snapshot, secrets: readonly ObjectRef[]): KeptPassword | undefined {
  const keys = new Set(secrets.map(keyOf));
  return snapshot
    .all('Pod', secrets[0]?.namespace)
    .flatMap((pod) => keptBy(snapshot, pod, keys) ?? [])
    .at(0);
}

function keptBy(snapshot: Snapshot, pod: Pod, secrets: ReadonlySet<string>): KeptPassword | undefined {
  const variable = containersOf(pod)
    .flatMap(({ spec }) => spec.env ?? [])
    .find(({ name = '', valueFrom }) => {
      const secret = valueFrom?.secretKeyRef?.name;
      const { namespace } = pod.metadata;
      return (
        ofFirstStart.test(name) &&
        secret !== undefined &&
        secrets.has(keyOf({ kind: 'Secret', namespace, name: secret }))
      );
    });
  const source = variable?.valueFrom?.secretKeyRef?.name;
  const write = configWrites(snapshot, pod).find(({ object }) => object.kind === 'Secret' && object.name === source);
  if (variable?.name === undefined || write === undefined) return undefined;
  const claim = (pod.spec?.volumes ?? [])
    .flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [])
    .flatMap((name) => snapshot.find('PersistentVolumeClaim', pod.metadata.namespace, name) ?? [])
    .find(({ metadata }) => {
      const made = timeOf(metadata.creationTimestamp);
      return made !== undefined && write.at - made > together;
    });
  if (claim === undefined) return undefined;
  const server = workloadOf(snapshot, pod);
  return told({ server, claim: refOf(claim), secret: write.object, variable: variable.name, written: write.time });
}

interface Found extends Pick<KeptPassword, 'server' | 'claim'> {
  readonly secret: ObjectRef;
  readonly variable: string;
  readonly written: string;
}

const told = ({ server, claim, secret, variable, written }: Found): KeptPassword => ({
  server,
  claim,
  says: `${nameOf(server)} takes ${variable} from it only at its first start, and ${nameOf(claim)} is older than its last change: the data keep the password of then`,
  evidence: [
    {
      object: claim,
      source: 'recomputed',
      text: `was made before ${nameOf(secret)} was written at ${written}`,
      at: written,
    },
  ],
  fixes: [
    {
      advice: `set the password of the user in ${nameOf(server)} itself to that of ${nameOf(secret)} (ALTER USER, or what it has for that), or write the old one into the Secret again`,
      reason: 'a restart does not change a user that is on the volume already',
    },
    {
      advice: `delete ${nameOf(claim)} and let ${nameOf(server)} start anew, only if its data may be lost`,
      reason: 'on an empty volume it takes the password of now',
    },
  ],
});
