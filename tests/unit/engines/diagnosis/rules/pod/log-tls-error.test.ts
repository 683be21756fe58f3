import { logTlsError } from '../../../../../../src/engines/diagnosis/rules/pod/log-tls-error.ts';
import { aContainer, aLog, anObject, aPod, aSnapshot, crashed } from '../../../../../support/builders.ts';
import { again, complains } from '../../../../../support/complaining-pod.ts';
import { dies } from '../../../../../support/dying-pod.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

testRule(logTlsError, {
  silent: {
    'a ready pod that said so and went on': complains([
      'ERROR Post "https://pay.example/v1": x509: certificate has expired or is not yet valid',
      ...again(['INFO served']),
    ]),
    'a healthy pod': aSnapshot({
      objects: [aPod('api')],
      logs: [aLog('api', ['ERROR x509: certificate has expired'])],
    }),
    'a crash of another reason': dies(['ERROR order 42 has no tenant']),
    'a warning before another error': dies(['WARN remote error: tls: bad certificate', 'ERROR order 42 has no tenant']),
    'a refused connection': dies([
      'ERROR Get "https://pay.example:443/": dial tcp 1.2.3.4:443: connect: connection refused',
    ]),
  },
  speaks: {
    'of a ready pod that says so all the time': [
      complains(
        again([
          'INFO polling',
          'ERROR Post "https://pay.example/v1": x509: certificate has expired or is not yet valid',
        ]),
      ),
      { object: 'Pod/api', problem: '(the certificate of pay.example)', certainty: 'inferred' },
    ],
    'of an expired certificate': [
      dies([
        'FATAL Get "https://pay.example/v1": tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
      ]),
      {
        object: 'Pod/api',
        problem: 'certificate has expired or is not yet valid (the certificate of pay.example)',
        certainty: 'message',
        fix: 'renew the certificate of pay.example',
      },
    ],
    'of a certificate of its own that has expired': [
      aSnapshot({
        objects: [
          aPod('api', {
            spec: { volumes: [{ name: 'tls', configMap: { name: 'api-tls' } }] },
            containers: [
              aContainer('app', {
                ...crashed({ exitCode: 1, reason: 'Error' }),
                volumeMounts: [{ name: 'tls', mountPath: '/tls' }],
              }),
            ],
          }),
          anObject('ConfigMap', 'api-tls', {
            data: { 'api.pem': '-----BEGIN CERTIFICATE-----\nMIIB\n', 'ca.crt': '-----BEGIN CERTIFICATE-----\nMIIC\n' },
          }),
        ],
        logs: [aLog('api', ['ERROR SSL certificate expired on 2024-08-03'])],
      }),
      {
        object: 'Pod/api',
        problem: '(it takes a certificate from key api.pem of ConfigMap/api-tls)',
        fix: 'renew the certificate in key api.pem of ConfigMap/api-tls',
      },
    ],
    'of an unknown authority': [
      dies(['ERROR javax.net.ssl.SSLHandshakeException: PKIX path building failed']),
      {
        object: 'Pod/api',
        fix: 'mount the authority that signed the certificate of the other side into container app',
      },
    ],
    'of another name': [
      dies(['ERROR x509: certificate is valid for a.example, not b.example']),
      { object: 'Pod/api', fix: 'call the other side by a name of its certificate' },
    ],
    'of a port without TLS': [
      dies(['Error: write EPROTO error:1408F10B:SSL routines:ssl3_get_record:wrong version number']),
      { object: 'Pod/api', problem: '(the other side does not speak TLS on that port)', fix: 'use the TLS port' },
    ],
  },
});
