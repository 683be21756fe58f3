import { nodeKubeletCertificate } from '../../../../../../src/engines/diagnosis/rules/node/node-kubelet-certificate.ts';
import { anObject, aPod, aSnapshot, minutesAgo } from '../../../../../support/builders.ts';
import { aNode } from '../../../../../support/nodes.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const log = {
  read: { verb: 'log', namespace: 'shop', pod: 'books', container: 'app', previous: false, tailLines: 100 },
  outcome: 'failed',
  message: 'Get "https://10.0.0.7:10250/containerLogs/shop/books/app": remote error: tls: internal error',
} as const;
const request = (status: object, minutes = 30, username = 'system:node:node-1', name = 'csr-abcde') =>
  anObject('CertificateSigningRequest', name, {
    metadata: { creationTimestamp: minutesAgo(minutes) },
    spec: { signerName: 'kubernetes.io/kubelet-serving', username },
    status,
  });
const base = [aPod('books'), aNode('node-1')];

testRule(nodeKubeletCertificate, {
  silent: {
    'logs that can be read': aSnapshot({ objects: [...base, request({})] }),
    'a certificate that was issued': aSnapshot({ objects: [...base, request({ certificate: 'LS0t' })], reads: [log] }),
    'a certificate that was issued after a request that nobody approved': aSnapshot({
      objects: [...base, request({}, 60), request({ certificate: 'LS0t' }, 30, 'system:node:node-1', 'csr-fghij')],
      reads: [log],
    }),
    'a request of another node': aSnapshot({
      objects: [...base, request({}, 30, 'system:node:node-2')],
      reads: [log],
    }),
    'a request of this very moment': aSnapshot({ objects: [...base, request({}, 1)], reads: [log] }),
    'a log that failed for another reason': aSnapshot({
      objects: [...base, request({})],
      reads: [withMessage('container not found')],
    }),
  },
  speaks: {
    'of a request that nobody approves': [
      aSnapshot({ objects: [...base, request({})], reads: [log] }),
      {
        object: 'Node/node-1',
        problem: 'has no valid serving certificate for its kubelet: CertificateSigningRequest/csr-abcde is Pending',
        certainty: 'declared',
        evidence: ['remote error: tls: internal error'],
        fix: 'kubectl certificate approve csr-abcde',
      },
    ],
    'of a request that was made anew a moment ago, because nobody approved the one before': [
      aSnapshot({
        objects: [...base, request({}, 16), request({}, 1, 'system:node:node-1', 'csr-fghij')],
        reads: [log],
      }),
      { object: 'Node/node-1', evidence: ['2 such requests'], fix: 'kubectl certificate approve csr-fghij' },
    ],
    'of a request that was denied': [
      aSnapshot({ objects: [...base, request({ conditions: [{ type: 'Denied', status: 'True' }] })], reads: [log] }),
      { object: 'Node/node-1', problem: 'was denied' },
    ],
  },
});

function withMessage(message: string) {
  return { ...log, message };
}
