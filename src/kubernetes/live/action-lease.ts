import * as z from 'zod';
import type { ActionRecord, ActionState } from '../../engines/healing/record.ts';
import { AppError } from '../../platform/errors.ts';
import type { ActionHolder, StoredAction } from '../ports.ts';
import { recordIn } from './action-record-shape.ts';
import type { Owner } from './record-owner.ts';
import { isSigned, signatureOf } from './signatures.ts';

/** Selects the Leases that hold actions. */
export const leaseSelector = 'app.kubernetes.io/managed-by=kubemend,kubemend.dev/record=action';

const recordAnnotation = 'kubemend.dev/action-record';
const signatureAnnotation = 'kubemend.dev/signature';
/** All annotations of an object together may have 256 KiB. */
const longestRecord = 200 * 1024;

const leaseShape = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).nullish(),
  }),
  spec: z
    .object({
      holderIdentity: z.string().nullish(),
      renewTime: z.string().nullish(),
      leaseDurationSeconds: z.number().nullish(),
    })
    .nullish(),
});
type Lease = z.infer<typeof leaseShape>;

/** A Lease that holds an action, as it was read. */
export interface ActionLease extends StoredAction {
  readonly namespace: string;
  readonly name: string;
}

/** The name of the Lease; undefined for what is no id of an action. */
export const leaseNameOf = (id: string): string | undefined =>
  /^[a-z0-9]{26}$/.test(id) ? `kubemend-${id}` : undefined;

interface Kept {
  readonly record: ActionRecord;
  readonly namespace: string;
  readonly name: string;
  readonly key: Buffer;
  /** The state of the store that this one replaces; see {@link StoredAction.version}. */
  readonly version?: string | undefined;
  readonly holder?: ActionHolder | undefined;
  /** What it is removed with. */
  readonly owner?: Owner | undefined;
}

/** The whole Lease of a record. @throws AppError `refused` when the record is too large for one. */
export function leaseOf({ record, namespace, name, key, version, holder, owner }: Kept): object {
  const text = JSON.stringify(record);
  const size = Buffer.byteLength(text);
  if (size > longestRecord) {
    throw new AppError('refused', `This action is too large to be kept: ${Math.ceil(size / 1024)} KiB of 200.`, {
      hint: 'Do it in smaller steps.',
      details: { bytes: size },
    });
  }
  // What could not be read again would be lost: no undo, no end.
  if (recordIn(text) === undefined) throw new AppError('internal_error', 'This is no record of an action.');
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      namespace,
      name,
      ...(version !== undefined && identityOf(version)),
      ...(owner !== undefined && { ownerReferences: [owner] }),
      labels: labelsOf(record.state),
      annotations: {
        [recordAnnotation]: text,
        [signatureAnnotation]: signatureOf({ namespace, name, text }, key),
      },
    },
    spec: holder === undefined ? {} : specOf(holder),
  };
}

const labelsOf = (state: ActionState) => ({
  'app.kubernetes.io/managed-by': 'kubemend',
  'kubemend.dev/record': 'action',
  'kubemend.dev/state': state,
});

/** A renewTime is a MicroTime, which takes six digits and no other number of them. */
const specOf = ({ identity, renewedAt, seconds }: ActionHolder) => ({
  holderIdentity: identity,
  renewTime: new Date(renewedAt).toISOString().replace('Z', '000Z'),
  leaseDurationSeconds: Math.max(1, Math.ceil(seconds)),
});

/**
 * Both halves bind a swap: of an update of a Lease that is gone, the API server makes a new one unless the uid forbids
 * it (seen on 1.36).
 */
const versionOf = ({ uid, resourceVersion }: Lease['metadata']): string => `${uid}/${resourceVersion}`;

export function identityOf(version: string): { readonly uid: string; readonly resourceVersion: string } {
  const [uid = '', resourceVersion = ''] = version.split('/');
  if (uid === '' || resourceVersion === '') throw new AppError('internal_error', 'This is no version of an action.');
  return { uid, resourceVersion };
}

/** A Lease with an action that one of the keys signed; undefined when it is foreign, forged, cut or of another time. */
export function readLease(object: unknown, keys: readonly Buffer[]): ActionLease | undefined {
  const { data: lease } = leaseShape.safeParse(object);
  const { namespace = '', name = '', annotations } = lease?.metadata ?? {};
  const text = annotations?.[recordAnnotation];
  if (lease === undefined || text === undefined) return undefined;
  if (!isSigned({ namespace, name, text }, annotations?.[signatureAnnotation], keys)) return undefined;
  const record = recordIn(text);
  if (record === undefined || leaseNameOf(record.id) !== name) return undefined;
  const holder = holderOf(lease.spec);
  return { record, version: versionOf(lease.metadata), namespace, name, ...(holder !== undefined && { holder }) };
}

function holderOf(spec: Lease['spec']): ActionHolder | undefined {
  const { holderIdentity, renewTime, leaseDurationSeconds } = spec ?? {};
  const renewed = Date.parse(renewTime ?? '');
  if (!holderIdentity || Number.isNaN(renewed)) return undefined;
  return {
    identity: holderIdentity,
    renewedAt: new Date(renewed).toISOString(),
    seconds: leaseDurationSeconds ?? 0,
  };
}
