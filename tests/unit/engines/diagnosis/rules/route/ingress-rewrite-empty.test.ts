import { ingressRewriteEmpty } from '../../../../../../src/engines/diagnosis/rules/route/ingress-rewrite-empty.ts';
import { anObject, aSnapshot } from '../../../../../support/builders.ts';
import { testRule } from '../../../../../support/rule-tester.ts';

const backend = { service: { name: 'web', port: { number: 80 } } };
const target = 'nginx.ingress.kubernetes.io/rewrite-target';
const ingress = (annotations: object, ...paths: readonly string[]) =>
  anObject('Ingress', 'shop', {
    metadata: { annotations },
    spec: { rules: [{ host: 'shop.example', http: { paths: paths.map((path) => ({ path, backend })) } }] },
  });

testRule(ingressRewriteEmpty, {
  silent: {
    'a path that captures what the target takes': aSnapshot({
      objects: [ingress({ [target]: '/$2' }, '/api(/|$)(.*)')],
    }),
    'a group in a class of letters and one that is escaped, beside those it takes': aSnapshot({
      objects: [ingress({ [target]: '/$1' }, '/a\\(b/(.*)')],
    }),
    'a target without a group': aSnapshot({ objects: [ingress({ [target]: '/' }, '/api')] }),
    'a target with a dollar that is a letter': aSnapshot({ objects: [ingress({ [target]: '/\\$2' }, '/api')] }),
    'no such annotation': aSnapshot({ objects: [ingress({}, '/api/(.*)')] }),
    'an Ingress without rules': aSnapshot({
      objects: [anObject('Ingress', 'shop', { metadata: { annotations: { [target]: '/$2' } } })],
    }),
  },
  speaks: {
    'of a group that the path does not have': [
      aSnapshot({ objects: [ingress({ [target]: '/$2' }, '/api/(.*)')] }),
      {
        object: 'Ingress/shop',
        problem:
          'rewrites shop.example/api/(.*) to /$2, and that path captures only $1: whatever is asked below it becomes /',
        certainty: 'declared',
        evidence: [`metadata.annotations[${target}] is /$2`, 'path /api/(.*) has 1 capture group'],
        fix: `set ${target} of Ingress/shop to /$1`,
      },
    ],
    'of one path beside others that capture enough, which another number would break': [
      aSnapshot({ objects: [ingress({ [target]: '/$2' }, '/api/(.*)', '/ok(/|$)(.*)')] }),
      { object: 'Ingress/shop', fix: 'write the path so that it captures the rest: /api(/|$)(.*)' },
    ],
    'of a path that captures nothing': [
      aSnapshot({ objects: [ingress({ [target]: '/v1/$1' }, '/api', '/web(?:/|$)')] }),
      {
        object: 'Ingress/shop',
        problem:
          'rewrites shop.example/api to /v1/$1, and that path captures nothing: whatever is asked below it becomes /v1/ (and 1 more of its paths)',
        fix: 'write the path so that it captures the rest: /api(/|$)(.*), with rewrite-target /v1/$2',
      },
    ],
  },
});
