import { configObjectMissing } from '../../../../../../src/engines/diagnosis/rules/pod/config-object-missing.ts';
import {
  aContainer,
  aDeployment,
  anEvent,
  anObject,
  aPod,
  aSnapshot,
  minutesAgo,
  waiting,
} from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const complete = ['ConfigMap', 'Secret'];
const notFound = waiting('CreateContainerConfigError', 'configmap "api-config" not found');
const fromConfig = { envFrom: [{ configMapRef: { name: 'api-config' } }] };
const blocked = aPod('web', { containers: [aContainer('app', { ...fromConfig, ...notFound })] });
const aConfigMap = (name: string, more = {}) => anObject('ConfigMap', name, { data: { A: '1' }, ...more });

const creating = (volumes: readonly object[], spec = {}) =>
  aPod('web', { spec: { volumes, ...spec }, containers: [aContainer('app', waiting('ContainerCreating'))] });
const tls = creating([{ name: 'tls', secret: { secretName: 'tls-web' } }]);
const failedMount = (words: string, more = {}) =>
  anEvent(aPod('web'), 'FailedMount', `MountVolume.SetUp failed for volume "tls" : ${words}`, more);
const rolledOut = aDeployment('api', { pod: { containers: [aContainer('app', { ...fromConfig, ...notFound })] } });

const unsynced = (...conditions: readonly object[]) => ({
  apiVersion: 'external-secrets.io/v1',
  kind: 'ExternalSecret',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { target: { name: 'tls-web' } },
  status: { conditions },
});
const sealed = {
  type: 'Ready',
  status: 'False',
  reason: 'SecretSyncedError',
  message: 'could not get SecretStore "vault"',
};
const elsewhere = anObject('Secret', 'tls-web', { metadata: { namespace: 'other' } });

const aMaker = (conditions: readonly object[], args = ['create', '--secret-name=tls-web'], name = 'make-tls') =>
  anObject('Job', name, {
    spec: { template: { spec: { containers: [{ name: 'make', args }] } } },
    status: { conditions },
  });

const unmade = {
  object: 'Pod/web',
  problem: 'Secret/tls-web does not exist',
  fix: 'apply Secret/tls-web from its source',
};

testRule(configObjectMissing, {
  silent: {
    'an object that has been created since': aSnapshot({ complete, objects: [blocked, aConfigMap('api-config')] }),
    'a missing key': aSnapshot({
      complete,
      objects: [
        aPod('web', {
          containers: [
            aContainer(
              'app',
              waiting('CreateContainerConfigError', "couldn't find key A in ConfigMap shop/api-config"),
            ),
          ],
        }),
        aConfigMap('api-config', { data: { B: '1' } }),
      ],
    }),
    'an optional reference': aSnapshot({
      complete,
      objects: [creating([{ name: 'tls', secret: { secretName: 'tls-web', optional: true } }])],
    }),
    'a running pod whose object was deleted': aSnapshot({
      complete,
      objects: [aPod('web', { containers: [aContainer('app', fromConfig)] })],
    }),
    'a mount that was slow, which is noise': aSnapshot({
      objects: [tls, failedMount('failed to sync secret cache: timed out waiting for the condition')],
    }),
    'a mount that failed long ago': aSnapshot({
      objects: [tls, failedMount('secret "tls-web" not found', { lastTimestamp: minutesAgo(40) })],
    }),
    'a pod that has no node yet': aSnapshot({
      complete,
      objects: [creating([{ name: 'tls', secret: { secretName: 'tls-web' } }], { nodeName: undefined })],
    }),
    'a security context that is not met': aSnapshot({
      complete,
      objects: [
        aPod('web', {
          containers: [
            aContainer(
              'app',
              waiting('CreateContainerConfigError', 'container has runAsNonRoot and image will run as root'),
            ),
          ],
        }),
      ],
    }),
  },
  speaks: {
    'of the Job that is to make it, and has failed': [
      aSnapshot({ complete, objects: [tls, aMaker([{ type: 'Failed', status: 'True' }])] }),
      {
        object: 'Pod/web',
        problem: 'Secret/tls-web does not exist: Job/make-tls, which makes it, has failed',
        fix: 'make Job/make-tls succeed',
      },
    ],
    'of the object alone where that Job is done': [
      aSnapshot({
        complete,
        objects: [tls, aMaker([{ type: 'Complete', status: 'True' }])],
      }),
      unmade,
    ],
    'of the object alone where two Jobs may make it': [
      aSnapshot({ complete, objects: [tls, aMaker([]), aMaker([], undefined, 'make-other')] }),
      unmade,
    ],
    'of the object alone where a Job only names it': [
      aSnapshot({ complete, objects: [tls, aMaker([], ['rotate', 'tls-web'])] }),
      unmade,
    ],
    'in the words of what should have made it': [
      aSnapshot({ complete, objects: [tls, failedMount('secret "tls-web" not found'), unsynced(sealed), elsewhere] }),
      {
        object: 'Pod/web',
        problem:
          'cannot start: Secret/tls-web does not exist: ExternalSecret/web, which makes it, says: could not get SecretStore "vault"',
        evidence: ['ExternalSecret/web makes Secret/tls-web: SecretSyncedError'],
        fix: 'mend ExternalSecret/web',
      },
    ],
    'of its maker, when that one says nothing': [
      aSnapshot({
        complete,
        objects: [tls, failedMount('secret "tls-web" not found'), unsynced()],
      }),
      { object: 'Pod/web', problem: 'cannot start: Secret/tls-web does not exist', fix: 'mend ExternalSecret/web' },
    ],
    'with the nearest name': [
      aSnapshot({ complete, objects: [blocked, aConfigMap('api-conf')] }),
      {
        object: 'Pod/web',
        problem: 'cannot start: ConfigMap/api-config does not exist (api-conf does)',
        culprit: 'ConfigMap/api-config',
        certainty: 'declared',
        evidence: ['configmap "api-config" not found', 'containers[app].envFrom asks for ConfigMap/api-config'],
        fix: 'set containers[app].envFrom to ConfigMap api-conf',
      },
    ],
    'from the message alone when nothing was read': [
      aSnapshot({ objects: [blocked] }),
      { object: 'Pod/web', problem: 'cannot start: ConfigMap/api-config does not exist', certainty: 'message' },
    ],
    'with the namespace that has it': [
      aSnapshot({ complete, objects: [blocked, aConfigMap('api-config', { metadata: { namespace: 'staging' } })] }),
      {
        object: 'Pod/web',
        problem: 'ConfigMap/api-config does not exist in namespace shop (it is in namespace staging)',
        evidence: ['ConfigMap/api-config exists in namespace staging'],
      },
    ],
    'of a volume, from its event': [
      aSnapshot({ complete, objects: [tls, failedMount('secret "tls-web" not found')] }),
      {
        object: 'Pod/web',
        problem: 'cannot start: Secret/tls-web does not exist',
        certainty: 'declared',
        evidence: ['volumes[tls] asks for Secret/tls-web'],
      },
    ],
    'of a volume without any event': [
      aSnapshot({ complete, objects: [tls] }),
      { object: 'Pod/web', problem: 'Secret/tls-web does not exist', certainty: 'recomputed' },
    ],
    'of each object of a projected volume': [
      aSnapshot({
        complete,
        objects: [
          creating([
            { name: 'tls', projected: { sources: [{ configMap: { name: 'gone' } }, { secret: { name: 'gone2' } }] } },
          ]),
          failedMount('[configmap "gone" not found, secret "gone2" not found]'),
        ],
      }),
      { object: 'Pod/web', problem: 'ConfigMap/gone does not exist' },
      { object: 'Pod/web', problem: 'Secret/gone2 does not exist' },
    ],
    'of what else the same container lacks': [
      aSnapshot({
        complete,
        objects: [
          aPod('web', {
            containers: [
              aContainer('app', { envFrom: [...fromConfig.envFrom, { secretRef: { name: 'creds' } }], ...notFound }),
            ],
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'ConfigMap/api-config does not exist', certainty: 'declared' },
      { object: 'Pod/web', problem: 'Secret/creds does not exist', certainty: 'recomputed' },
    ],
    'of an init container': [
      aSnapshot({
        complete,
        objects: [
          aPod('web', {
            containers: [
              aContainer('init', {
                init: true,
                envFrom: [{ secretRef: { name: 'nosecret' } }],
                ...waiting('CreateContainerConfigError', 'secret "nosecret" not found'),
              }),
              aContainer('app', waiting('PodInitializing')),
            ],
          }),
        ],
      }),
      { object: 'Pod/web', problem: 'Secret/nosecret does not exist' },
    ],
    'with the object that should make it': [
      aSnapshot({
        complete,
        objects: [
          tls,
          anObject('Certificate' as 'Secret', 'web', {
            spec: { secretName: 'tls-web' },
            status: {
              conditions: [{ type: 'Ready', status: 'False', reason: 'DoesNotExist', message: 'Issuing certificate' }],
            },
          }),
        ],
      }),
      {
        object: 'Pod/web',
        evidence: ['Certificate/web makes Secret/tls-web: DoesNotExist'],
        fix: 'mend Certificate/web',
      },
    ],
    'with the revision that did without': [
      aSnapshot({
        complete,
        objects: [
          ...rolledOut.all,
          anObject('ReplicaSet', 'api-old', {
            metadata: {
              ownerReferences: rolledOut.replicaSet.metadata.ownerReferences,
              annotations: { 'deployment.kubernetes.io/revision': '0' },
            },
            spec: {
              template: { spec: { containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'api' } }] }] } },
            },
          }),
        ],
      }),
      { object: 'Pod/api-5d8f-0', fix: '"object":"deployment/api","namespace":"shop","revision":0' },
    ],
  },
});
