import type { KubernetesObject } from '../../src/engines/objects.ts';
import { anObject, withFields } from './builders.ts';
import type { Canaries } from './canaries.ts';
import { aJwt, aPrivateKey, secretForms, secretLine } from './secret-lines.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64');

/** Secrets, ConfigMaps and objects that carry configuration, each with secrets in every field that can have one. */
export const canaryConfig = (canaries: Canaries): readonly KubernetesObject[] => [
  ...secrets(canaries),
  ...configMaps(canaries),
  ...others(canaries),
];

function secrets(canaries: Canaries): readonly KubernetesObject[] {
  const at = (place: string) => canaries.at(place);
  const token = aJwt(at('token of a ServiceAccount'));
  const login = JSON.stringify({ auths: { 'registry.example': { password: at('pull secret') } } });
  return [
    anObject('Secret', 'db', {
      metadata: {
        annotations: {
          'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
            stringData: { password: at('last-applied of a Secret') },
            data: { user: encoded(at('last-applied data of a Secret')) },
          }),
        },
      },
      type: 'Opaque',
      data: { password: encoded(at('Secret')), harmless: encoded(at('Secret under a harmless key')) },
      stringData: { other: at('stringData') },
    }),
    anObject('Secret', 'tls', {
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': encoded('no certificate'), 'tls.key': encoded(aPrivateKey(at('key of a TLS Secret'))) },
    }),
    anObject('Secret', 'sh.helm.release.v1.shop.v1', {
      type: 'helm.sh/release.v1',
      metadata: { labels: { owner: 'helm', name: 'shop', status: 'deployed', version: '1' } },
      data: { release: encoded(at('Helm release')) },
    }),
    anObject('Secret', 'robot-token', { type: 'kubernetes.io/service-account-token', data: { token: encoded(token) } }),
    anObject('Secret', 'pull', {
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': encoded(login) },
    }),
  ];
}

function configMaps(canaries: Canaries): readonly KubernetesObject[] {
  const at = (place: string) => canaries.at(place);
  const forms = secretForms.map((form, index) => [`line-${index}`, secretLine(form, at(`ConfigMap: ${form}`))]);
  return [
    anObject('ConfigMap', 'settings', {
      data: {
        'db.password': at('ConfigMap under a telling key'),
        kubeconfig: `users:\n- name: admin\n  user:\n    token: ${at('kubeconfig')}\n`,
        'admin.conf': `users:\n- name: admin\n  user:\n    client-key-data: ${encoded(aPrivateKey(at('key in a kubeconfig')))}\n`,
        '.dockerconfigjson': `{"auths":{"r":{"auth":"${encoded(`shop:${at('dockerconfigjson')}`)}"}}}`,
        'app.yaml': `db:\n  host: db\n  password: ${at('YAML')}\n  url: "postgres://shop:${at('URL in YAML')}@db/shop"\n`,
        'app.properties': `db.user=shop\ndb.password=${at('properties')}\n`,
        '.env': `MODE=prod\nAPI_TOKEN='${at('env file')}'\n`,
        'id.pem': aPrivateKey(at('key in a ConfigMap'), 'OPENSSH PRIVATE KEY'),
        'seed.sql': `CREATE USER shop WITH PASSWORD '${at('SQL')}';`,
        'nginx.conf': `proxy_set_header Authorization "Basic ${encoded(`shop:${at('nginx')}`)}";`,
        '.htpasswd': `shop:{SHA}${at('htpasswd')}`,
        '.pgpass': `db:5432:shop:shop:${at('pgpass')}`,
        '.netrc': `machine git.example login shop password ${at('netrc')}`,
      },
      binaryData: { blob: encoded(at('binaryData')) },
    }),
    anObject('ConfigMap', 'forms', { data: Object.fromEntries(forms) as Record<string, string> }),
    anObject('ConfigMap', 'shop.v1', {
      metadata: { labels: { owner: 'helm', name: 'shop' } },
      data: { release: at('Helm release in a ConfigMap') },
    }),
  ];
}

function others(canaries: Canaries): readonly KubernetesObject[] {
  const at = (place: string) => canaries.at(place);
  const snippet = `proxy_set_header Authorization "Bearer ${at('annotation of an Ingress')}";`;
  const backend = { service: { name: 'web', port: { number: 80 } } };
  const widget = anObject('Secret', 'gadget', {
    spec: {
      auth: { password: at('custom password'), token: at('custom token'), clientSecret: at('custom clientSecret') },
      settings: [{ key: 'DB_PASSWORD', value: at('custom pair') }],
      connection: `Server=db;User Id=sa;Password=${at('custom connection')};`,
      values: `password: ${at('custom YAML')}\n`,
    },
    status: { conditions: [{ type: 'Ready', status: 'False', message: `401 for Bearer ${at('custom status')}` }] },
  });
  return [
    withFields(widget as KubernetesObject, { apiVersion: 'shop.example/v1', kind: 'Widget' }),
    anObject('ServiceAccount', 'robot', {
      metadata: { annotations: { 'shop.example/token': at('annotation token') } },
    }),
    anObject('Service', 'web', {
      metadata: { annotations: { 'shop.example/auth-url': `https://shop:${at('annotation of a Service')}@auth/` } },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    }),
    anObject('Ingress', 'shop', {
      metadata: { annotations: { 'nginx.ingress.kubernetes.io/configuration-snippet': snippet } },
      spec: { rules: [{ host: 'shop.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }] },
    }),
    anObject('PersistentVolume', 'disk', {
      spec: {
        csi: { driver: 'csi.example', volumeHandle: 'x', volumeAttributes: { accountKey: at('volume attribute') } },
        mountOptions: [`username=shop,password=${at('mount option')}`],
      },
      status: { phase: 'Failed', message: `mount -o password=${at('message of a volume')} failed` },
    }),
    anObject('CronJob', 'nightly', {
      spec: {
        schedule: '0 3 * * *',
        jobTemplate: {
          spec: {
            template: {
              spec: {
                containers: [{ name: 'app', env: [{ name: 'PASS_WORD_TOKEN', value: at('env of a CronJob') }] }],
              },
            },
          },
        },
      },
      status: {},
    }),
  ];
}
