import { svcExternalNameDangling } from '../../../../../../src/engines/diagnosis/rules/service/svc-external-name-dangling.ts';
import { anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const alias = (externalName: string) => anObject('Service', 'mysql', { spec: { type: 'ExternalName', externalName } });
const other = (name: string) => anObject('Service', name, { metadata: { namespace: 'data' }, spec: {} });

testRule(svcExternalNameDangling, {
  silent: {
    'a name outside of the cluster': aSnapshot({ complete: ['Service'], objects: [alias('db.example.com')] }),
    'two labels, which may be any domain': aSnapshot({ complete: ['Service'], objects: [alias('db.data')] }),
    'a Service that exists': aSnapshot({
      complete: ['Service'],
      objects: [alias('db.data.svc.cluster.local'), other('db')],
    }),
    'a Service that was not read': aSnapshot({ objects: [alias('db.data.svc.cluster.local')] }),
    'a Service of another type': aSnapshot({ complete: ['Service'], objects: [other('db')] }),
  },
  speaks: {
    'of a Service that does not exist': [
      aSnapshot({ complete: ['Service'], objects: [alias('db.data.svc.cluster.local')] }),
      {
        object: 'Service/mysql',
        problem:
          'leads nowhere: spec.externalName is db.data.svc.cluster.local, and there is no Service/db in namespace data',
        fix: 'create Service/db in namespace data',
      },
    ],
    'of one that is spelt alike': [
      aSnapshot({ complete: ['Service'], objects: [alias('mysq.data.svc.cluster.local'), other('mysql')] }),
      { object: 'Service/mysql', problem: '(there is mysql)', fix: 'mysql.data.svc.cluster.local' },
    ],
    'of an address': [
      aSnapshot({ objects: [alias('192.0.2.7')] }),
      { object: 'Service/mysql', problem: 'an IP address, and DNS takes it for a name', fix: 'without selector' },
    ],
  },
});
